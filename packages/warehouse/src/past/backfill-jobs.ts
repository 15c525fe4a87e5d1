import { Failure } from '@sensor-warehouse/model/failure';
import { quoted } from '@sensor-warehouse/model/finding';
import type { Engine } from '../aggregate/engine';
import type { ChangedPartition } from '../aggregate/make-partition';
import type { Context } from '../context';
import { POINTER, type Pointer, pointerDigest, readPointer, requireSamePointer } from '../pointer';
import { uploadPartition } from '../publish/move-pointer';
import { withoutDbt } from '../publish/own-levels';
import { type NewVersion, publishPartitions } from '../publish/publish-partitions';
import type { ProvideDbt } from '../transform/run-dbt';
import { makeWindow, recordBackfill } from './backfill';
import type { BackfillOrder } from './order';
import { type Plan, planBackfill } from './plan';
import { clearStaging, readPlan, readWindow, stagePlan, stageWindow } from './staging';

/*
 * A backfill in several jobs: one plans, many make a window each, one publishes. They hand over by way of the warehouse,
 * so a job that failed is run again by itself, and what the others did stays.
 */

/** Plans, and leaves the plan for the jobs after it. In a dry run nothing is left, and there is no digest. */
export async function planJob(
  context: Context,
  order: BackfillOrder,
  code: string,
): Promise<{ readonly plan: Plan; readonly digest: string | undefined }> {
  const started = Date.now();
  const { pointer, text } = await readPointer(context.warehouse);
  const plan = await planBackfill(context, pointer, order);
  await recordBackfill(context, plan, 0, [], started);
  const nothing = context.dryRun || plan.windows.length === 0;
  return { plan, digest: nothing ? undefined : await stagePlan(context, plan, order, text, code) };
}

/**
 * Makes one window of a plan and leaves its files in the warehouse under their final names. A window that is made
 * already is left alone.
 * @returns the number of partitions that changed
 */
export async function windowJob(
  context: Context,
  provideDbt: ProvideDbt,
  engine: Engine,
  digest: string,
  name: string,
): Promise<number> {
  const started = Date.now();
  const plan = await readPlan(context, digest);
  const window = plan.windows.find((one) => one.name === name);
  if (window === undefined) throw noSuchWindow(name, digest);
  if (context.dryRun) {
    context.say(`backfill: would make ${name}`);
    return 0;
  }
  const made = await readWindow(context, digest, window.name);
  if (made !== undefined) {
    context.say(`backfill: ${name} is made already`);
    return made.partitions.length;
  }
  const { pointer, text } = await readPointer(context.warehouse);
  requireSamePointer('backfill', text, plan.pointer, `${context.warehouse.name}/${POINTER}`);
  const done = await makeWindow(context, provideDbt, engine, pointer, window, plan.order.allowFewer);
  for (const partition of done.partitions) await uploadPartition(context.warehouse, partition);
  await stageWindow(context, digest, name, done.partitions);
  await recordBackfill(context, { windows: [window] }, done.partitions.length, done.findings, started);
  return done.partitions.length;
}

/**
 * Publishes all windows of a plan as one version, and removes what the jobs left for each other.
 * @param provideDbt asked for only if the project has levels that are dbt models
 * @throws Failure (config) if a window is not made
 */
export async function publishJob(
  context: Context,
  digest: string,
  provideDbt: ProvideDbt = withoutDbt,
): Promise<NewVersion> {
  const plan = await readPlan(context, digest);
  const { pointer: before, text: textBefore } = await readPointer(context.warehouse);
  const partitions: ChangedPartition[] = [];
  const missing: string[] = [];
  for (const { name } of plan.windows) {
    const made = await readWindow(context, digest, name);
    if (made === undefined) missing.push(name);
    else partitions.push(...made.partitions);
  }
  if (missing.length > 0) throw incomplete(missing);
  const moved = pointerDigest(textBefore) !== plan.pointer;
  // A job that was killed after the pointer moved is run again: there is nothing more to publish.
  const published = moved && holdsAll(before, partitions);
  if (!published) requireSamePointer('backfill', textBefore, plan.pointer, `${context.warehouse.name}/${POINTER}`);
  const version = await publishPartitions(context, {
    before,
    textBefore,
    partitions: published ? [] : partitions,
    consumed: before.consumed,
    mayShrink: true,
    provideDbt,
  });
  if (!context.dryRun) await clearStaging(context, digest);
  return version;
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
    fix: 'give the digest and the windows that one plan gave',
    class: 'config',
    code: 'backfill-plan',
  });
}

function incomplete(missing: readonly string[]): Failure {
  return new Failure({
    stage: 'backfill',
    what: `windows of the plan are not made: ${missing.join(', ')}`,
    found: `${missing.length} missing`,
    fix: 'run the failed jobs again',
    class: 'config',
    code: 'backfill-incomplete',
  });
}
