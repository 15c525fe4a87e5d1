import { Failure } from '@sensor-warehouse/model/findings/failure';
import { quoted } from '@sensor-warehouse/model/findings/finding';
import type { Engine } from '../engines/engine';
import type { BackfillOrder, PlannedWindow, StagedPlan } from '../layout/backfill-documents';
import type { ChangedPartition } from '../layout/changed-partition';
import { POINTER, type Pointer, pointerDigest, readPointer, requireSamePointer } from '../layout/pointer';
import { LEVEL_ARCHIVE } from '../levels/hand-overs';
import { prepareLevels } from '../levels/level-archive';
import type { LevelTablesFrom } from '../publish-parquet/levels-of-models';
import { uploadPartition } from '../publish-parquet/move-pointer';
import { withoutDbt } from '../publish-parquet/own-levels';
import { type NewVersion, publishRecorded } from '../publish-parquet/publish-partitions';
import type { Change, Context, ModelBuild, MonthWindows, OpenWarehouse, Publishing, Seeds } from '../run/context';
import { writeHandOver } from '../run/hand-over';
import { recorded } from '../run/run-stage';
import { madeWindows, removeDamaged } from './made-windows';
import { makeWindow, outcomeOf } from './make-window';
import { type Plan, planBackfill } from './plan';
import { leaveForStages, type Remake } from './rebuild';
import { clearStaging, readPlan, stagePlan, stageWindow } from './staging';

/*
 * A backfill in several jobs: one plans, many make a window each, one publishes. They hand over by way of the warehouse,
 * so a job that failed is run again by itself, and what the others did stays.
 */

/** Plans, and leaves the plan for the jobs after it. In a dry run nothing is left, and there is no digest. */
export async function planJob(
  context: OpenWarehouse & Seeds & Change & MonthWindows,
  order: BackfillOrder,
  code: string,
): Promise<{ readonly plan: Plan; readonly digest: string | undefined }> {
  const { pointer, text } = await readPointer(context.warehouse);
  const plan = await recorded(context.work, 'backfill', async () => {
    const planned = await planBackfill(context, pointer, order);
    return outcomeOf(planned, planned, { partitions: [], findings: [] });
  });
  const nothing = context.dryRun || plan.windows.length === 0;
  return { plan, digest: nothing ? undefined : await stagePlan(context, plan, order, text, code) };
}

/**
 * Lays out the raw copies that a window is made from, for validate-schema and transform: a process that is given a secret
 * starts no dbt.
 * @returns whether the window is made from raw copies, and is not built yet
 */
export async function fetchJob(
  context: OpenWarehouse & Seeds & Change,
  digest: string,
  name: string,
): Promise<boolean> {
  const opened = await openWindow(context, digest, name);
  if ('made' in opened || opened.window.how !== 'rebuild') return false;
  const { datasource, months } = opened.window;
  const names = months.map(({ month }) => month);
  await leaveForStages(context, opened.pointer, datasource, names);
  return true;
}

/**
 * Makes one window of a plan and leaves its files in the warehouse under their final names. A window that is already built
 * is left alone.
 * @returns the number of partitions that changed
 */
export async function windowJob(
  context: Context,
  remake: Remake,
  engine: Engine,
  digest: string,
  name: string,
): Promise<number> {
  const opened = await openWindow(context, digest, name);
  if ('made' in opened) return opened.made;
  const { plan, window, pointer } = opened;
  return recorded(context.work, 'backfill', async () => {
    const done = await makeWindow(context, { remake, engine }, pointer, window, plan.order.allowFewer);
    await removeDamaged(context, pointer, done.partitions);
    for (const partition of done.partitions) await uploadPartition(context.warehouse, partition);
    await stageWindow(context, digest, window, done.partitions);
    return outcomeOf(done.partitions.length, { windows: [window] }, done);
  });
}

type OpenedWindow =
  /** The number of its partitions. */
  { readonly made: number } | { readonly plan: StagedPlan; readonly window: PlannedWindow; readonly pointer: Pointer };

