import { Failure } from '@sensor-warehouse/model/findings/failure';
import type { Store } from '@sensor-warehouse/storage/store';
import { EMBEDDED } from '../engines/engine';
import { isDiscarded } from '../layout/consumption';
import type { FactsManifest } from '../layout/facts-manifest';
import { fetchWhole } from '../layout/fetch-whole';
import { listNumbered, type NumberedGeneration, readNumbered } from '../layout/generations';
import type { PendingGeneration } from '../layout/pending';
import type { Partition, PointedFile, Pointer, PreviousRevision } from '../layout/pointer';
import { readPointerCopies } from '../layout/pointer-copies';
import type { Clock, OpenWarehouse, Scratch, Seeds } from '../run/context';
import { inWork } from '../run/in-work';
import { differingSeries } from '../tables/differing-series';
import { NO_READINGS } from '../tables/merge';
import { mergeMonth } from '../tables/merge-month';
import { readArchive } from '../tables/partition-files';
import type { ReadingTable } from '../tables/read-facts';
import { type MadePartitions, makePartitions, type NewPartition } from './make-partition';
import { sameRules } from './rules';

/** The readings of a partition whose archive is lost. */
export interface Recovered {
  readonly readings: ReadingTable;
  /** Their base: an earlier revision, or only facts. */
  readonly base: PreviousRevision | undefined;
  /** The partition as it follows from them today; its files are in a folder of their own. */
  readonly made: NewPartition;
  /** Whether the archive has the bytes that the pointer names. Never so where ranges or exclusions changed since. */
  readonly exact: boolean;
}

/**
 * Rebuilds the readings of a partition: from the revision before it and the facts that came after that one, or from an
 * older revision, or from facts alone. What was made is believed if its bytes are those of the pointer; where they cannot
 * be, because the rules of its flags have changed since, if every generation between is there and the readings are as many.
 * @returns undefined if it cannot be rebuilt from what the warehouse still has of facts and revisions
 */
export async function recoverReadings(
  context: OpenWarehouse & Seeds & Clock,
  pointer: Pointer,
  partition: Partition,
): Promise<Recovered | undefined> {
  const { datasource, month } = partition;
  const { generations } = await listNumbered(context.warehouse, pointer);
  for (const base of await basesOf(context.warehouse, partition)) {
    const local = base === undefined ? undefined : await fetchWhole(context, base.archive);
    if (base !== undefined && local === undefined) continue;
    const known = local === undefined ? NO_READINGS : await readArchive(local);
    const later = await factsBetween(context, pointer, partition, base?.facts ?? 0, generations);
    const { readings } = await mergeMonth(known, datasource, month, later.generations);
    if (readings.time.length !== partition.archive.rows) continue;
    const made = await remake(context, partition, readings);
    const exact = made.archive.sha256 === partition.archive.sha256;
    const otherRules = !sameRules(context.configuration, EMBEDDED, partition);
    if (exact || (otherRules && later.complete)) return { readings, base, made, exact };
  }
  return undefined;
}

/** Rebuilds the partition from readings with today's code, in a separate folder. */
async function remake(
  context: Scratch & Seeds & Clock,
  partition: Partition,
  readings: ReadingTable,
): Promise<NewPartition> {
  const { month, facts, previous } = partition;
  const made: MadePartitions = await makePartitions(
    { ...context, work: inWork(context.work, 'remade') },
    EMBEDDED,
    partition.datasource,
    [{ month, readings, before: partition, facts, ...(previous === undefined ? {} : { previous }) }],
  );
  return made.partitions[0]!;
}

/** Possible bases of a partition, the nearest first; undefined means only facts. */
async function basesOf(warehouse: Store, partition: Partition): Promise<(PreviousRevision | undefined)[]> {
  const bases = new Map<number, PreviousRevision>();
  if (partition.previous !== undefined) bases.set(partition.previous.revision, partition.previous);
  for (const { pointer } of await readPointerCopies(warehouse)) {
    const then = pointer.partitions.find(
      (one) => one.datasource === partition.datasource && one.month === partition.month,
    );
    if (then === undefined || then.revision >= partition.revision || then.facts > partition.facts) continue;
    if (!bases.has(then.revision)) bases.set(then.revision, then);
  }
  return [...[...bases.values()].sort((a, b) => b.revision - a.revision), undefined];
}

/**
 * Facts of the partition's month that were merged after a generation. Missing facts may have contained nothing new, so
 * the rest is tried, marked as incomplete, and the resulting bytes decide.
 */
async function factsBetween(
  context: OpenWarehouse,
  pointer: Pointer,
  { datasource, month, facts: last }: Partition,
  after: number,
  generations: readonly NumberedGeneration[],
): Promise<{ readonly generations: readonly PendingGeneration[]; readonly complete: boolean }> {
  const between = generations.filter(({ number }) => number > after && number <= last);
  const manifests = await readNumbered(context, between);
  const found: PendingGeneration[] = [];
  let complete = manifests.length === last - after;
  for (const manifest of manifests) {
    if (!hasFacts(manifest, datasource, month)) continue;
    if (isDiscarded(manifest.number, pointer, datasource)) continue;
    const { file, sha256 } = manifest.facts;
    const local = await fetchWhole(context, { path: `facts/${manifest.generation}/${file}`, sha256 });
    const isWhole =
      local !== undefined && !(await differingSeries(local, manifest)).some((one) => one.datasource === datasource);
    if (isWhole) found.push({ manifest, local });
    else complete = false;
  }
  return { generations: found, complete };
}

function hasFacts({ series }: FactsManifest, datasource: string, month: string): boolean {
  return series.some((one) => one.datasource === datasource && one.month === month);
}

/** A partition that cannot be rebuilt stops what needs it, with its name. */
export function partitionLost(
  warehouse: Store,
  { datasource, month, archive }: Partition,
  file: PointedFile = archive,
): Failure {
  return new Failure({
    stage: 'heal',
    what: `${datasource} ${month} is missing or damaged, and can no longer be rebuilt from its earlier revisions and facts`,
    where: `${warehouse.name}/${file.path}`,
    expected: `SHA-256 ${file.sha256}`,
    fix: 'run `warehouse heal`, which rebuilds it from the raw copies; or restore the file from the remote’s version history',
    class: 'remote-permanent',
    code: 'partition-lost',
  });
}
