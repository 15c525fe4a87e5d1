import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure } from '@sensor-warehouse/model/failure';
import type { Store } from '@sensor-warehouse/storage/store';
import type { Context } from '../context';
import { pathOf } from '../layout/names';
import { readWhole } from '../layout/read-document';
import { type PointedFile, type Pointer, readPointer, requireHash, STABLE } from '../pointer';
import { isHash } from '../recovery/fetch-whole';
import { keepPointerCopy } from '../recovery/pointer-copies';
import type { ProvideDbt } from '../transform/run-dbt';
import { ownLevelOf } from './level-csvs';
import { rebuildNormalized } from './normalized';
import { ownLevelNames } from './own-levels';

const VERSIONS_KEPT = 5;

/** Makes the stable copies of the pointer's generation, unless they are there; so a run that was cut short is repaired. */
export async function repairStableCopies(context: Context, pointer: Pointer, provideDbt: ProvideDbt): Promise<void> {
  const { warehouse, work } = context;
  if (pointer.generation === 0) return;
  const copied = copiedBefore((await warehouse.readText(STABLE)) ?? '', `${warehouse.name}/${STABLE}`);
  if (copied.generation === pointer.generation && copied.version === pointer.public.version) return;
  const { text } = await readPointer(warehouse);
  if (text !== undefined) await keepPointerCopy(context, pointer, text);
  if (copied.version !== pointer.public.version) {
    for (const file of pointer.public.files) {
      const name = file.path.split('/').at(-1)!;
      const local = await present(join(work, 'public', name), file, warehouse);
      await warehouse.upload(local, pathOf({ kind: 'stable copy', name }));
    }
  }
  // A marker that is ahead is of a pointer that was restored since: what it says of older files cannot be used.
  const from = copied.generation < pointer.generation ? copied.generation : 0;
  const stale = pointer.normalized.filter(({ since }) => since > from);
  let rebuilt: Map<string, string> | undefined;
  for (const file of stale) {
    const local = join(work, file.path);
    if (!(await isHash(local, file.sha256))) {
      rebuilt ??= await rebuildNormalized(context, pointer, stale, provideDbt);
      if (!(await isHash(rebuilt.get(file.path) ?? '', file.sha256))) throw unrepairable(warehouse, file);
    }
    await warehouse.upload(local, file.path);
  }
  const levels = ownLevelNames(pointer);
  await dropLevels(warehouse, pointer, [...copied.levels, ...levels]);
  const marker = join(work, 'latest.json');
  const says = { generation: pointer.generation, version: pointer.public.version };
  await writeFile(marker, `${JSON.stringify(levels.length > 0 ? { ...says, levels } : says, null, 2)}\n`);
  // Before the marker: a run that is cut short here is taken up by the next one.
  await dropOldVersions(warehouse, pointer);
  await warehouse.upload(marker, STABLE);
}

/** Of which generation the stable copies are; a marker that cannot be read says of none, and they are made again. */
function copiedBefore(marker: string, where: string): Copied {
  const { generation, version, levels = [] } = readWhole('marker', marker, where).document ?? NOTHING_COPIED;
  return { generation, version, levels };
}

const NOTHING_COPIED: Copied = { generation: 0, version: '', levels: [] };

/** What the marker says. */
interface Copied {
  readonly generation: number;
  readonly version: string;
  /** Names of the own levels that have stable copies. */
  readonly levels: readonly string[];
}

/** Removes stable copies of own levels, and of months of them, that the pointer does not name any more. */
async function dropLevels(warehouse: Store, pointer: Pointer, levels: readonly string[]): Promise<void> {
  if (levels.length === 0) return;
  const named = new Set(pointer.normalized.map(({ path }) => path));
  for (const { path } of await warehouse.listHere('normalized'))
    if (!named.has(path) && levels.includes(ownLevelOf(path)?.level ?? '')) await warehouse.remove(path);
}

/** The file as this run made it, or else as the version holds it. */
async function present(local: string, file: PointedFile, warehouse: Store): Promise<string> {
  if (!(await isHash(local, file.sha256))) {
    await warehouse.download(file.path, local);
    await requireHash(local, file, warehouse.name);
  }
  return local;
}

async function dropOldVersions(warehouse: Store, pointer: Pointer): Promise<void> {
  const files = await warehouse.list('public/versions');
  const versionOf = (path: string) => path.split('/')[2]!;
  const versions = [...new Set(files.map(({ path }) => versionOf(path)))].sort();
  const kept = new Set([...versions.slice(-VERSIONS_KEPT), pointer.public.version]);
  for (const { path } of files) if (!kept.has(versionOf(path))) await warehouse.remove(path);
}

function unrepairable(warehouse: Store, file: PointedFile): Failure {
  return new Failure({
    stage: 'publish-parquet',
    what: 'a monthly CSV does not follow from its partitions any more',
    where: `${warehouse.name}/${file.path}`,
    expected: `SHA-256 ${file.sha256}`,
    fix: 'check that the time zone in seeds/aggregations.csv is the one it was made with',
    class: 'config',
    code: 'normalized-differs',
  });
}
