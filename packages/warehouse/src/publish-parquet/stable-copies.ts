import { writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { Failure } from '@sensor-warehouse/model/findings/failure';
import type { Store } from '@sensor-warehouse/storage/store';
import { areOf, areOfShown, copiedBefore, readCopied, staleCopies } from '../layout/copied-before';
import { fetchOnce, isHash } from '../layout/fetch-whole';
import { lackingFrom, sizesIn } from '../layout/file-sizes';
import { parsePath, pathOf } from '../layout/names';
import {
  type DatasetFiles,
  POINTER_COPIES,
  type PointedFile,
  type Pointer,
  readPointer,
  STABLE,
  shownVersion,
  type WrittenPointer,
} from '../layout/pointer';
import { keepPointerCopy, pointerCopyPath, versionsEver } from '../layout/pointer-copies';
import { ownLevelOf } from '../levels/level-csvs';
import { ownLevelNames } from '../levels/own-level-definitions';
import type { OpenWarehouse, Publishing } from '../run/context';
import { inWork } from '../run/in-work';
import { keptVersions } from './kept-versions';
import type { LevelTablesFrom } from './levels-of-models';
import { rebuildNormalized } from './normalized';

/**
 * Makes the stable copies of the pointer's generation that are not there, or are of an older one or another size; so a run
 * that was cut short is repaired, and what somebody removed comes back with the next night. Nothing locks a warehouse: if
 * another run moved the pointer before this, its copies are left alone, and if it did so meanwhile, those of the pointer
 * that stands are laid over ours.
 * @param older the version before: copies of its files that are in this one too are left as they are
 */
export async function repairStableCopies(
  context: Publishing,
  written: WrittenPointer,
  dbt: LevelTablesFrom,
  older?: DatasetFiles,
): Promise<void> {
  const { warehouse, say } = context;
  if (written.pointer.generation === 0) return;
  await keepOwnCopy(context, written);
  if (!(await stands(warehouse, written))) {
    say('publish-parquet: another run published meanwhile, and makes the stable copies');
    return;
  }
  const laid = new Set<string>();
  try {
    let ours = written;
    for (;;) {
      const isMarked = await layCopies(context, ours, dbt, laid, ours === written ? older : undefined);
      const standing = await readPointer(warehouse);
      if (isMarked && standing.text === ours.text) return;
      say('publish-parquet: another run published meanwhile; its stable copies take the place of those of this run');
      ours = standing;
    }
  } catch (error) {
    // Without the marker the next run lays all of them, those too that ours took the place of.
    const isOvertaken = laid.size > 0 && !(await stands(warehouse, written).catch(() => true));
    if (isOvertaken) await warehouse.remove(STABLE).catch(() => undefined);
    throw error;
  }
}

async function keepOwnCopy(context: OpenWarehouse, { pointer, text }: WrittenPointer): Promise<void> {
  if (text === undefined) return;
  const lacking = lackingFrom(await sizesIn(context.warehouse, [POINTER_COPIES]));
  if (lacking(pointerCopyPath(pointer, text))) await keepPointerCopy(context, pointer, text);
}

async function stands(warehouse: Store, { text }: WrittenPointer): Promise<boolean> {
  return (await readPointer(warehouse)).text === text;
}

/**
 * Lays the stable copies of a pointer, and their marker once that pointer still stands.
 * @param laid what was laid for a pointer before this one, whatever the marker says; what is laid here is added
 * @param older a version whose copies may be there: those that are in this one too are left as they are
 * @returns whether the marker is that of the pointer
 */
async function layCopies(
  context: Publishing,
  written: WrittenPointer,
  dbt: LevelTablesFrom,
  laid: Set<string>,
  older: DatasetFiles | undefined,
): Promise<boolean> {
  const { warehouse, work } = context;
  const { pointer } = written;
  const before = new Set(laid);
  const copied = await readCopied(warehouse);
  const sizes = lackingFrom(await sizesIn(warehouse, ['public', 'normalized']));
  const lacking: typeof sizes = (path, bytes) => before.has(path) || sizes(path, bytes);
  const shown = shownVersion(pointer);
  const isNext = older?.version === copied.version && copied.generation === pointer.generation - 1;
  const previous = isNext ? older : undefined;
  const stableOf = ({ path }: PointedFile) => pathOf({ kind: 'stable copy', name: basename(path) });
  const isCopied = (file: PointedFile) =>
    areOfShown(copied, pointer) || (previous !== undefined && holds(previous, basename(file.path), file));
  const files = shown.files.filter((file) => !isCopied(file) || lacking(stableOf(file), file.bytes));
  const names = files.map(({ path }) => basename(path));
  await fetchOnce(
    warehouse,
    files.map((file) => [file, inWork(work, 'public', basename(file.path))]),
  );
  for (const file of files) laid.add(stableOf(file));
  await warehouse.uploadAll(inWork(work, 'public'), 'public', names);
  const stale = staleCopies(pointer, copied, lacking);
  let rebuilt: Map<string, string> | undefined;
  for (const file of stale) {
    const local = inWork(work, file.path);
    if (!(await isHash(local, file.sha256))) {
      rebuilt ??= await rebuildNormalized(context, pointer, stale, dbt);
      if (!(await isHash(rebuilt.get(file.path) ?? '', file.sha256))) throw unrepairable(warehouse, file);
    }
    laid.add(file.path);
    await warehouse.upload(local, file.path);
  }
  if (areOf(copied, pointer)) return true;
  if (!(await stands(warehouse, written))) return false;
  await dropLevels(warehouse, pointer, [...copied.levels, ...ownLevelNames(pointer)]);
  const marker = inWork(work, 'latest.json');
  await writeFile(marker, stableMarker(pointer));
  // Before the marker: a run that is cut short here is taken up by the next one.
  await dropOldVersions(warehouse, pointer);
  await dropOtherNames(warehouse, shown.files);
  await warehouse.upload(marker, STABLE);
  return true;
}

/** Whether a version has a file of this name with the same bytes. */
function holds({ files }: DatasetFiles, name: string, { sha256 }: PointedFile): boolean {
  return files.some((one) => one.path.endsWith(`/${name}`) && one.sha256 === sha256);
}

/** What the marker says once the stable copies are those of a pointer. */
function stableMarker(pointer: Pointer): string {
  const levels = ownLevelNames(pointer);
  const says = { generation: pointer.generation, version: shownVersion(pointer).version };
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
  const here = (await warehouse.listHere('normalized')).map(({ path }) => path);
  await warehouse.removeAll(here.filter((path) => !named.has(path) && levels.includes(ownLevelOf(path)?.level ?? '')));
}

async function dropOldVersions(warehouse: Store, pointer: Pointer): Promise<void> {
  // What is no file of a version is not ours, and takes nobody's place.
  const files = (await warehouse.list('public/versions')).flatMap(({ path }) => {
    const name = parsePath(path);
    return name?.kind === 'version file' ? [{ path, version: name.version }] : [];
  });
  const kept = keptVersions(
    files.map(({ version }) => version),
    pointer,
  );
  await warehouse.removeAll(files.filter(({ version }) => !kept.has(version)).map(({ path }) => path));
}

/** Removes stable copies of files that the version does not have: a newer or older one had them. */
async function dropOtherNames(warehouse: Store, files: readonly PointedFile[]): Promise<void> {
  const stable = (path: string) => pathOf({ kind: 'stable copy', name: basename(path) });
  const named = new Set(files.map(({ path }) => stable(path)));
  const others = (await warehouse.listHere('public')).filter(({ path }) => !named.has(path) && path !== STABLE);
  if (others.length === 0) return;
  // Only what versions brought: a person may have put other files there.
  const ours = new Set((await versionsEver(warehouse)).flatMap((one) => one.files.map(({ path }) => stable(path))));
  await warehouse.removeAll(others.map(({ path }) => path).filter((path) => ours.has(path)));
}

function unrepairable(warehouse: Store, file: PointedFile): Failure {
  return new Failure({
    stage: 'publish-parquet',
    what: 'a monthly CSV can no longer be rebuilt from its partitions',
    where: `${warehouse.name}/${file.path}`,
    expected: `SHA-256 ${file.sha256}`,
    fix: 'check that seeds/aggregations.csv has the time zone it was built with',
    class: 'config',
    code: 'normalized-differs',
  });
}
