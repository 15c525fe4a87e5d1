// The program of the thread that read-foreign-parquet.ts starts: one file, one answer.

import { parentPort, workerData } from 'node:worker_threads';
import { readDatasetParquet } from './read-dataset-parquet';
import type { SeriesTable } from './timed-series';

/** What the thread says: the table, or why the file is none. */
export type Answer = { readonly table: SeriesTable } | { readonly fault: string };

async function answer(path: string): Promise<Answer> {
  try {
    return { table: await readDatasetParquet(path) };
  } catch (error) {
    if (error instanceof RangeError) return { fault: error.message };
    throw error;
  }
}

const said = await answer(workerData as string);
const moved = 'table' in said ? said.table.series.flatMap(({ time, value }) => [time.buffer, value.buffer]) : [];
parentPort!.postMessage(said, moved as ArrayBuffer[]);
