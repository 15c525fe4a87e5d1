import { asFailure } from '@sensor-warehouse/model/as-failure';
import { EMBEDDED, type Engine } from '@sensor-warehouse/warehouse/aggregate/engine';
import { influxAggregate } from '@sensor-warehouse/warehouse/aggregate/influx-aggregate';
import type { Context } from '@sensor-warehouse/warehouse/context';
import { publishFacts } from '@sensor-warehouse/warehouse/hand-over/publish-facts';
import { ingest } from '@sensor-warehouse/warehouse/ingest/ingest';
import { publishParquet } from '@sensor-warehouse/warehouse/publish/publish-parquet';
import { checkQuality } from '@sensor-warehouse/warehouse/quality/check-quality';
import { remakeFacts } from '@sensor-warehouse/warehouse/recovery/remake-facts';
import type { StageName } from '@sensor-warehouse/warehouse/stages';
import { transform } from '@sensor-warehouse/warehouse/transform/transform';
import { validateSchema } from '@sensor-warehouse/warehouse/validate/validate-schema';
import { dbtPython } from './python';

const STAGES: Readonly<Record<StageName, (context: Context, engine: Engine) => Promise<unknown>>> = {
  ingest,
  'validate-schema': validateSchema,
  transform: (context) => transform(context, dbtPython),
  'publish-facts': publishFacts,
  'check-quality': (context) =>
    checkQuality(context, (pointer, manifest) => remakeFacts(context, dbtPython, pointer, manifest)),
  'influx-aggregate': influxAggregate,
  'publish-parquet': (context) => publishParquet(context, dbtPython),
};

/** Runs stages one after another; what the last one returns. @throws Failure that names the stage */
export async function runAll(
  stages: readonly StageName[],
  context: Context,
  engine: Engine = EMBEDDED,
): Promise<unknown> {
  let result: unknown;
  for (const stage of stages) {
    context.say(`${stage} …`);
    try {
      result = await STAGES[stage](context, engine);
    } catch (error) {
      throw asFailure(error, stage, context.work);
    }
  }
  return result;
}
