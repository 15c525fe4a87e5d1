import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ProvideDbt } from '@sensor-warehouse/warehouse/transform/run-dbt';
import { openActionsCache } from './actions-cache';
import type { InputReader } from './inputs';
import { providePythonEnvironment } from './python-environment';
import { readWorkInputs, type StageInputs } from './stage-context';

/** Inputs of an action that runs dbt. */
export interface DbtInputs extends StageInputs {
  readonly python: string | undefined;
  readonly cache: boolean;
}

/** The inputs of an action that runs dbt, and reaches no remote. */
export function readDbtInputs(reader: InputReader): DbtInputs {
  return { ...readWorkInputs(reader), python: reader.optional('python'), cache: reader.flag('cache') };
}

/**
 * Gives the Python of the inputs, or that of an environment with dbt as transform's lock names it: actions of one repository
 * come together, and one environment serves them all.
 * @param cache whether its wheels are kept in the Actions cache between runs
 */
export function dbtProvider({ python, cache }: Pick<DbtInputs, 'python' | 'cache'>): ProvideDbt {
  return async () => python ?? (await dbtEnvironment(cache));
}

async function dbtEnvironment(useCache: boolean): Promise<string> {
  const actions = dirname(dirname(dirname(process.argv[1]!)));
  const lock = await readFile(join(actions, 'transform', 'requirements.txt'), 'utf8');
  const environment = { name: 'dbt', lock, probe: ['-c', 'import duckdb, dbt.cli.main'] };
  return providePythonEnvironment(environment, useCache ? openActionsCache() : undefined);
}
