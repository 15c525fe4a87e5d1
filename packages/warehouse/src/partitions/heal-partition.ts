import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Finding } from '@sensor-warehouse/model/findings/finding';
import type { Configuration } from '@sensor-warehouse/model/seeds/configuration';
import { minutesOf } from '@sensor-warehouse/model/time/every';
import { HOUR } from '@sensor-warehouse/model/time/units';
import { levelDefinition } from '../engines/reading-levels';
import { lastConsumed } from '../layout/consumption';
import { fetchWhole, isHash } from '../layout/fetch-whole';
import { type Partition, type PointedFile, type Pointer, type PreviousRevision, readPointer } from '../layout/pointer';
import type { Change, Healing, OpenWarehouse } from '../run/context';
import { inWork } from '../run/in-work';
import { aggregateHours } from '../tables/hours';
import { readArchive, readFlags, writeHours } from '../tables/partition-files';
import type { ReadingTable } from '../tables/read-facts';
import { partitionLost, recoverReadings } from './recover-readings';

/** The readings of a published partition, healed where that was needed. */
export interface Known {
  readonly readings: ReadingTable;
  /** Local path of its archive; undefined if its readings could be rebuilt, but not its bytes. */
  readonly archive: string | undefined;
  /** The base from which the next revision can be rebuilt. */
  readonly previous: PreviousRevision | undefined;
  readonly findings: readonly Finding[];
}

/**
 * The readings of a published partition. An archive that is missing or damaged is rebuilt and put back in its place.
 * @throws Failure (remote-permanent) if it cannot be rebuilt
 */
export async function knownReadings(context: Healing, pointer: Pointer, partition: Partition): Promise<Known> {
  const { datasource, revision, archive } = partition;
  // Also what was consumed since and changed nothing is in it: a later revision needs only the facts after that.
  const facts = Math.max(partition.facts, lastConsumed(pointer, datasource));
  const local = await fetchWhole(context, archive);
  if (local !== undefined) {
    const readings = await readArchive(local);
    return { readings, archive: local, previous: { revision, archive, facts }, findings: [] };
  }
  const recovered = await recoverReadings(context, pointer, partition);
  if (recovered === undefined) throw partitionLost(context.warehouse, partition);
  const { base, made, exact } = recovered;
  const findings = [healedFinding(partition, archive, origin(base))];
  // Other rules cannot bring its bytes back; the run makes the revision that follows.
  if (!exact) return { readings: recovered.readings, archive: undefined, previous: base, findings };
  await putBack(context, made.localArchive, archive);
  const readings = await readArchive(made.localArchive);
  return { readings, archive: made.localArchive, previous: { revision, archive, facts }, findings };
}

/**
 * A published partition's hours, or windows of a level, whose file is missing or damaged: from the readings and flags of
 * its archive, and put back in its place. So it does not matter which ranges and exclusions hold today.
 * @throws Failure (remote-permanent) if it cannot be rebuilt
 */
export async function healTable(
  context: Healing,
  partition: Partition,
  file: PointedFile,
): Promise<{ readonly local: string; readonly findings: readonly Finding[] }> {
  const { pointer } = await readPointer(context.warehouse);
  const { archive, readings, findings } = await knownReadings(context, pointer, partition);
  const every = windowLength(context.configuration, partition, file);
  if (archive === undefined || every === undefined) throw partitionLost(context.warehouse, partition, file);
  const hours = aggregateHours(readings, await readFlags(archive), every);
  const local = inWork(context.work, 'remade', file.path);
  await mkdir(dirname(local), { recursive: true });
  await writeHours(local, hours);
  if (!(await isHash(local, file.sha256))) throw partitionLost(context.warehouse, partition, file);
  await putBack(context, local, file);
  return { local, findings: [...findings, healedFinding(partition, file, 'its archive')] };
}

/**
 * The length of a table's windows, in milliseconds; undefined if only a server can compute the table, or nothing can
 * any more.
 */
function windowLength(
  { ownLevels }: Pick<Configuration, 'ownLevels'>,
  { aggregates, levels = {} }: Partition,
  file: PointedFile,
): number | undefined {
  if (file.path === aggregates.path) return HOUR;
  const level = ownLevels.find((one) => levels[levelDefinition(one)]?.path === file.path);
  return level === undefined || level.flux !== undefined ? undefined : minutesOf(level.every);
}

/** Restores a file under the name that the pointer has for it; nothing else changes. */
export async function putBack(
  { warehouse, dryRun, say }: OpenWarehouse & Change,
  local: string,
  file: PointedFile,
): Promise<void> {
  say(`heal: ${dryRun ? 'would restore' : 'restores'} ${warehouse.name}/${file.path}`);
  if (!dryRun) await warehouse.upload(local, file.path);
}

export function healedFinding({ datasource, month }: Partition, { path, rows }: PointedFile, from: string): Finding {
  return {
    code: 'partition-healed',
    severity: 'warning',
    datasource,
    file: path,
    count: rows,
    message: `a file of ${month} was missing or damaged in the warehouse, and was rebuilt from ${from}`,
    fix: 'find out who changed it; nothing is lost',
  };
}

export function origin(base: PreviousRevision | undefined): string {
  return base === undefined ? 'its facts' : `revision ${base.revision} and the facts after it`;
}
