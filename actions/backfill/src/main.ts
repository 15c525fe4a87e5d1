import { withEngineOfInputs } from '@sensor-warehouse/action-kit/engine-inputs';
import { summariseRelease, summariseTable } from '@sensor-warehouse/action-kit/job-summary';
import { setOutput } from '@sensor-warehouse/action-kit/outputs';
import { openStageContext } from '@sensor-warehouse/action-kit/stage-context';
import { tellStage } from '@sensor-warehouse/action-kit/stage-result';
import {
  fetchJob,
  layOutJob,
  planJob,
  publishJob,
  windowJob,
} from '@sensor-warehouse/warehouse/backfill/backfill-jobs';
import { codeDigest } from '@sensor-warehouse/warehouse/backfill/code-digest';
import { readOrder } from '@sensor-warehouse/warehouse/backfill/order';
import { PLAN_HEAD, planRows } from '@sensor-warehouse/warehouse/backfill/plan-rows';
import { stagesBefore } from '@sensor-warehouse/warehouse/backfill/rebuild';
import { DBT_LEVELS } from '@sensor-warehouse/warehouse/levels/hand-overs';
import type { Context } from '@sensor-warehouse/warehouse/run/context';
import { findHandOver } from '@sensor-warehouse/warehouse/run/hand-over';
import { type BackfillInputs, readActionInputs } from './inputs';

const STEPS: Readonly<Record<BackfillInputs['step'], (context: Context, inputs: BackfillInputs) => Promise<void>>> = {
  plan,
  fetch,
  window,
  'lay-out': layOut,
  publish,
};

export async function main(): Promise<void> {
  const inputs = readActionInputs();
  await STEPS[inputs.step](await openStageContext(inputs), inputs);
}

async function plan(context: Context, { order, work, project }: BackfillInputs): Promise<void> {
  const ids = context.configuration.datasources.map(({ id }) => id);
  const code = await codeDigest(project, process.argv[1]!);
  const planned = await planJob(context, readOrder(order, ids), code);
  const { windows, waiting } = planned.plan;
  const matrix = windows.map(({ name, datasource }) => ({ window: name, datasource }));
  setOutput('windows', JSON.stringify(matrix));
  const months = windows.reduce((total, one) => total + one.months.length, 0);
  await tellStage(work, 'backfill', { plan: planned.digest ?? '', months });
  await summariseTable(context.dryRun ? 'Would be rebuilt' : 'To be rebuilt', PLAN_HEAD, planRows(planned.plan));
  const waits = waiting.map(({ datasource, month, facts }) => [datasource, month, String(facts)]);
  if (waits.length > 0) await summariseTable('Waits for Aggregate & Publish', ['source', 'month', 'facts'], waits);
}

async function fetch(context: Context, inputs: BackfillInputs): Promise<void> {
  setOutput('rebuild', String(await fetchJob(context, inputs.plan, inputs.window)));
}

async function window(context: Context, inputs: BackfillInputs): Promise<void> {
  const partitions = await withEngineOfInputs(inputs, (engine) =>
    windowJob(context, stagesBefore, engine, inputs.plan, inputs.window),
  );
  await tellStage(inputs.work, 'backfill', { partitions });
}

async function layOut(context: Context, inputs: BackfillInputs): Promise<void> {
  await layOutJob(context, inputs.plan);
}

async function publish(context: Context, inputs: BackfillInputs): Promise<void> {
  const left = await findHandOver(inputs.work, DBT_LEVELS);
  const { pointer, rows, changed, readersFailure } = await publishJob(context, inputs.plan, { left }).finally(() =>
    summariseRelease(inputs.work),
  );
  await tellStage(inputs.work, 'publish-parquet', { version: pointer.public.version, rows, changed });
  if (readersFailure !== undefined) throw readersFailure;
}
