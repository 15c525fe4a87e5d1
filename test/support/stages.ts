import { checkQualityStage } from '@sensor-warehouse/warehouse/check-quality/check-quality';
import type { MakeAgain } from '@sensor-warehouse/warehouse/check-quality/find-facts';
import type { Engine } from '@sensor-warehouse/warehouse/engines/engine';
import { influxAggregateStage } from '@sensor-warehouse/warehouse/influx-aggregate/influx-aggregate';
import { ingestStage } from '@sensor-warehouse/warehouse/ingest/ingest';
import { publishFactsStage } from '@sensor-warehouse/warehouse/publish-facts/publish-facts';
import { publishParquetWith } from '@sensor-warehouse/warehouse/publish-parquet/publish-parquet';
import type { Context } from '@sensor-warehouse/warehouse/run/context';
import { runStage } from '@sensor-warehouse/warehouse/run/run-stage';
import { validateSchemaStage } from '@sensor-warehouse/warehouse/validate-schema/validate-schema';

/* Single stages in a work folder, as a shell runs them. */

export const ingest = async (night: Context) => (await runStage(ingestStage, night)).ingested;
export const validateSchema = async (night: Context) => (await runStage(validateSchemaStage, night)).validated;
export const publishFacts = (night: Context) => runStage(publishFactsStage, night);
export const checkQuality = async (night: Context, makeAgain?: MakeAgain) =>
  (await runStage(checkQualityStage(makeAgain), night)).checked;
export const influxAggregate = async (night: Context, engine: Engine) =>
  (await runStage(influxAggregateStage(engine), night)).aggregated;
export const publishParquet = (night: Context) => runStage(publishParquetWith(), night);
