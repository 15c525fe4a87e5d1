import { openStageContext } from '@sensor-warehouse/action-kit/stage-context';
import { tellStage } from '@sensor-warehouse/action-kit/stage-result';
import { publishFactsStage } from '@sensor-warehouse/warehouse/publish-facts/publish-facts';
import { runStage } from '@sensor-warehouse/warehouse/run/run-stage';
import { readActionInputs } from './inputs';

export async function main(): Promise<void> {
  const inputs = readActionInputs();
  const { generation, held } = await runStage(publishFactsStage, await openStageContext(inputs));
  await tellStage(inputs.work, 'publish-facts', { generation: generation ?? '', held: Object.keys(held).join(',') });
}
