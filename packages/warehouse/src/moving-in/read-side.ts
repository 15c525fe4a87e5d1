import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { newRoom } from '@sensor-warehouse/intake/text/text-file';
import { Failure } from '@sensor-warehouse/model/findings/failure';
import { printable, quoted } from '@sensor-warehouse/model/findings/finding';
import { absenceOf } from '@sensor-warehouse/storage/local-file';
import { isStarFile } from '../dataset/tables';
import { type Document, readDocument } from '../layout/formats';
import { POINTER, type Pointer } from '../layout/pointer';
import { type OldFile, readOldFile } from './old-files';
import type { SeriesTable } from './timed-series';

/**
 * Reads one side of a comparison: a Parquet dataset, a folder that holds one (such as `public/`), a warehouse, or a folder
 * of monthly hourly CSVs.
 * @throws Failure if the path does not exist, or a newer program wrote the warehouse (config); if it holds none, or more than
 *   one (input)
 */
export async function readSide(path: string): Promise<SeriesTable[]> {
  const room = newRoom();
  const tables: SeriesTable[] = [];
  for (const file of await filesOf(path)) tables.push(await readOldFile(file, room));
  return tables;
}

async function filesOf(path: string): Promise<OldFile[]> {
  const absence = await absenceOf(path, true);
  if (absence !== undefined) throw noDataset(path, absence === 'ENOENT' ? 'nothing' : absence, false);
  const at = await stat(path);
  const file = (name: string, place = join(path, name)): OldFile => ({ path: place, name, detail: 'hours' });
  if (!at.isDirectory()) return [file(path, path)];
  const names = (await readdir(path)).sort();
  if (names.includes(POINTER)) {
    const pointer = readDocument('pointer', await readFile(join(path, POINTER), 'utf8'), join(path, POINTER));
    const published = publishedOf(pointer).filter(isDataset);
    if (published.length === 1) return [file(published[0]!)];
    throw noDataset(path, 'a warehouse that has published nothing, or whose pointer cannot be read', true);
  }
  const datasets = names.filter(isDataset);
  if (datasets.length === 1) return [file(datasets[0]!)];
  if (datasets.length > 1) throw noDataset(path, datasets.map(quoted).join(', '), true);
  const monthly = names.filter((name) => /^(non)?additive_\d{4}-\d{2}\.hourly\.csv$/i.test(name));
  if (monthly.length > 0) return monthly.map((name) => file(name));
  throw noDataset(path, 'none of these', true);
}

/** Files of the published version; none if the pointer cannot be read. */
function publishedOf(pointer: Document | undefined): readonly string[] {
  try {
    return (pointer as unknown as Pointer).public.files.map((one) => one.path);
  } catch {
    return [];
  }
}

function isDataset(path: string): boolean {
  return /\.parquet$/i.test(path) && !/(^|\/)dim_[^/]*$/.test(path) && !isStarFile(basename(path));
}

function noDataset(path: string, found: string, isThere: boolean): Failure {
  return new Failure({
    stage: 'compare',
    what: 'the dataset to compare is missing',
    where: printable(path),
    found,
    expected:
      'a Parquet dataset, a folder with one, a warehouse, or a folder of {additive,nonadditive}_<YYYY-MM>.hourly.csv',
    consequence: 'nothing was compared',
    fix: 'check the path',
    ...(isThere
      ? ({ class: 'input', code: 'legacy-file' } as const)
      : ({ class: 'config', code: 'file-missing' } as const)),
  });
}
