import { dbtProvider } from '@sensor-warehouse/action-kit/dbt-environment';
import { openStageContext } from '@sensor-warehouse/action-kit/stage-context';
import { tellStage } from '@sensor-warehouse/action-kit/stage-result';
import { transform } from '@sensor-warehouse/warehouse/transform/transform';
import { readActionInputs } from './inputs';

export async function main(): Promise<void> {
  const inputs = readActionInputs();
  const { facts } = await transform(await openStageContext(inputs), dbtProvider(inputs));
  await tellStage(inputs.work, 'transform', { facts: facts.rows });
}
