import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, describe, expect, test } from 'vitest';
import { EXPORT_LEVELS } from '../src/python/export-levels';
import { PROVIDE_READINGS } from '../src/python/provide-readings';
import { runPython } from '../src/python/run-python';

const PYTHON = process.env.DBT_PYTHON;
const folder = mkdtempSync(join(tmpdir(), 'programs-'));
afterAll(() => rmSync(folder, { recursive: true }));
const place = { stage: 'dbt-levels', python: PYTHON!, folder };

/** Runs SQL in a database file, and gives the rows of the last statement. */
async function inDatabase(file: string, ...statements: string[]) {
  const instance = await DuckDBInstance.create(file);
  const duckdb = await instance.connect();
  let rows: unknown[][] = [];
  for (const sql of statements) rows = (await duckdb.runAndReadAll(sql)).getRowsJson() as unknown[][];
  duckdb.closeSync();
  instance.closeSync();
  return rows;
}

/** Exports the model `weekly`, a table as this SQL makes it. */
async function exportLevel(select: string) {
  const work = mkdtempSync(join(folder, 'level-'));
  const [database, file] = [join(work, 'levels.duckdb'), join(work, 'weekly.jsonl')];
  await inDatabase(database, `create table "of a ""week""" as ${select}`);
  const models = [{ name: 'weekly', schema: 'main', alias: 'of a "week"', file }];
  const { exit, stdout, stderr } = await runPython(place, EXPORT_LEVELS, { database, models });
  if (exit !== 0) return stderr.trim();
  const lines = readFileSync(file, 'utf8').trim().split('\n');
  return { counts: JSON.parse(stdout), lines: lines.map((line) => JSON.parse(line)) };
}

describe.skipIf(PYTHON === undefined)('export_levels.py', () => {
  test('writes the kinds of the columns, then the rows by time: instants in milliseconds, integers as text', async () => {
    const exported = await exportLevel(`from (values
      (timestamptz '1970-01-01 00:00:02+00', 'b', 9007199254740993, 0.1::float),
      (timestamptz '1970-01-01 00:00:01+00', 'a', 1, null)) as t("time", "a ""place""", n, mean)`);
    expect(exported).toEqual({
      counts: { weekly: 2 },
      lines: [
        [
          ['time', 'instant'],
          ['a "place"', 'text'],
          ['n', 'integer'],
          ['mean', 'number'],
        ],
        [1000, 'a', '1', null],
        [2000, 'b', '9007199254740993', 0.1],
      ],
    });
  });

  test.each([
    [`select 'Monday' as day, 1 as n`, 'weekly: the column day is not a time'],
    ['select null::timestamp as time, 1 as n', 'weekly: a row has no time'],
    [`select date '2024-01-01' as time, 'nan'::double as n`, 'weekly: a row has a number that is not finite'],
  ])('refuses a model that is not a level: %s', async (select, message) => {
    expect(await exportLevel(select)).toBe(message);
  });
});

describe.skipIf(PYTHON === undefined)('provide_readings.py', () => {
  test('gives models the whole archive under the names of the marts, without readings that aggregates leave out', async () => {
    const archive = join(folder, "somebody's archive");
    mkdirSync(join(archive, 'weather'), { recursive: true });
    await inDatabase(
      ':memory:',
      `copy (select timestamptz '2024-10-20 10:00:00+00' as time, 'Praha' as location, 'OpenWeather' as source,
          'nonadditive' as measurement, 'temperature' as data_key, value as data_value, 's1' as sensor, flags
        from (values (1.5, 0), (99.0, 1), (98.0, 2), (2.5, 4)) as t(value, flags))
       to '${join(archive, 'weather', '2024-10.parquet').replaceAll("'", "''")}' (format parquet)`,
    );
    const database = join(folder, 'provided.duckdb');
    const { exit, stderr } = await runPython(place, PROVIDE_READINGS, { database, archive });
    expect({ exit, stderr }).toEqual({ exit: 0, stderr: '' });
    const read = (view: string, value: string, key: string) =>
      inDatabase(database, `select location, ${key}, ${value}::varchar, datasource_id, sensor from ${view} order by 3`);
    const rows = [1.5, 2.5].map((value) => ['Praha', 'temperature', String(value), 'weather', 's1']);
    expect(await read('fact', 'data_value', 'data_key')).toEqual(rows);
    expect(await read('fct_sensor_readings', 'value', 'measurement')).toEqual(rows);
  });
});
