import { mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Finding } from '@sensor-warehouse/model/finding';
import { type Month, monthOf, monthStart, shiftMonth } from '@sensor-warehouse/model/month';
import { sha256OfFile } from '@sensor-warehouse/storage/file-hash';
import type { Context } from '../context';
import { fetchPending, type PendingGeneration, pendingOf } from '../pending';
import {
  type Partition,
  POINTER,
  type PointedFile,
  type Pointer,
  readPointer,
  requireHash,
  requireSamePointer,
} from '../pointer';
import type { Checked } from '../quality/check-quality';
import { recordStage, requireConservation, requireJson, writeJson } from '../run-record';
import { AGGREGATED, CHECKED } from '../stage-files';
import type { Engine } from './engine';
import { EXCLUDED, flagReadings, OUT_OF_RANGE } from './flag';
import type { Hours } from './hours';
import { merge, NO_READINGS, sameValues } from './merge';
import { readArchive, writeArchive, writeHours } from './partition-files';
import { type FactTable, type ReadingTable, readFacts } from './read-facts';
import { type Conflict, conflictFindings } from './sensor-conflict';

/** A partition with new content; its two files lie in the work folder under the names they will be published by. */
export interface NewPartition extends Partition {
  readonly localArchive: string;
  readonly localAggregates: string;
  readonly rowsBefore: number;
}

export interface Aggregated {
  /** Names the pointer that the partitions follow from (see pointerDigest). */
  readonly pointer: string;
  readonly partitions: readonly NewPartition[];
  /** Datasource → number of the last generation that is consumed now. */
  readonly consumed: Readonly<Record<string, number>>;
  readonly held: Readonly<Record<string, readonly string[]>>;
  readonly findings: readonly Finding[];
}

/**
 * Merges pending facts into the archive months they touch, flags, and lets the engine aggregate their hours.
 * One (datasource, month) at a time, so that memory does not grow with their number.
 */
export async function influxAggregate(context: Context, engine: Engine): Promise<Aggregated> {
  const started = Date.now();
  const checked = await requireJson<Checked>(join(context.work, CHECKED), 'influx-aggregate', 'check-quality');
  const { pointer, text } = await readPointer(context.warehouse);
  requireSamePointer('influx-aggregate', text, checked.pointer, `${context.warehouse.name}/${POINTER}`);
  const pending = await fetchPending(context, pointer);
  const held: Record<string, readonly string[]> = { ...checked.held };
  const consumed: Record<string, number> = { ...pointer.consumed };
  const partitions: NewPartition[] = [];
  const findings: Finding[] = [];
  const total = { facts: 0, added: 0, replaced: 0, repeated: 0, touched: 0 };
  for (const { id } of context.configuration.datasources) {
    // What was handed over since was not checked; the next run takes it.
    const generations = pendingOf(pending, pointer, id).filter(({ manifest }) =>
      checked.generations.includes(manifest.generation),
    );
    if (generations.length === 0 || id in held) continue;
    const merged = await mergeSource(context, engine, pointer, id, generations);
    if (merged.conflicts.length > 0) {
      const conflicts = conflictFindings(id, merged.conflicts);
      findings.push(...conflicts);
      held[id] = conflicts.map(({ message }) => message);
      continue;
    }
    total.facts += merged.facts;
    total.added += merged.added;
    total.replaced += merged.replaced;
    total.repeated += merged.repeated;
    total.touched += merged.touched;
    partitions.push(...merged.partitions);
    findings.push(...merged.findings);
    consumed[id] = generations.at(-1)!.manifest.number;
  }
  const equation = `facts ${total.facts} = new keys ${total.added} + replaced ${total.replaced} + repeated ${total.repeated}`;
  requireConservation('influx-aggregate', equation, total.facts, total.added + total.replaced + total.repeated);
  const result: Aggregated = { pointer: checked.pointer, partitions, consumed, held, findings };
  await writeJson(join(context.work, AGGREGATED), result);
  await recordStage(context.work, {
    stage: 'influx-aggregate',
    files: total.touched,
    in: total.facts,
    out: total.added + total.replaced,
    quarantined: 0,
    repeated: total.repeated,
    seconds: (Date.now() - started) / 1000,
    equation,
    findings,
  });
  return result;
}

interface MergedSource {
  readonly partitions: NewPartition[];
  readonly conflicts: readonly Conflict[];
  readonly findings: readonly Finding[];
  readonly facts: number;
  readonly added: number;
  readonly replaced: number;
  readonly repeated: number;
  /** Partitions looked at, changed or not. */
  readonly touched: number;
}

