import { fileURLToPath } from 'node:url';

/** ncc and scripts/setup.mjs put beside their bundles what a module names so: whole. */
const FILES = {
  run_dbt: new URL('./run_dbt.py', import.meta.url),
  export_facts: new URL('./export_facts.py', import.meta.url),
  export_levels: new URL('./export_levels.py', import.meta.url),
  provide_readings: new URL('./provide_readings.py', import.meta.url),
  // What these import.
  find_origins: new URL('./find_origins.py', import.meta.url),
  sql_text: new URL('./sql_text.py', import.meta.url),
};

export type Program = Exclude<keyof typeof FILES, 'find_origins' | 'sql_text'>;

/** The path of a program of ours in Python. */
export function programFile(program: Program): string {
  const file: URL | string = FILES[program];
  // ncc gives a path in place of the URL.
  return typeof file === 'string' ? file : fileURLToPath(file);
}
