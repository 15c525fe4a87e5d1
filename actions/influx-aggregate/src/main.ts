import { withEngineOfInputs } from '@sensor-warehouse/action-kit/engine-inputs';
import { openStageContext } from '@sensor-warehouse/action-kit/stage-context';
import { tellStage } from '@sensor-warehouse/action-kit/stage-result';
import { influxAggregateStage } from '@sensor-warehouse/warehouse/influx-aggregate/influx-aggregate';
import { runStage } from '@sensor-warehouse/warehouse/run/run-stage';
import { readActionInputs } from './inputs';

export async function main(): Promise<void> {
  const inputs = readActionInputs();
  const context = await openStageContext(inputs);
  const { aggregated } = await withEngineOfInputs(inputs, (engine) => runStage(influxAggregateStage(engine), context));
  const { partitions, held } = aggregated;
  await tellStage(inputs.work, 'influx-aggregate', {
    partitions: partitions.length,
    held: Object.keys(held).join(','),
  });
}
