import { writeFile } from 'node:fs/promises';
import { Failure } from '@sensor-warehouse/model/findings/failure';
import type { Store } from '@sensor-warehouse/storage/store';
import { areOf, copiedBefore, readCopied, staleCopies } from '../layout/copied-before';
import { isHash } from '../layout/fetch-whole';
import { lackingFrom, sizesIn } from '../layout/file-sizes';
import { pathOf } from '../layout/names';
import {
  POINTER_COPIES,
  type PointedFile,
  type Pointer,
  requireHash,
  STABLE,
  type WrittenPointer,
} from '../layout/pointer';
import { keepPointerCopy, pointerCopyPath } from '../layout/pointer-copies';
import { ownLevelOf } from '../levels/level-csvs';
import { ownLevelNames } from '../levels/own-level-definitions';
import type { Context } from '../run/context';
import { inWork } from '../run/in-work';
import type { LevelTablesFrom } from './levels-of-models';
import { rebuildNormalized } from './normalized';

const VERSIONS_KEPT = 5;

/**
 * Makes the stable copies of the pointer's generation that are not there, or are of an older one or another size; so a run
 * that was cut short is repaired, and what somebody removed comes back with the next night.
 * @param before the version before: copies of its files that are in this one too are left as they are
 */
export async function repairStableCopies(
  context: Context,
  { pointer, text }: WrittenPointer,
  dbt: LevelTablesFrom,
  before?: Pointer['public'],
): Promise<void> {
  const { warehouse, work } = context;
  if (pointer.generation === 0) return;
  const copied = await readCopied(warehouse);
  const lacking = lackingFrom(await sizesIn(warehouse, ['public', 'normalized', POINTER_COPIES]));
  if (text !== undefined && lacking(pointerCopyPath(pointer, text))) await keepPointerCopy(context, pointer, text);
  for (const file of pointer.public.files) {
    const name = file.path.split('/').at(-1)!;
    const stable = pathOf({ kind: 'stable copy', name });
    const isCopied = [pointer.public, before].some((one) => one?.version === copied.version && holds(one, name, file));
    if (isCopied && !lacking(stable, file.bytes)) continue;
    const local = await present(inWork(work, 'public', name), file, warehouse);
    await warehouse.upload(local, stable);
  }
  const stale = staleCopies(pointer, copied, lacking);
  let rebuilt: Map<string, string> | undefined;
  for (const file of stale) {
    const local = inWork(work, file.path);
    if (!(await isHash(local, file.sha256))) {
      rebuilt ??= await rebuildNormalized(context, pointer, stale, dbt);
      if (!(await isHash(rebuilt.get(file.path) ?? '', file.sha256))) throw unrepairable(warehouse, file);
    }
    await warehouse.upload(local, file.path);
  }
  if (areOf(copied, pointer)) return;
  const levels = ownLevelNames(pointer);
  await dropLevels(warehouse, pointer, [...copied.levels, ...levels]);
  const marker = inWork(work, 'latest.json');
  await writeFile(marker, stableMarker(pointer));
  // Before the marker: a run that is cut short here is taken up by the next one.
  await dropOldVersions(warehouse, pointer);
  await warehouse.upload(marker, STABLE);
}

/** Whether a version has a file of this name with the same bytes. */
function holds({ files }: Pointer['public'], name: string, { sha256 }: PointedFile): boolean {
  return files.some((one) => one.path.endsWith(`/${name}`) && one.sha256 === sha256);
}

/** What the marker says once the stable copies are those of a pointer. */
function stableMarker(pointer: Pointer): string {
  const levels = ownLevelNames(pointer);
  const says = { generation: pointer.generation, version: pointer.public.version };
  return `${JSON.stringify(levels.length > 0 ? { ...says, levels } : says, null, 2)}\n`;
}

/** Whether a marker says that the stable copies are those of a pointer. */
export function isMarkerOf(pointer: Pointer, marker: string, where: string): boolean {
  const copied = copiedBefore(marker, where);
  return areOf(copied, pointer) && JSON.stringify(copied.levels) === JSON.stringify(ownLevelNames(pointer));
}

/** Removes stable copies of own levels, and of months of them, that the pointer no longer names. */
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
    what: 'a monthly CSV can no longer be rebuilt from its partitions',
    where: `${warehouse.name}/${file.path}`,
    expected: `SHA-256 ${file.sha256}`,
    fix: 'check that the time zone in seeds/aggregations.csv is the one it was built with',
    class: 'config',
    code: 'normalized-differs',
  });
}
