import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { openActionsCache } from '@sensor-warehouse/action-kit/environment-cache';
import { providePythonEnvironment } from '@sensor-warehouse/action-kit/python-environment';
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
async function dbtEnvironment(useCache: boolean): Promise<string> {
  const lock = await readFile(join(dirname(dirname(process.argv[1]!)), 'requirements.txt'), 'utf8');
  const environment = { name: 'dbt', lock, probe: ['-c', 'import duckdb, dbt.cli.main'] };
  return providePythonEnvironment(environment, useCache ? openActionsCache() : undefined);
}
