import { asFailure } from '@sensor-warehouse/model/findings/as-failure';
import { checkQualityStage } from '@sensor-warehouse/warehouse/check-quality/check-quality';
import { dbtLevelsStage } from '@sensor-warehouse/warehouse/dbt-levels/dbt-levels';
import { EMBEDDED, type Engine } from '@sensor-warehouse/warehouse/engines/engine';
import { influxAggregateStage } from '@sensor-warehouse/warehouse/influx-aggregate/influx-aggregate';
import { ingestStage } from '@sensor-warehouse/warehouse/ingest/ingest';
import { publishFactsStage } from '@sensor-warehouse/warehouse/publish-facts/publish-facts';
import { publishParquetStage } from '@sensor-warehouse/warehouse/publish-parquet/publish-parquet';
import { remakeFacts } from '@sensor-warehouse/warehouse/raw-archive/remake-facts';
import type { Context } from '@sensor-warehouse/warehouse/run/context';
import { runStage } from '@sensor-warehouse/warehouse/run/run-stage';
import type { StageName } from '@sensor-warehouse/warehouse/stages';
import { levelModels } from '@sensor-warehouse/warehouse/transform/level-models';
import { transformStage } from '@sensor-warehouse/warehouse/transform/transform';
import { validateSchemaStage } from '@sensor-warehouse/warehouse/validate-schema/validate-schema';
import { dbtPython } from './python';

const STAGES = {
  ingest: (context: Context) => runStage(ingestStage, context),
  'validate-schema': (context: Context) => runStage(validateSchemaStage, context),
  transform: (context: Context) => runStage(transformStage(dbtPython), context),
  'publish-facts': (context: Context) => runStage(publishFactsStage, context),
  'check-quality': (context: Context) => {
    const stage = checkQualityStage((pointer, manifest) => remakeFacts(context, dbtPython, pointer, manifest));
    return runStage(stage, context);
  },
  'influx-aggregate': (context: Context, engine: Engine) => runStage(influxAggregateStage(engine), context),
  'dbt-levels': (context: Context) => runStage(dbtLevelsStage(dbtPython), context),
  'publish-parquet': (context: Context) => runStage(publishParquetStage, context),
};

/** The output of each stage. */
type Outputs = { [Name in StageName]: Awaited<ReturnType<(typeof STAGES)[Name]>> };

const RUNS: { readonly [Name in StageName]: (context: Context, engine: Engine) => Promise<Outputs[Name]> } = STAGES;

/**
 * Runs stages one after another; what each of them gave.
 * @throws Failure that names the stage
 */
export async function runAll(
  stages: readonly StageName[],
  context: Context,
  engine: Engine = EMBEDDED,
): Promise<Partial<Outputs>> {
  const outputs: Partial<Outputs> = {};
  const run = async <Name extends StageName>(stage: Name) => {
    outputs[stage] = await RUNS[stage](context, engine);
  };
  const hasLevels = (await levelModels(context.project)) !== undefined;
  for (const stage of stages) {
    if (stage === 'dbt-levels' && !hasLevels) continue;
    context.say(`${stage} …`);
    try {
      await run(stage);
    } catch (error) {
      throw asFailure(error, stage, context.work);
    }
  }
  return outputs;
}
