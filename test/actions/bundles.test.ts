import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { distOf, ROOT } from './runner';

const ACTIONS = readdirSync(join(ROOT, 'actions'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

const PROGRAMS = 'packages/warehouse/src/python';
const PYTHON = readdirSync(join(ROOT, PROGRAMS))
  .filter((name) => name.endsWith('.py'))
  .map((name) => `${PROGRAMS}/${name}`);

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

  it.each(ACTIONS)('of %s has beside it the programs that it starts, by their names and as they are', (action) => {
    const python = ['transform', 'dbt-levels', 'publish-parquet', 'backfill'].includes(action) ? PYTHON : [];
    const keeper = ['influx-aggregate', 'backfill'].includes(action) ? ['packages/influx/src/keeper.mjs'] : [];
    const beside = readdirSync(distOf(action)).filter((name) => /\.(py|mjs)$/.test(name));
    const started = [...python, ...keeper];
    expect(beside.sort()).toEqual(started.map((path) => basename(path)).sort());
    for (const path of started)
      expect(readFileSync(join(distOf(action), basename(path)))).toEqual(readFileSync(join(ROOT, path)));
  });
});
