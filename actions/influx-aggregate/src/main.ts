import { withEngine } from '@sensor-warehouse/action-kit/engine-inputs';
import { openStageContext } from '@sensor-warehouse/action-kit/stage-context';
import { tellStage } from '@sensor-warehouse/action-kit/stage-result';
import { influxAggregate } from '@sensor-warehouse/warehouse/influx-aggregate/influx-aggregate';
import { readActionInputs } from './inputs';

export async function main(): Promise<void> {
  const inputs = readActionInputs();
  const context = await openStageContext(inputs);
  const { partitions, held } = await withEngine(inputs, (engine) => influxAggregate(context, engine));
  await tellStage(inputs.work, 'influx-aggregate', {
    partitions: partitions.length,
    held: Object.keys(held).join(','),
  });
}
