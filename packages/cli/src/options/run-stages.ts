import { asFailure } from '@sensor-warehouse/model/findings/as-failure';
import { checkQuality } from '@sensor-warehouse/warehouse/check-quality/check-quality';
import { dbtLevels } from '@sensor-warehouse/warehouse/dbt-levels/dbt-levels';
import { EMBEDDED, type Engine } from '@sensor-warehouse/warehouse/engines/engine';
import { influxAggregate } from '@sensor-warehouse/warehouse/influx-aggregate/influx-aggregate';
import { ingest } from '@sensor-warehouse/warehouse/ingest/ingest';
import { publishFacts } from '@sensor-warehouse/warehouse/publish-facts/publish-facts';
import { publishParquet } from '@sensor-warehouse/warehouse/publish-parquet/publish-parquet';
import { remakeFacts } from '@sensor-warehouse/warehouse/raw-archive/remake-facts';
import type { Context } from '@sensor-warehouse/warehouse/run/context';
import type { StageName } from '@sensor-warehouse/warehouse/stages';
import { levelModels } from '@sensor-warehouse/warehouse/transform/level-models';
import { transform } from '@sensor-warehouse/warehouse/transform/transform';
import { validateSchema } from '@sensor-warehouse/warehouse/validate-schema/validate-schema';
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
