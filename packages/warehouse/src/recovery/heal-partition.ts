import type { Finding } from '@sensor-warehouse/model/finding';
import type { NewPartition } from '../aggregate/make-partition';
import { readArchive } from '../aggregate/partition-files';
import type { ReadingTable } from '../aggregate/read-facts';
import type { Context } from '../context';
import { type Partition, type PointedFile, type Pointer, type PreviousRevision, readPointer } from '../pointer';
import { fetchWhole } from './fetch-whole';
import { partitionLost, recoverReadings, remake } from './recover-readings';

/** The readings of a published partition, healed where that was needed. */
export interface Known {
  readonly readings: ReadingTable;
  /** From where the revision after this one can be made again. */
  readonly previous: PreviousRevision | undefined;
  readonly findings: readonly Finding[];
}

/**
 * The readings of a published partition. An archive that is missing or damaged is made again and put back in its place.
 * @throws Failure (remote-permanent) if it cannot be made again
 */
export async function knownReadings(context: Context, pointer: Pointer, partition: Partition): Promise<Known> {
  const { revision, archive, facts } = partition;
  const local = await fetchWhole(context, archive);
  if (local !== undefined) {
    return { readings: await readArchive(local), previous: { revision, archive, facts }, findings: [] };
  }
  const recovered = await recoverReadings(context, pointer, partition);
  if (recovered === undefined) throw partitionLost(context, partition);
  const findings = [healedFinding(partition, archive, origin(recovered.base))];
  // Under other rules its bytes cannot come back; the run makes the revision that follows.
  if (!recovered.exact) return { readings: recovered.readings, previous: recovered.base, findings };
  await putBack(context, recovered.made.localArchive, archive);
  const readings = await readArchive(recovered.made.localArchive);
  return { readings, previous: { revision, archive, facts }, findings };
}

/**
 * The hours of a published partition whose file is missing or damaged: from its archive, and put back in their place.
 * @throws Failure (remote-permanent) if they cannot be made again
 */
export async function healHours(
  context: Context,
  partition: Partition,
): Promise<{ readonly local: string; readonly findings: readonly Finding[] }> {
  const { pointer } = await readPointer(context.warehouse);
  const known = await knownReadings(context, pointer, partition);
  const made = await remake(context, partition, known.readings);
  if (made.aggregates.sha256 !== partition.aggregates.sha256) throw partitionLost(context, partition);
  await putBack(context, made.localAggregates, partition.aggregates);
  const findings = [...known.findings, healedFinding(partition, partition.aggregates, 'its archive')];
  return { local: made.localAggregates, findings };
}

/** Writes a file again under the name that the pointer has for it; nothing else changes. */
export async function putBack({ warehouse, dryRun, say }: Context, local: string, file: PointedFile): Promise<void> {
  say(`heal: ${dryRun ? 'would put back' : 'puts back'} ${warehouse.name}/${file.path}`);
  if (!dryRun) await warehouse.upload(local, file.path);
}

export function healedFinding({ datasource, month }: Partition, { path, rows }: PointedFile, from: string): Finding {
  return {
    code: 'partition-healed',
    severity: 'warning',
    datasource,
    file: path,
    count: rows,
    message: `a file of ${month} was missing or damaged in the warehouse, and was made again from ${from}`,
    fix: 'find out who changed it; nothing is lost',
  };
}

export function origin(base: PreviousRevision | undefined): string {
  return base === undefined ? 'its facts' : `revision ${base.revision} and the facts after it`;
}

/** A revision that replaces what could not be made again with its own bytes. */
export interface Replacement {
  readonly partition: NewPartition;
  readonly from: string;
}
