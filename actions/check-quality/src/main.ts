import { openStageContext } from '@sensor-warehouse/action-kit/stage-context';
import { tellStage } from '@sensor-warehouse/action-kit/stage-result';
import { checkQualityStage } from '@sensor-warehouse/warehouse/check-quality/check-quality';
import { requireExpectedPointer } from '@sensor-warehouse/warehouse/layout/expected-pointer';
import { runStage } from '@sensor-warehouse/warehouse/run/run-stage';
import { readActionInputs } from './inputs';

export async function main(): Promise<void> {
  const inputs = readActionInputs();
  const context = await openStageContext(inputs);
  if (inputs.expectedPointer !== undefined) await requireExpectedPointer(context.warehouse, inputs.expectedPointer);
  const { generations, held } = (await runStage(checkQualityStage(), context)).checked;
  await tellStage(inputs.work, 'check-quality', { pending: generations.length, held: Object.keys(held).join(',') });
}
