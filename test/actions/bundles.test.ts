import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { distOf, ROOT } from './runner';

const ACTIONS = readdirSync(join(ROOT, 'actions'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

const PYTHON = 'packages/warehouse/src/python';
/** Those that run dbt; what is given a secret starts no child but rclone and InfluxDB. */
const STARTED: Readonly<Record<string, readonly string[]>> = {
  transform: ['export_facts', 'find_origins', 'run_dbt', 'sql_text'].map((name) => `${PYTHON}/${name}.py`),
  'dbt-levels': ['export_levels', 'provide_readings', 'run_dbt', 'sql_text'].map((name) => `${PYTHON}/${name}.py`),
  'influx-aggregate': ['packages/influx/src/keeper.mjs'],
  backfill: ['packages/influx/src/keeper.mjs'],
};

describe('a bundle', () => {
  const holds = (action: string, library: string) =>
    readFileSync(join(distOf(action), 'index.js'), 'utf8').includes(`/${library}/`);
  const without = (...users: readonly string[]) => ACTIONS.filter((action) => !users.includes(action));

  it.each(without('validate-schema', 'check-quality', 'influx-aggregate', 'publish-parquet', 'backfill'))(
    'of %s holds no library for Parquet, because it reads and writes none',
    (action) => {
      expect(holds(action, 'parquet-wasm') || holds(action, 'apache-arrow')).toBe(false);
      expect(readdirSync(distOf(action))).not.toContain('parquet_wasm_bg.wasm');
    },
  );

  it.each(without('transform', 'dbt-levels'))(
    'of %s holds no client of the Actions cache, because it runs no dbt',
    (action) => {
      expect(holds(action, 'storage-blob')).toBe(false);
    },
  );

  it.each(without('influx-aggregate', 'backfill'))('of %s holds no client of InfluxDB', (action) => {
    expect(holds(action, 'influxdb-client')).toBe(false);
  });

  it.each(['publish-parquet', 'backfill'])('of %s comes with what a version needs for its page', (action) => {
    for (const name of ['explorer.js', 'explorer.css'])
      expect(readFileSync(join(distOf(action), name), 'utf8').length).toBeGreaterThan(1000);
  });

  it.each(ACTIONS)('of %s comes with the programs that it starts, unchanged and under their names', (action) => {
    const started = STARTED[action] ?? [];
    const beside = readdirSync(distOf(action)).filter((name) => /\.(py|mjs)$/.test(name));
    expect(beside.sort()).toEqual(started.map((path) => basename(path)).sort());
    for (const path of started)
      expect(readFileSync(join(distOf(action), basename(path)))).toEqual(readFileSync(join(ROOT, path)));
  });
});
