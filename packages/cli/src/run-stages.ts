import { asFailure } from '@sensor-warehouse/model/as-failure';
import { EMBEDDED, type Engine } from '@sensor-warehouse/warehouse/aggregate/engine';
import { influxAggregate } from '@sensor-warehouse/warehouse/aggregate/influx-aggregate';
import type { Context } from '@sensor-warehouse/warehouse/context';
import { publishFacts } from '@sensor-warehouse/warehouse/hand-over/publish-facts';
import { ingest } from '@sensor-warehouse/warehouse/ingest/ingest';
import { dbtLevels } from '@sensor-warehouse/warehouse/publish/dbt-levels';
import { publishParquet } from '@sensor-warehouse/warehouse/publish/publish-parquet';
import { checkQuality } from '@sensor-warehouse/warehouse/quality/check-quality';
import { remakeFacts } from '@sensor-warehouse/warehouse/recovery/remake-facts';
import type { StageName } from '@sensor-warehouse/warehouse/stages';
import { levelModels } from '@sensor-warehouse/warehouse/transform/level-models';
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
  'dbt-levels': (context) => dbtLevels(context, dbtPython),
  'publish-parquet': (context) => publishParquet(context, 'ran-before'),
};

/** Runs stages one after another; what the last one returns. @throws Failure that names the stage */
export async function runAll(
  stages: readonly StageName[],
  context: Context,
  engine: Engine = EMBEDDED,
): Promise<unknown> {
  let result: unknown;
  const hasLevels = (await levelModels(context.project)) !== undefined;
  for (const stage of stages) {
    if (stage === 'dbt-levels' && !hasLevels) continue;
    context.say(`${stage} …`);
    try {
      result = await STAGES[stage](context, engine);
    } catch (error) {
      throw asFailure(error, stage, context.work);
    }
  }
  return result;
}