async function mergeSource(
  context: Context,
  engine: Engine,
  pointer: Pointer,
  id: string,
  generations: readonly PendingGeneration[],
): Promise<MergedSource> {
  const tables: FactTable[] = [];
  for (const { local, manifest } of generations) {
    const table = await readFacts(local, manifest, id);
    if (table !== undefined) tables.push(table);
  }
  const partitions: NewPartition[] = [];
  const conflicts: Conflict[] = [];
  const sums = { facts: 0, added: 0, replaced: 0, repeated: 0, within: 0, outOfRange: 0, excluded: 0 };
  for (const table of tables) for (const { start, end } of table.segments) sums.facts += end - start;
  const months = monthsOf(tables);
  for (const [index, month] of months.entries()) {
    context.say(`influx-aggregate: ${id} ${month} (${index + 1} of ${months.length})`);
    const before = pointer.partitions.find((one) => one.datasource === id && one.month === month);
    const known = before === undefined ? NO_READINGS : await fetchArchive(context, before.archive);
    let readings: ReadingTable = known;
    for (const table of tables) {
      const merged = merge(readings, table, monthStart(month), monthStart(shiftMonth(month, 1)));
      requireConservation(
        'influx-aggregate',
        `${id} ${month}: keys after ${merged.readings.time.length} = before ${readings.time.length} + new ${merged.added}`,
        merged.readings.time.length,
        readings.time.length + merged.added,
      );
      readings = merged.readings;
      conflicts.push(...merged.conflicts);
      sums.added += merged.added;
      sums.replaced += merged.replaced;
      sums.repeated += merged.repeated;
      sums.within += merged.replacedWithin;
    }
    if (sameValues(known, readings) || conflicts.length > 0) continue;
    const flags = flagReadings(readings, id, context.configuration.dataKeys, context.configuration.exclusions);
    for (const flag of flags) {
      if (flag & OUT_OF_RANGE) sums.outOfRange++;
      if (flag & EXCLUDED) sums.excluded++;
    }
    partitions.push(await writePartition(context, engine, id, month, before, readings, flags));
  }
  const findings = countedFindings(id, sums);
  return { partitions, conflicts, findings, ...sums, touched: months.length };
}

async function writePartition(
  context: Context,
  engine: Engine,
  datasource: string,
  month: Month,
  before: Partition | undefined,
  readings: ReadingTable,
  flags: Int32Array,
): Promise<NewPartition> {
  const [hours] = (await engine.hours(datasource, [{ month, readings, flags }])) as readonly [Hours];
  const good = flags.reduce((total, flag) => total + (flag === 0 ? 1 : 0), 0);
  let counted = 0;
  for (let row = 0; row < hours.count; row++) counted += hours.n[row]!;
  requireConservation(
    'influx-aggregate',
    `${datasource} ${month}: good readings ${good} = Σ n ${counted}`,
    good,
    counted,
  );
  const folder = join(context.work, 'partitions', datasource);
  await mkdir(folder, { recursive: true });
  const localArchive = join(folder, `${month}.archive.parquet`);
  const localAggregates = join(folder, `${month}.aggregates.parquet`);
  await writeArchive(localArchive, readings, flags);
  await writeHours(localAggregates, hours);
  const revision = (before?.revision ?? 0) + 1;
  const named = async (local: string, rows: number, name: (digest: string) => string): Promise<PointedFile> => {
    const sha256 = await sha256OfFile(local);
    return { path: name(sha256.slice(0, 8)), sha256, bytes: (await stat(local)).size, rows };
  };
  return {
    datasource,
    month,
    revision,
    archive: await named(
      localArchive,
      readings.time.length,
      (digest) => `archive/${datasource}/${month}.r${revision}-${digest}.parquet`,
    ),
    aggregates: await named(
      localAggregates,
      hours.count,
      (digest) => `aggregates/${datasource}/${month}.${digest}.parquet`,
    ),
    complete: monthStart(shiftMonth(month, 1)) <= context.now,
    localArchive,
    localAggregates,
    rowsBefore: before?.archive.rows ?? 0,
  };
}

async function fetchArchive(context: Context, file: PointedFile): Promise<ReadingTable> {
  const local = join(context.work, 'known', file.path);
  await context.warehouse.download(file.path, local);
  await requireHash(local, file, context.warehouse.name);
  return readArchive(local);
}

function monthsOf(tables: readonly FactTable[]): Month[] {
  const months = new Set<Month>();
  for (const { time, segments } of tables) {
    for (const { start, end } of segments) {
      for (let month = monthOf(time[start]!); month <= monthOf(time[end - 1]!); month = shiftMonth(month, 1))
        months.add(month);
    }
  }
  return [...months].sort();
}

function countedFindings(
  datasource: string,
  sums: { readonly within: number; readonly outOfRange: number; readonly excluded: number },
): Finding[] {
  const findings: Finding[] = [];
  const add = (code: string, severity: Finding['severity'], count: number, message: string, fix: string) => {
    if (count > 0) findings.push({ code, severity, datasource, count, message, fix });
  };
  add(
    'primary-key',
    'warning',
    sums.within,
    'a file gives one instant different values; its last row won',
    'check the export for repeated rows',
  );
  add(
    'out-of-range',
    'warning',
    sums.outOfRange,
    'readings outside the plausible range are archived with a flag and enter no aggregate',
    'check the sensor, or the range in seeds/data_keys.csv',
  );
  add('excluded', 'info', sums.excluded, 'readings are excluded by seeds/exclusions.csv', 'nothing to do');
  return findings;
}
