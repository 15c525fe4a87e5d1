import { programIn } from './program';

export const RUN_DBT = programIn(new URL('./run_dbt.py', import.meta.url));
