import { stat } from 'node:fs/promises';
import { Worker } from 'node:worker_threads';
import { systemError } from '@sensor-warehouse/model/findings/io-failure';
import { childEnvironment } from '@sensor-warehouse/model/secrets/child-environment';
import type { ThreadAnswer } from './parquet-thread';
import type { SeriesTable } from './timed-series';

/** `npm run setup` bundles the thread's program beside the command's. */
const PROGRAM = new URL('./parquet-thread.mjs', import.meta.url);
/** Milliseconds; forty times what a good file takes on a slow machine. */
const LEAST_TIME = 60_000;
const TIME_PER_MEGABYTE = 2_000;
/** A footer can promise less than its pages unpack to, and no limit of a thread counts what WebAssembly takes. */
const MOST_GROWTH = 2 * 2 ** 30;
const LOOK_EVERY_MS = 20;

/**
 * Reads the six columns of a dataset that nobody vouches for: of our own files the SHA-256 is known before they are
 * read. Parquet says nothing of itself that could be trusted, and one wrong byte can make a reader panic or never end;
 * here it does so in a thread of its own, which is ended then.
 * @param deadline milliseconds
 * @param growth bytes by which this process may grow meanwhile
 * @throws RangeError if the file is not a Parquet file with these columns, or reading it does not end or takes too much memory
 */
export async function readForeignParquet(
  path: string,
  deadline?: number,
  program = PROGRAM,
  growth = MOST_GROWTH,
): Promise<SeriesTable> {
  const time = deadline ?? LEAST_TIME + ((await stat(path)).size / 1e6) * TIME_PER_MEGABYTE;
  const thread = new Worker(program, { workerData: path, env: childEnvironment(), stdout: true, stderr: true });
  try {
    const said = await answerOf(thread, time, growth);
    if ('error' in said) throw said.error;
    if ('fault' in said) throw new RangeError(said.fault);
    return said.table;
  } finally {
    await thread.terminate();
  }
}

/** An answer, or what the system refused the thread: that is not the fault of the file. */
type Said = ThreadAnswer | { readonly error: Error };

function answerOf(thread: Worker, time: number, most: number): Promise<Said> {
  return new Promise((settle) => {
    const isLate = `reading it did not end within ${Math.round(time / 1000)} s`;
    const timer = setTimeout(() => end({ fault: isLate }), time);
    const before = process.memoryUsage.rss();
    const watch = setInterval(() => {
      const grown = process.memoryUsage.rss() - before;
      if (grown > most) end({ fault: `reading it takes more than ${most} bytes of memory` });
    }, LOOK_EVERY_MS);
    const end = (said: Said) => {
      clearTimeout(timer);
      clearInterval(watch);
      settle(said);
    };
    thread.once('message', end);
    thread.once('error', (error) =>
      end(systemError(error) === undefined ? { fault: `the reader failed: ${error.message}` } : { error }),
    );
    thread.once('exit', () => end({ fault: 'the reader ended without an answer' }));
  });
}
