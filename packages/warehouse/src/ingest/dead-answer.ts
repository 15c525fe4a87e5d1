import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { withJsonTable } from '@sensor-warehouse/intake/json/json-table';
import { type Problem, UnreadableFile } from '@sensor-warehouse/intake/report/report';
import type { Datasource } from '@sensor-warehouse/model/seeds/configuration';
import { sha256OfBytes } from '@sensor-warehouse/storage/file-hash';

/** An answer with a success status but no reading: a reported error, a page for people, or nothing. */
export class DeadAnswer extends Error {
  constructor(readonly problem: Problem) {
    super(problem.message);
  }
}

/** Larger answers are not error reports. */
const MOST_BYTES = 1 << 16;
const DEAD = ['error-answer', 'not-tabular', 'empty-file'];

/**
 * Checks that an answer may hold readings. Any other would be refused every night and hold its source long after the
 * API recovers, and nothing is lost by not keeping it. Anything that may hold readings is left to validate-schema.
 * @param folder where it may be written for a moment
 * @throws DeadAnswer
 */
export async function refuseDeadAnswer(body: Buffer, datasource: Datasource, folder: string): Promise<void> {
  if (body.length > MOST_BYTES || datasource.filePatterns.some((pattern) => /\.gz$/i.test(pattern))) return;
  await mkdir(folder, { recursive: true });
  const path = join(folder, `${sha256OfBytes(body)}.looked-at`);
  await writeFile(path, body);
  // Only the ending decides how it is read.
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
