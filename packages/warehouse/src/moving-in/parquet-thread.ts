// The program of the thread that read-foreign-parquet.ts starts: one file, one answer.

import { parentPort, workerData } from 'node:worker_threads';
import { parquetSize } from '@sensor-warehouse/storage/parquet-size';
import { readDatasetParquet } from './read-dataset-parquet';
import type { SeriesTable } from './timed-series';

/** The thread's answer: the table, or why the file is not one. */
export type ThreadAnswer = { readonly table: SeriesTable } | { readonly fault: string };

/** A thousand series of hours for ten years have as many rows, and take two gigabytes. */
const MOST_ROWS = 100_000_000;
const MOST_BYTES = 4 * 2 ** 30;

async function answer(path: string): Promise<ThreadAnswer> {
  const { rows, bytes } = await parquetSize(path).catch((error: unknown) => {
    // After a panic nothing more can be read here.
    if (error instanceof Error && error.name === 'RuntimeError') throw error;
    // What is not a Parquet file at all is reported by the reader, in its own words.
    return { rows: 0, bytes: 0 };
  });
  if (rows > MOST_ROWS) return { fault: `it says that it has ${rows} rows, expected at most ${MOST_ROWS}` };
  if (bytes > MOST_BYTES) return { fault: `it says that it unpacks to ${bytes} bytes, expected at most ${MOST_BYTES}` };
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
