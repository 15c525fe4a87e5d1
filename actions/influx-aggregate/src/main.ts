import { openStageContext } from '@sensor-warehouse/action-kit/stage-context';
import { tellStage } from '@sensor-warehouse/action-kit/stage-result';
import { EMBEDDED } from '@sensor-warehouse/warehouse/aggregate/engine';
import { influxAggregate } from '@sensor-warehouse/warehouse/aggregate/influx-aggregate';
import { readActionInputs } from './inputs';

export async function main(): Promise<void> {
  const inputs = readActionInputs();
  const { partitions, held } = await influxAggregate(await openStageContext(inputs), EMBEDDED);
  await tellStage(inputs.work, 'influx-aggregate', {
    partitions: partitions.length,
    held: Object.keys(held).join(','),
  });
}
