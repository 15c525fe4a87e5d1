import { DuckDBConnection } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fenced } from '../support/repository-files';

/** A model of the page as DuckDB runs it: its `ref` is a table of that name. */
const model = (name: string) =>
  fenced('docs/models.md', 'sql')
    .find((text) => text.includes(name))!
    .replace(/\{\{ ref\('(\w+)'\) \}\}/g, '$1');

describe('the models of the page on models', () => {
  let duckdb: DuckDBConnection;
  beforeAll(async () => {
    duckdb = await DuckDBConnection.create();
  });
  afterAll(() => duckdb.closeSync());
  const rows = async (sql: string) => (await duckdb.runAndReadAll(sql)).getRowsJson();

  test('take the differences of a counter: none of the first reading, the new reading after a reset', async () => {
    await duckdb.run(`create table landing_meter_raw as select * from (values
      (timestamp '2024-10-01 00:00', 100.0::double), (timestamp '2024-10-01 00:30', 100.5), (timestamp '2024-10-01 01:00', null),
      (timestamp '2024-10-01 01:30', 102.0), (timestamp '2024-10-01 02:00', 0.25), (timestamp '2024-10-01 02:30', 0.75)) as t(time, import)`);
    const sql = model('stg_meter_amounts').replace(/^--.*$/m, '');
    expect(
      await rows(`select hour(timestamp)::int, sum(energy_used)::double from (${sql}) group by 1 order by 1`),
    ).toEqual([
      [0, 0.5],
      [1, 1.5],
      [2, 0.75],
    ]);
  });

  test('split directions into components, of which the mean of 350° and 10° is north', async () => {
    await duckdb.run(`create table landing_wind_raw as select * from (values
      (timestamp '2024-10-01 00:00', 350.0::double), (timestamp '2024-10-01 00:10', 10.0)) as t(time, direction)`);
    const sql = model('stg_wind_components').replace(/^--.*$/m, '');
    const [[degrees]] = (await rows(
      `select round(degrees(atan2(avg(wind_east), avg(wind_north))), 6)::double from (${sql})`,
    )) as [[number]];
    expect(Math.abs(degrees)).toBe(0);
  });
});
