import { dbtProvider } from '@sensor-warehouse/action-kit/dbt-environment';
import { openStageContext } from '@sensor-warehouse/action-kit/stage-context';
import { tellStage } from '@sensor-warehouse/action-kit/stage-result';
import { dbtLevels } from '@sensor-warehouse/warehouse/dbt-levels/dbt-levels';
import { readActionInputs } from './inputs';

export async function main(): Promise<void> {
  const inputs = readActionInputs();
  const { tables } = await dbtLevels(await openStageContext(inputs), dbtProvider(inputs));
  await tellStage(inputs.work, 'dbt-levels', {
    levels: tables.length,
    rows: tables.reduce((total, one) => total + one.rows, 0),
  });
}
