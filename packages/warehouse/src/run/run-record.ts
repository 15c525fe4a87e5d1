import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type Finding, withoutSecretsIn } from '@sensor-warehouse/model/findings/finding';
import { inWork } from './in-work';

/** Counts of one stage, in rows of its own kind (lines, readings, keys). */
export interface StageRecord {
  readonly stage: string;
  readonly files: number;
  readonly in: number;
  readonly out: number;
  readonly quarantined: number;
  readonly repeated: number;
  readonly seconds: number;
  /** How many of these seconds `dbt build` took; only for transform. */
  readonly dbtSeconds?: number;
  /** The stage's conservation law with its numbers, such as `lines 52542 = landed 52542 + quarantined 0`; where it made nothing, what there is. */
  readonly equation: string;
  readonly findings: readonly Finding[];
}

export interface RunRecord {
  readonly stages: readonly StageRecord[];
}

export async function readRunRecord(work: string): Promise<RunRecord> {
  return (await readJson<RunRecord>(inWork(work, 'run.json'))) ?? { stages: [] };
}

/** Appends a stage to `work/run.json`; a stage that ran before in this folder stays recorded. */
export async function recordStage(work: string, record: StageRecord): Promise<void> {
  const { stages } = await readRunRecord(work);
  await writeJson(inWork(work, 'run.json'), { stages: [...stages, record] });
}

export async function readJson<T>(file: string): Promise<T | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as T;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** JSON with a final line end, complete or not there at all. */
export async function writeJson(file: string, value: unknown): Promise<void> {
  await writeWhole(file, `${JSON.stringify(value, hideSecrets, 2)}\n`);
}

/** Replaces the file in one step. */
export async function writeWhole(file: string, text: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(`${file}.new`, text);
  await rename(`${file}.new`, file);
}

/** Members of documents that are lists of findings. */
const FINDINGS = ['findings', 'untaken'];

/** Findings are texts for people, whatever document carries them; everything else is data and is not changed. */
export function hideSecrets(name: string, value: unknown): unknown {
  return FINDINGS.includes(name) && Array.isArray(value) ? value.map((one) => withoutSecretsIn(one as Finding)) : value;
}
