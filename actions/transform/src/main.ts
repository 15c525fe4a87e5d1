import { dbtProvider } from '@sensor-warehouse/action-kit/dbt-environment';
import { openStageContext } from '@sensor-warehouse/action-kit/stage-context';
import { tellStage } from '@sensor-warehouse/action-kit/stage-result';
import { runStage } from '@sensor-warehouse/warehouse/run/run-stage';
import { transformStage } from '@sensor-warehouse/warehouse/transform/transform';
import { readActionInputs } from './inputs';

export async function main(): Promise<void> {
  const inputs = readActionInputs();
  const { transformed } = await runStage(transformStage(dbtProvider(inputs)), await openStageContext(inputs));
  await tellStage(inputs.work, 'transform', { facts: transformed.facts.rows });
}
