import { compareText } from '@sensor-warehouse/model/readings/readings';
import { DAY } from '@sensor-warehouse/model/time/units';
import type { StoredFile } from '@sensor-warehouse/storage/store';
import { isNeeded } from '../layout/consumption';
import { type FactsManifest, generationNumber } from '../layout/facts-manifest';
import { listNumbered, readNumbered } from '../layout/generations';
import { parsePath } from '../layout/names';
import { pointedFiles } from '../layout/pointed-files';
import {
  POINTER,
  POINTER_COPIES,
  type Pointer,
  pointerDigest,
  readPointer,
  requireSamePointer,
} from '../layout/pointer';
import type { Change, Clock, OpenWarehouse } from '../run/context';
import { requireMostStays, requireNewest } from './sweepable';

/** Younger files may belong to a run that is under way. */
const UNDER_WAY_FOR = DAY;

/** A file that nothing refers to any longer. */
export interface Removable {
  readonly path: string;
  /** Undefined where the remote does not say. */
  readonly bytes: number | undefined;
  readonly reason:
    | 'old revision'
    | 'named by no pointer'
    | 'consumed facts'
    | 'old copy of the pointer'
    | 'staging'
    | 'left by a killed run';
}

/** As many copies of the pointer stay as versions of the dataset. */
const COPIES_KEPT = 5;

/**
 * Finds what nothing refers to any longer, and removes it unless it is a dry run. What the pointer names always stays, and so
 * do the facts with which a partition follows from its revision before, those of months that are not over, all
 * manifests, raw copies and the quarantine, and whatever was written within a day. Nothing depends on what is removed, so
 * it may be cut short at any file.
 * @param keepRevisions how many revisions of a month stay, the published one included
 * @throws Failure (remote-permanent) if the pointer is not the newest, or most of the archive would go
 * @throws Failure (remote-temporary) if another run publishes meanwhile
 */
export async function sweep(
  context: OpenWarehouse & Clock & Change,
  keepRevisions: number,
): Promise<readonly Removable[]> {
  const { warehouse, now, dryRun, say } = context;
  const { pointer, text } = await readPointer(warehouse);
  await requireNewest(context.warehouse, pointer, text);
  say(`sweep: lists ${warehouse.name}`);
  const all = await warehouse.list('');
  const stored = all.filter(({ modified }) => modified < now - UNDER_WAY_FOR);
  const manifests = await readNumbered(context, (await listNumbered(context.warehouse, pointer)).generations);
  const named = new Set(pointedFiles(pointer).map(({ file }) => file.path));
  const removable = [
    ...partitionFiles(stored, pointer, keepRevisions),
    ...factFiles(stored, pointer, manifests),
    ...pointerCopies(stored),
    ...stored.filter(({ path }) => path.startsWith('staging/')).map(because('staging')),
    ...(await warehouse.listAbandoned(now)).map(because('left by a killed run')),
  ]
    .filter(({ path }) => !named.has(path))
    .sort((a, b) => compareText(a.path, b.path));
  requireMostStays(context.warehouse, all, removable);
  if (dryRun) return removable;
  const { text: again } = await readPointer(warehouse);
  requireSamePointer('sweep', again, pointerDigest(text), `${warehouse.name}/${POINTER}`);
  for (let done = 0; done < removable.length; done += AT_ONCE) {
    if (done > 0) say(`sweep: ${done} of ${removable.length} files removed`);
    await warehouse.removeAll(removable.slice(done, done + AT_ONCE).map(({ path }) => path));
  }
  return removable;
}

/** Files that are removed between two lines of progress. */
const AT_ONCE = 50;

const because =
  (reason: Removable['reason']) =>
  ({ path, bytes }: StoredFile): Removable => ({ path, bytes, reason });

/** Archives and aggregates; only names that a run writes are ever removed. */
function partitionFiles(stored: readonly StoredFile[], pointer: Pointer, keepRevisions: number): Removable[] {
  const published = new Map(pointer.partitions.map((one) => [`${one.datasource}/${one.month}`, one.revision]));
  return stored.flatMap((file) => {
    const name = parsePath(file.path);
    if (name?.kind === 'archive') {
      const newest = published.get(`${name.datasource}/${name.month}`);
      const age = newest === undefined ? -1 : newest - name.revision;
      // A revision that is not older than the published one was never published: a run was cut short.
      if (age <= 0) return [because('named by no pointer')(file)];
      return age < keepRevisions ? [] : [because('old revision')(file)];
    }
    const isAggregate = name?.kind === 'hours' || name?.kind === 'level windows';
    return isAggregate ? [because('named by no pointer')(file)] : [];
  });
}

/** Facts that all their sources have consumed, and facts without a manifest that a later generation has overtaken. */
function factFiles(stored: readonly StoredFile[], pointer: Pointer, manifests: readonly FactsManifest[]): Removable[] {
  const byGeneration = new Map(manifests.map((one) => [one.generation, one]));
  const newest = Math.max(0, ...manifests.map(({ number }) => number));
  return stored.flatMap((file) => {
    const generation = /^facts\/([^/]+)\/fact\.parquet$/.exec(file.path)?.[1];
    const number = generation === undefined ? undefined : generationNumber(generation);
    if (number === undefined) return [];
    const manifest = byGeneration.get(generation!);
    if (manifest === undefined) return number < newest ? [because('named by no pointer')(file)] : [];
    return !isNeeded(manifest, pointer) && !followsFrom(manifest, pointer) ? [because('consumed facts')(file)] : [];
  });
}

/** Whether a partition follows from its revision before with these facts, or is of a month that is not over. */
export function followsFrom({ number, series }: FactsManifest, { partitions }: Pointer): boolean {
  return partitions.some(({ datasource, month, facts, previous, complete }) => {
    const after = previous?.facts ?? (complete ? facts : 0);
    const isBetween = number > after && number <= facts;
    return isBetween && series.some((one) => one.datasource === datasource && one.month === month);
  });
}

function pointerCopies(stored: readonly StoredFile[]): Removable[] {
  const copies = stored.filter(({ path }) => path.startsWith(`${POINTER_COPIES}/`));
  return copies.slice(0, -COPIES_KEPT).map(because('old copy of the pointer'));
}
