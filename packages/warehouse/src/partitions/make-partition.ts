import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Month, monthStart, shiftMonth } from '@sensor-warehouse/model/time/month';
import type { Engine } from '../engines/engine';
import type { ChangedPartition } from '../layout/changed-partition';
import { pathOf } from '../layout/names';
import { type Partition, type PointedFile, type PreviousRevision, requireHash } from '../layout/pointer';
import type { Clock, OpenWarehouse, Scratch, Seeds } from '../run/context';
import { inWork } from '../run/in-work';
import { requireConservation } from '../run/law';
import { EXCLUDED, flagReadings, LEFT_OUT, OUT_OF_RANGE } from '../tables/flag';
import type { Hours } from '../tables/hours';
import { digested, readArchive, writeArchive, writeHours } from '../tables/partition-files';
import type { ReadingTable } from '../tables/read-facts';
import { levelTables, type WrittenLevels, writeLevels } from './level-files';
import { rulesDigest } from './rules';

/** A partition with new content; its files are in the work folder. */
export interface NewPartition extends ChangedPartition {
  readonly localArchive: string;
  readonly localAggregates: string;
  readonly localLevels: Readonly<Record<string, string>>;
}

/** The readings that a month of a source is to have. */
export interface MonthToMake {
  readonly month: Month;
  readonly readings: ReadingTable;
  readonly before: Partition | undefined;
  /** Number of the last generation that is in the readings. */
  readonly facts: number;
  /** Left out where the readings are not `before` with later facts. */
  readonly previous?: PreviousRevision;
}

export interface MadePartitions {
  readonly partitions: readonly NewPartition[];
  readonly outOfRange: number;
  readonly excluded: number;
}

/** Flags a window of one source, lets the engine aggregate it, and writes its files into the work folder. */
export async function makePartitions(
  context: Scratch & Seeds & Clock,
  engine: Engine,
  datasource: string,
  window: readonly MonthToMake[],
): Promise<MadePartitions> {
  if (window.length === 0) return { partitions: [], outOfRange: 0, excluded: 0 };
  const { configuration } = context;
  const { dataKeys, exclusions } = configuration;
  const flagged = window.map(({ month, readings }) => ({
    month,
    readings,
    flags: flagReadings(readings, datasource, dataKeys, exclusions),
  }));
  const hours = await engine.hours(datasource, flagged);
  const levels = await levelTables(configuration, engine, datasource, flagged);
  const partitions: NewPartition[] = [];
  let outOfRange = 0;
  let excluded = 0;
  for (const [index, toMake] of window.entries()) {
    const { flags } = flagged[index]!;
    requireEveryReading(datasource, toMake.month, flags, hours[index]!);
    for (const [{ flux }, table] of levels[index]!)
      if (flux === undefined) requireEveryReading(datasource, toMake.month, flags, table);
    const folder = inWork(context.work, 'partitions', datasource);
    const written = await writeLevels(folder, configuration, engine, { ...toMake, datasource }, levels[index]!);
    partitions.push(await writePartition(context, datasource, toMake, { ...written, flags, hours: hours[index]! }));
    for (const flag of flags) {
      if (flag & OUT_OF_RANGE) outOfRange++;
      if (flag & EXCLUDED) excluded++;
    }
  }
  return { partitions, outOfRange, excluded };
}

/**
 * Fetches the readings of a published partition.
 * @throws Failure if its archive does not match the pointer
 */
export async function fetchArchive(context: OpenWarehouse, file: PointedFile): Promise<ReadingTable> {
  const local = inWork(context.work, 'known', file.path);
  await context.warehouse.download(file.path, local);
  await requireHash(local, file, context.warehouse.name);
  return readArchive(local);
}

function requireEveryReading(datasource: string, month: Month, flags: Int32Array, hours: Hours): void {
  const good = flags.reduce((total, flag) => total + (flag & LEFT_OUT ? 0 : 1), 0);
  let counted = 0;
  for (let row = 0; row < hours.count; row++) counted += hours.n[row]!;
  const equation = `${datasource} ${month}: good readings ${good} = Σ n ${counted}`;
  requireConservation('influx-aggregate', { equation, left: good, right: counted });
}

/** Everything computed from a month's readings. */
interface MadeOfReadings extends WrittenLevels {
  readonly flags: Int32Array;
  readonly hours: Hours;
}

async function writePartition(
  context: Scratch & Seeds & Clock,
  datasource: string,
  { month, readings, before, facts, previous }: MonthToMake,
  { flags, hours, levels, localLevels, leftOut }: MadeOfReadings,
): Promise<NewPartition> {
  const folder = inWork(context.work, 'partitions', datasource);
  await mkdir(folder, { recursive: true });
  const localArchive = join(folder, `${month}.archive.parquet`);
  const localAggregates = join(folder, `${month}.aggregates.parquet`);
  await writeArchive(localArchive, readings, flags);
  await writeHours(localAggregates, hours);
  const archive = await digested(localArchive);
  const aggregates = await digested(localAggregates);
  // Other rules may give the same bytes: then there is no new revision.
  const same = before?.archive.sha256 === archive.sha256;
  const revision = same ? before.revision : (before?.revision ?? 0) + 1;
  const origin = same ? before.previous : previous;
  return {
    datasource,
    month,
    revision,
    archive: {
      path: pathOf({ kind: 'archive', datasource, month, revision, hash: archive.sha256.slice(0, 8) }),
      ...archive,
      rows: readings.time.length,
    },
    aggregates: {
      path: pathOf({ kind: 'hours', datasource, month, hash: aggregates.sha256.slice(0, 8) }),
      ...aggregates,
      rows: hours.count,
    },
    ...(Object.keys(levels).length > 0 ? { levels } : {}),
    complete: monthStart(shiftMonth(month, 1)) <= context.now,
    facts,
    rules: rulesDigest(context.configuration, datasource, month, leftOut),
    ...(origin === undefined ? {} : { previous: origin }),
    localArchive,
    localAggregates,
    localLevels,
    rowsBefore: before?.archive.rows ?? 0,
  };
}
