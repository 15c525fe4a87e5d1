import { mkdir, rm } from 'node:fs/promises';
import { Failure } from '@sensor-warehouse/model/findings/failure';
import { type Finding, printable } from '@sensor-warehouse/model/findings/finding';
import type { Month } from '@sensor-warehouse/model/time/month';
import type { Engine } from '../engines/engine';
import { INGESTED, type Ingested } from '../ingest/ingested';
import { isReleased, lastConsumed } from '../layout/consumption';
import type { ManifestFile } from '../layout/facts-manifest';
import type { Pointer } from '../layout/pointer';
import { fetchArchive, type MonthToMake, makePartitions, type NewPartition } from '../partitions/make-partition';
import { archivedManifests, fetchRawCopies, type RawCopy, rawCopiesOf } from '../raw-archive/raw-copies';
import type { Context, OpenWarehouse, Progress, Seeds } from '../run/context';
import { readHandOver, writeHandOver } from '../run/hand-over';
import { inWork } from '../run/in-work';
import { NO_READINGS } from '../tables/merge';
import { mergeMonth } from '../tables/merge-month';
import { type Conflict, conflictFindings } from '../tables/sensor-conflict';
import { TRANSFORMED, type Transformed } from '../transform/transformed';
import { VALIDATED, type Validated } from '../validate-schema/validated';
import { explainedLosses, monthShrinks } from './fewer-keys';
import { removedSensor, requireRemovedSensor } from './removed-sensors';

export interface RebuiltWindow {
  /** One for each month that was asked for, also where its bytes are those of before. */
  readonly partitions: readonly NewPartition[];
  readonly findings: readonly Finding[];
}

/** Tools for making a window. */
export interface Tools {
  readonly remake: Remake;
  readonly engine: Engine;
}

export interface WindowToRebuild {
  readonly datasource: string;
  /** At most `windowMonths` of them. */
  readonly months: readonly Month[];
}

/**
 * Rebuilds months of one source from the raw archive alone, in the recorded order of arrival, through today's
 * contracts, mapping and dbt models. With unchanged code and seeds the partitions have the bytes of those before.
 *
 * @param allowFewer whether a month may lose readings that neither an exclusion nor a removed sensor explains
 * @throws Failure (remote-permanent) if a raw copy is missing or damaged
 * @throws Failure (input) if today's contract refuses a raw copy, two sensors disagree, or a month would lose readings
 */
export async function rebuildWindow(
  context: Context,
  { remake, engine }: Tools,
  pointer: Pointer,
  { datasource, months }: WindowToRebuild,
  allowFewer = false,
): Promise<RebuiltWindow> {
  const source = context.configuration.datasources.find(({ id }) => id === datasource)!;
  const own = { ...context, work: windowFolder(context.work, datasource, months) };
  const remade = await remake(own, pointer, datasource, months);
  const { copies } = remade;
  const facts = factsOf(own.work, remade);
  const toMake: MonthToMake[] = [];
  const conflicts: Conflict[] = [];
  for (const month of months) {
    const merged = await mergeMonth(NO_READINGS, datasource, month, [facts]);
    conflicts.push(...merged.conflicts);
    const before = pointer.partitions.find((one) => one.datasource === datasource && one.month === month);
    toMake.push({ month, readings: merged.readings, before, facts: lastConsumed(pointer, datasource) });
  }
  requireAgreement(datasource, withoutReleased(conflicts, copies, pointer, datasource));
  const { partitions } = await makePartitions(context, engine, datasource, toMake);
  if (!allowFewer) {
    for (const [index, partition] of partitions.entries()) {
      const { before, readings } = toMake[index]!;
      if (before === undefined || partition.archive.rows >= before.archive.rows) continue;
      const known = await fetchArchive(context, before.archive);
      const explained = explainedLosses(known, readings, source, context.configuration);
      if (partition.archive.rows + explained < before.archive.rows) throw monthShrinks(partition, explained);
    }
  }
  await rm(own.work, { recursive: true, force: true });
  return { partitions, findings: facts.findings };
}

/** The work folder of one window: `rebuild/<datasource>_<first month>_<last month>`, as the window is named in a plan. */
function windowFolder(work: string, datasource: string, months: readonly Month[]): string {
  return inWork(work, 'rebuild', `${datasource}_${months[0]!}_${months.at(-1)!}`);
}

/** Raw copies in a work folder, and the same as ingest would name them. */
export interface FetchedCopies {
  readonly copies: readonly RawCopy[];
  readonly ingested: Ingested;
}

/** Leaves the raw copies of a window in its work folder, for validate-schema and transform as steps of their own. */
export async function leaveForStages(
  context: OpenWarehouse & Seeds & Progress,
  pointer: Pointer,
  datasource: string,
  months: readonly Month[],
): Promise<void> {
  const own = { ...context, work: windowFolder(context.work, datasource, months) };
  const { ingested } = await fetchForRebuild(own, pointer, datasource, months);
  await writeHandOver(own.work, INGESTED, ingested);
}

