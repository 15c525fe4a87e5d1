import { openStageContext } from '@sensor-warehouse/action-kit/stage-context';
import { tellStage } from '@sensor-warehouse/action-kit/stage-result';
import { checkQuality } from '@sensor-warehouse/warehouse/quality/check-quality';
import { readActionInputs } from './inputs';

export async function main(): Promise<void> {
  const inputs = readActionInputs();
  const { generations, held } = await checkQuality(await openStageContext(inputs));
  await tellStage(inputs.work, 'check-quality', { pending: generations.length, held: Object.keys(held).join(',') });
}