/** A window that is still to be built, and the warehouse that its plan follows from. */
async function openWindow(context: OpenWarehouse & Change, digest: string, name: string): Promise<OpenedWindow> {
  const plan = await readPlan(context.warehouse, digest);
  const window = plan.windows.find((one) => one.name === name);
  if (window === undefined) throw noSuchWindow(name, digest);
  if (context.dryRun) {
    context.say(`backfill: would build ${name}`);
    return { made: 0 };
  }
  const { pointer, text } = await readPointer(context.warehouse);
  const read = madeWindows({ context, digest, plan, pointer, pointerText: text });
  const made = await read(name).catch((error: unknown) => {
    context.say(`backfill: ${name} is built again: ${ofNoUse(error)}`);
    return undefined;
  });
  if (made !== undefined) {
    context.say(`backfill: ${name} is already built`);
    return { made: made.partitions.length };
  }
  requireSamePointer('backfill', text, plan.pointer, `${context.warehouse.name}/${POINTER}`);
  return { plan, window, pointer };
}

/**
 * Why a window that was left is useless.
 * @throws errors that say nothing about it, such as a remote that does not answer
 */
function ofNoUse(error: unknown): string {
  if (error instanceof Failure && /^backfill-(staging|window)$/.test(error.details.code)) return error.details.what;
  throw error;
}

/** Lays the archive out for the stage dbt-levels, as it will be when all windows of a plan are published. */
export async function layOutJob(context: OpenWarehouse & ModelBuild, digest: string): Promise<void> {
  const { before, partitions } = await openPublication(context, digest);
  await writeHandOver(context.work, LEVEL_ARCHIVE, await prepareLevels(context, before, partitions));
}

/**
 * Publishes all windows of a plan as one version, and removes what the jobs left for each other.
 * @param dbt asked only if the project has levels that are dbt models
 * @throws Failure (config) if a window is not made
 */
export async function publishJob(
  context: Publishing,
  digest: string,
  dbt: LevelTablesFrom = withoutDbt,
): Promise<NewVersion> {
  const { before, textBefore, partitions, cause } = await openPublication(context, digest);
  const publication = { before, textBefore, partitions, consumed: before.consumed, mayShrink: true, dbt, cause };
  const version = await publishRecorded(context, publication);
  if (!context.dryRun) await clearStaging(context.warehouse, digest);
  return version;
}

/** The results of all windows of a plan, and the current pointer. */
async function openPublication(context: OpenWarehouse, digest: string) {
  const { warehouse } = context;
  const plan = await readPlan(warehouse, digest);
  const { pointer: before, text: textBefore } = await readPointer(warehouse);
  const read = madeWindows({ context, digest, plan, pointer: before, pointerText: textBefore });
  const partitions: ChangedPartition[] = [];
  const missing: string[] = [];
  for (const { name } of plan.windows) {
    const made = await read(name);
    if (made === undefined) missing.push(name);
    else partitions.push(...made.partitions);
  }
  if (missing.length > 0) throw incomplete(missing);
  const moved = pointerDigest(textBefore) !== plan.pointer;
  // A job that was killed after the pointer moved is run again: there is nothing more to publish.
  const published = moved && holdsAll(before, partitions);
  if (!published) requireSamePointer('backfill', textBefore, plan.pointer, `${warehouse.name}/${POINTER}`);
  return { before, textBefore, partitions: published ? [] : partitions, cause: plan.order.mode };
}

function holdsAll({ partitions: published }: Pointer, partitions: readonly ChangedPartition[]): boolean {
  return partitions.every(({ archive, aggregates, rules }) =>
    published.some(
      (one) => one.archive.path === archive.path && one.aggregates.path === aggregates.path && one.rules === rules,
    ),
  );
}

function noSuchWindow(name: string, digest: string): Failure {
  return new Failure({
    stage: 'backfill',
    what: `the plan ${digest} has no window ${quoted(name)}`,
    fix: 'give the digest and the windows of one plan',
    class: 'config',
    code: 'backfill-plan',
  });
}

function incomplete(missing: readonly string[]): Failure {
  return new Failure({
    stage: 'backfill',
    what: `windows of the plan are not built: ${missing.join(', ')}`,
    found: `${missing.length} missing`,
    fix: 'run the failed jobs again',
    class: 'config',
    code: 'backfill-incomplete',
  });
}
