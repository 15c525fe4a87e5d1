import { readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Room } from '@sensor-warehouse/intake/text/text-file';
import { Failure } from '@sensor-warehouse/model/findings/failure';
import { printable } from '@sensor-warehouse/model/findings/finding';
import { compareText } from '@sensor-warehouse/model/readings/readings';
import { absenceOf } from '@sensor-warehouse/storage/local-file';
import { isStarFile } from '../dataset/tables';
import { readForeignParquet } from './read-foreign-parquet';
import { readMonthlyCsv } from './read-monthly-csv';
import type { SeriesTable } from './timed-series';
import type { Detail } from './to-hours';

/** A file of the old pipeline. */
export interface OldFile {
  readonly path: string;
  readonly name: string;
  readonly detail: Detail;
}

/** From the least detailed to the most: where two files have an hour, the later one counts. */
const KINDS: readonly { readonly name: RegExp; readonly detail: Detail }[] = [
  { name: /^(?!dim_).+\.parquet$/i, detail: 'hours' },
  { name: /^(non)?additive_\d{4}-\d{2}\.hourly\.csv$/i, detail: 'hours' },
  { name: /^(non)?additive_\d{4}-\d{2}\.annotated\.csv$/i, detail: 'readings' },
];

/**
 * The old files among paths of files and folders, those that count more after the others.
 * @throws Failure that names every path that does not exist (config), is not an old file, or holds none (input)
 */
export async function findOldFiles(paths: readonly string[]): Promise<OldFile[]> {
  const found: { readonly file: OldFile; readonly rank: number }[] = [];
  const missing: string[] = [];
  const unknown: string[] = [];
  for (const path of paths) {
    const absence = await absenceOf(path, true);
    if (absence !== undefined) {
      missing.push(`${printable(path)} (${absence})`);
      continue;
    }
    const inside = (await stat(path)).isDirectory() ? (await readdir(path)).map((name) => join(path, name)) : [path];
    const known = inside.flatMap((one) => {
      const rank = KINDS.findIndex(({ name }) => name.test(basename(one)));
      return rank < 0 || isStarFile(basename(one))
        ? []
        : [{ file: { path: one, name: basename(one), detail: KINDS[rank]!.detail }, rank }];
    });
    if (known.length === 0) unknown.push(printable(path));
    else found.push(...known);
  }
  if (missing.length > 0 || unknown.length > 0) throw notOld(missing, unknown);
  const files = new Map(found.map((one) => [one.file.path, one]));
  return [...files.values()]
    .sort((a, b) => a.rank - b.rank || compareText(a.file.name, b.file.name) || compareText(a.file.path, b.file.path))
    .map(({ file }) => file);
}

/** @throws Failure (input) if it cannot be read */
export async function readOldFile({ path, name }: OldFile, room: Room): Promise<SeriesTable> {
  if (!/\.parquet$/i.test(name)) return readMonthlyCsv(path, room);
  try {
    return await readForeignParquet(path);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new Failure({
      stage: 'legacy',
      what: 'the file is not an hourly dataset in Parquet',
      where: printable(name),
      found: printable(error.message),
      expected: 'columns time, location, source, measurement, data_key, data_value',
      consequence: 'nothing was changed',
      fix: 'check the file, or leave it out',
      class: 'input',
      code: 'legacy-file',
      cause: error,
    });
  }
}

function notOld(missing: readonly string[], unknown: readonly string[]): Failure {
  const what = [
    missing.length === 0 ? '' : `these files cannot be read: ${missing.join(', ')}`,
    unknown.length === 0 ? '' : `these are not files of the old pipeline: ${unknown.join(', ')}`,
  ];
  return new Failure({
    stage: 'legacy',
    what: what.filter(Boolean).join('; '),
    expected: 'a Parquet dataset, or {additive,nonadditive}_<YYYY-MM>.hourly.csv or .annotated.csv',
    consequence: 'nothing was changed',
    fix: 'check the path',
    ...(missing.length === 0
      ? ({ class: 'input', code: 'legacy-file' } as const)
      : ({ class: 'config', code: 'file-missing' } as const)),
  });
}
