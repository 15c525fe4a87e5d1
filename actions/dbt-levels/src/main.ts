import { dbtProvider } from '@sensor-warehouse/action-kit/dbt-environment';
import { openStageContext } from '@sensor-warehouse/action-kit/stage-context';
import { tellStage } from '@sensor-warehouse/action-kit/stage-result';
import { dbtLevelsStage } from '@sensor-warehouse/warehouse/dbt-levels/dbt-levels';
import { runStage } from '@sensor-warehouse/warehouse/run/run-stage';
import { readActionInputs } from './inputs';

export async function main(): Promise<void> {
  const inputs = readActionInputs();
  const { levels } = await runStage(dbtLevelsStage(dbtProvider(inputs)), await openStageContext(inputs));
  const { tables } = levels;
  await tellStage(inputs.work, 'dbt-levels', {
    levels: tables.length,
    rows: tables.reduce((total, one) => total + one.rows, 0),
  });
}
