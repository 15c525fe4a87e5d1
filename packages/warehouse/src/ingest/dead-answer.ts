import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { withJsonTable } from '@sensor-warehouse/intake/json/json-table';
import { type Problem, UnreadableFile } from '@sensor-warehouse/intake/report/report';
import type { Datasource } from '@sensor-warehouse/model/seeds/configuration';
import { sha256OfBytes } from '@sensor-warehouse/storage/file-hash';

/** What came with the status of a success and holds no reading: a mistake that is reported, a page for people, nothing. */
export class DeadAnswer extends Error {
  constructor(readonly problem: Problem) {
    super(problem.message);
  }
}

/** What reports a mistake is small. */
const MOST_BYTES = 1 << 16;
const DEAD = ['error-answer', 'not-tabular', 'empty-file'];

/**
 * Looks whether an answer is one. One that is not would be refused each night from now on and hold its source, also when the
 * API has long recovered; and nothing is lost by not keeping it. Whatever may hold readings is left to validate-schema.
 * @param folder where it may be written for a moment
 * @throws DeadAnswer
 */
export async function refuseDeadAnswer(body: Buffer, datasource: Datasource, folder: string): Promise<void> {
  if (body.length > MOST_BYTES || datasource.filePatterns.some((pattern) => /\.gz$/i.test(pattern))) return;
  await mkdir(folder, { recursive: true });
  const path = join(folder, `${sha256OfBytes(body)}.looked-at`);
  await writeFile(path, body);
  // The ending alone says how it is read.
  const name = datasource.filePatterns.find((one) => one.includes('*'))!;
  try {
    await withJsonTable({ path, name }, datasource, async () => {});
  } catch (error) {
    if (!(error instanceof UnreadableFile)) throw error;
    const { problem } = error;
    const isText = problem.code === 'json-error' && !/^[\ufeff\s]*[[{]/.test(body.toString('utf8'));
    if (isText || DEAD.includes(problem.code)) throw new DeadAnswer(problem);
  } finally {
    await rm(path, { force: true });
  }
}
