import { open } from 'node:fs/promises';
import { UnreadableFile } from '@sensor-warehouse/intake/report/report';
import { isJson, lookAtJson, MOST_OF_A_DOCUMENT } from '@sensor-warehouse/intake/sample/look-at-json';
import {
  type DeclaredForm,
  lookAtSample,
  MOST_LOOKED_AT,
  type SampleLook,
} from '@sensor-warehouse/intake/sample/look-at-sample';
import { type LookOfAll, oneLook } from '@sensor-warehouse/intake/sample/one-look';
import { withPlainFile } from '@sensor-warehouse/intake/text/plain-file';
import { Failure } from '@sensor-warehouse/model/findings/failure';
import { printable } from '@sensor-warehouse/model/findings/finding';
import { DEFAULT_LIMITS } from '@sensor-warehouse/model/seeds/limits';
import { requireFiles } from '@sensor-warehouse/storage/local-file';
import type { Sample } from '@sensor-warehouse/warehouse/onboarding/try-source';

/** The examined part of a sample. */
export interface SampleBytes {
  readonly name: string;
  readonly bytes: Buffer;
}

/** @throws Failure that names every sample that does not exist (config), or has the name of another (input) */
export async function readSamples(samples: readonly Sample[]): Promise<SampleBytes[]> {
  const read: SampleBytes[] = [];
  await requireFiles(
    samples.map(({ path }) => path),
    'add-datasource',
    'nothing was changed',
  );
  for (const { path, name } of samples) {
    try {
      const most = /\.json(\.gz)?$/i.test(name) ? MOST_OF_A_DOCUMENT : MOST_LOOKED_AT;
      const bytes = await withPlainFile({ path, name }, DEFAULT_LIMITS, (plain) => firstBytes(plain, most));
      read.push({ name, bytes });
    } catch (error) {
      if (error instanceof UnreadableFile) throw unreadable(name, error);
      throw error;
    }
  }
  const twice = samples.filter(({ name }, i) => samples.findIndex((one) => one.name === name) < i);
  if (twice.length === 0) return read;
  const names = twice.map(({ name }) => printable(name)).join(', ');
  throw unusable(
    `several samples have the name ${names}`,
    'give samples as they are uploaded, under different names',
    'samples-differ',
  );
}

async function firstBytes(path: string, most: number): Promise<Buffer> {
  const file = await open(path, 'r');
  try {
    const buffer = Buffer.alloc(Math.min((await file.stat()).size, most + 1));
    const { bytesRead } = await file.read(buffer, 0, buffer.length, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

/** @throws Failure (input) for a sample that is not a table of times, and for samples that are not of one form */
export function lookAtAll(samples: readonly SampleBytes[], now: number, form: DeclaredForm): SampleLook {
  const { look, differences }: LookOfAll = oneLook(samples.map(({ name, bytes }) => lookAt(name, bytes, now, form)));
  if (differences.length === 0) return look;
  throw unusable(
    `the samples have different formats: ${differences.join('; ')}`,
    'give samples of one source, or use the options to say what they have in common',
    'samples-differ',
  );
}

function lookAt(name: string, bytes: Buffer, now: number, form: DeclaredForm): SampleLook {
  try {
    return isJson(name, bytes) ? lookAtJson(name, bytes, now, form) : lookAtSample(name, bytes, now, form);
  } catch (error) {
    if (!(error instanceof UnreadableFile)) throw error;
    throw unreadable(name, error);
  }
}

function unreadable(name: string, { problem: { message, found, expected, fix } }: UnreadableFile): Failure {
  const evidence = { ...(found === undefined ? {} : { found }), ...(expected === undefined ? {} : { expected }) };
  return unusable(message, fix, 'sample-unreadable', { where: printable(name), ...evidence });
}

function unusable(
  what: string,
  fix: string,
  code: 'sample-unreadable' | 'samples-differ',
  more: { readonly where?: string; readonly found?: string; readonly expected?: string } = {},
): Failure {
  return new Failure({
    stage: 'add-datasource',
    what,
    ...more,
    consequence: 'nothing was changed',
    fix,
    class: 'input',
    code,
  });
}
