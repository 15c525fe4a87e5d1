import { dirname, join } from 'node:path';
import { provideDbt } from '@sensor-warehouse/action-kit/dbt-environment';
import { openStageContext } from '@sensor-warehouse/action-kit/stage-context';
import { tellStage } from '@sensor-warehouse/action-kit/stage-result';
import { transform } from '@sensor-warehouse/warehouse/transform/transform';
import { readActionInputs } from './inputs';

export async function main(): Promise<void> {
  const inputs = readActionInputs();
  const context = await openStageContext(inputs);
  const { facts } = await transform(context, inputs.python ?? (await dbtEnvironment(inputs.cache)));
  await tellStage(inputs.work, 'transform', { facts: facts.rows });
}

/** The lock file lies beside action.yml, one folder above the bundle that the runner starts. */
function dbtEnvironment(useCache: boolean): Promise<string> {
  return provideDbt(join(dirname(dirname(process.argv[1]!)), 'requirements.txt'), useCache);
}
