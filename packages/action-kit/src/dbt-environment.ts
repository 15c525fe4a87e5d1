import { readFile } from 'node:fs/promises';
import { openActionsCache } from './environment-cache';
import { providePythonEnvironment } from './python-environment';

/**
 * The Python of an environment with dbt.
 * @param lockFile requirements with hashes; actions that run dbt share the one of transform
 */
export async function provideDbt(lockFile: string, useCache: boolean): Promise<string> {
  const lock = await readFile(lockFile, 'utf8');
  const environment = { name: 'dbt', lock, probe: ['-c', 'import duckdb, dbt.cli.main'] };
  return providePythonEnvironment(environment, useCache ? openActionsCache() : undefined);
}
