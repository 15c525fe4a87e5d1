import type { Finding } from '@sensor-warehouse/model/findings/finding';
import { levelsBuilder } from '../dbt-levels/dbt-levels';
import type { Engine } from '../engines/engine';
import type { BackfillOrder } from '../layout/backfill-documents';
import { readPointer } from '../layout/pointer';
import type { NewPartition } from '../partitions/make-partition';
import { type NewVersion, publishRecorded } from '../publish-parquet/publish-partitions';
import type { Context } from '../run/context';
import { recorded } from '../run/run-stage';
import type { ProvideDbt } from '../transform/run-dbt';
import { makeWindow, outcomeOf } from './make-window';
import { type Plan, planBackfill } from './plan';
import { stagesAgain } from './stages-again';

export interface Backfilled {
  readonly plan: Plan;
  /** Undefined if nothing was done: in a dry run, or without a month to rebuild. */
  readonly published: NewVersion | undefined;
}

/**
 * Rebuilds the past as ordered, window by window, and publishes it as one version. In a dry run it only plans.
 * @param provideDbt asked only where months are rebuilt, or levels are dbt models
 * @throws Failure if one window fails: then nothing is published
 */
export async function backfill(
  context: Context,
  provideDbt: ProvideDbt,
  engine: Engine,
  order: BackfillOrder,
): Promise<Backfilled> {
  const { pointer: before, text: textBefore } = await readPointer(context.warehouse);
  const plan = await planBackfill(context, before, order);
  if (context.dryRun || plan.windows.length === 0) return { plan, published: undefined };
  const tools = { remake: stagesAgain(provideDbt), engine };
  const partitions = await recorded(context.work, 'backfill', async () => {
    const all: NewPartition[] = [];
    const findings: Finding[] = [];
    for (const [index, window] of plan.windows.entries()) {
      context.say(`backfill: window ${index + 1} of ${plan.windows.length}, ${window.name}`);
      const done = await makeWindow(context, tools, before, window, order.allowFewer);
      all.push(...done.partitions);
      findings.push(...done.findings);
    }
    return outcomeOf(all, plan, { partitions: all, findings });
  });
  const publication = {
    before,
    textBefore,
    partitions,
    consumed: before.consumed,
    mayShrink: true,
    dbt: levelsBuilder(provideDbt),
    cause: order.mode,
  };
  return { plan, published: await publishRecorded(context, publication) };
}