/** Lays out the raw copies that months are rebuilt from, in a work folder of their own, as ingest leaves uploads. */
export async function fetchForRebuild(
  own: OpenWarehouse & Seeds & Progress,
  pointer: Pointer,
  datasource: string,
  months: readonly Month[],
): Promise<FetchedCopies> {
  await rm(own.work, { recursive: true, force: true });
  await mkdir(inWork(own.work, 'raw'), { recursive: true });
  const copies = await copiesFor(own, pointer, datasource, months);
  own.say(`rebuild: ${datasource} ${months[0]} to ${months.at(-1)} from ${copies.length} raw copies`);
  const locals = await fetchRawCopies(own.warehouse, copies, inWork(own.work, 'raw'));
  const files = copies.map((copy, index) => ({ ...uploadOf(copy, index), local: locals[index]! }));
  return { copies, ingested: { files, seen: [], absent: [], undelivered: {}, untaken: [], refusals: [] } };
}

async function copiesFor(own: OpenWarehouse & Seeds, pointer: Pointer, datasource: string, months: readonly Month[]) {
  const source = own.configuration.datasources.find(({ id }) => id === datasource)!;
  return rawCopiesOf(await archivedManifests(own, pointer, datasource), source, months[0]!, months.at(-1)!);
}

function uploadOf({ file }: RawCopy, index: number): Omit<Ingested['files'][number], 'local'> {
  const { datasource, name, bytes, modified, sha256 } = file;
  // Across generations: of one key, the row that arrived later wins.
  return { datasource, name, bytes, modified, sha256, ordinal: index + 1 };
}

/** The results of validate-schema and transform for raw copies. */
export interface Remade {
  readonly copies: readonly RawCopy[];
  readonly validated: Validated;
  readonly transformed: Transformed;
}

/**
 * Takes the raw copies of a window through validate-schema and transform.
 * @param own context with the work folder of the window
 */
export type Remake = (own: Context, pointer: Pointer, datasource: string, months: readonly Month[]) => Promise<Remade>;

/**
 * Reads what steps of their own left in the work folder. A process that is given a secret remakes nothing itself: its inputs
 * are its environment, which dbt, as every child of it, could read.
 * @throws Failure (config) if the steps before did not take these raw copies through validate-schema and transform
 */
export async function stagesBefore(
  own: OpenWarehouse & Seeds,
  pointer: Pointer,
  datasource: string,
  months: readonly Month[],
): Promise<Remade> {
  const copies = await copiesFetchedBefore(own, pointer, datasource, months);
  const validated = await readHandOver(own.work, VALIDATED, 'backfill');
  const transformed = await readHandOver(own.work, TRANSFORMED, 'backfill');
  return { copies, validated, transformed };
}

async function copiesFetchedBefore(
  own: OpenWarehouse & Seeds,
  pointer: Pointer,
  datasource: string,
  months: readonly Month[],
) {
  const copies = await copiesFor(own, pointer, datasource, months);
  const { files } = await readHandOver(own.work, { ...INGESTED, by: 'the step fetch' }, 'backfill');
  const fetched = files.map(({ local: _, ...file }) => file);
  if (JSON.stringify(fetched) === JSON.stringify(copies.map(uploadOf))) return copies;
  throw new Failure({
    stage: 'backfill',
    what: 'the work folder holds raw copies of another window or other generations',
    where: own.work,
    fix: 'run the step fetch, validate-schema and transform before it, with the folder of this window',
    class: 'config',
    code: 'stage-order',
  });
}

/** The facts of raw copies, which may be refused only because a sensor was removed. */
function factsOf(work: string, { copies, validated, transformed }: Remade) {
  const removed = validated.files.filter(({ verdict }) => verdict === 'refused');
  for (const file of removed) requireRemovedSensor(file, copies[file.ordinal - 1]!, validated.findings);
  // A conflict names the raw copy.
  const named = copies.map(({ file, path }, index): ManifestFile => ({ ...file, name: path, ordinal: index + 1 }));
  return {
    local: inWork(work, 'transform', 'fact.parquet'),
    manifest: { series: transformed.series, files: named },
    findings: removed.map((file) => removedSensor(file, copies[file.ordinal - 1]!)),
  };
}

/** Released facts enter the archive as they are. */
function withoutReleased(
  conflicts: readonly Conflict[],
  copies: readonly RawCopy[],
  pointer: Pointer,
  datasource: string,
): Conflict[] {
  const excused = copies.filter(({ generation }) => isReleased(generation, pointer, datasource));
  const paths = new Set(excused.map(({ path }) => path));
  return conflicts.filter(({ file }) => !paths.has(file));
}

function requireAgreement(datasource: string, conflicts: readonly Conflict[]): void {
  const findings = conflictFindings(datasource, conflicts);
  if (findings.length === 0) return;
  throw new Failure({
    stage: 'rebuild',
    what: `with today’s mapping ${findings[0]!.message}`,
    where: printable(findings[0]!.file ?? ''),
    ...(findings[0]!.found === undefined ? {} : { found: findings[0]!.found }),
    fix: findings[0]!.fix,
    class: 'input',
    code: 'rebuild-conflict',
    findings,
  });
}
