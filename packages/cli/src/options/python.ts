import { Failure } from '@sensor-warehouse/model/findings/failure';

/** The Python that has dbt; `bin/warehouse` sets DBT_PYTHON to the environment that `npm run setup` made. */
export async function dbtPython(): Promise<string> {
  const python = process.env.DBT_PYTHON;
  if (python) return python;
  throw new Failure({
    stage: 'transform',
    what: 'the environment with dbt is missing',
    fix: 'run npm run setup, or set DBT_PYTHON',
    class: 'config',
    code: 'python-missing',
  });
}
