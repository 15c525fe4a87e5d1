import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { parquetReadObjects } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { EXPORT_FACTS } from '../src/python/export-facts';
import { runPython } from '../src/python/run-python';
import type { FactCounts, FactOrder } from '../src/transform/export-facts';

const PYTHON = process.env.DBT_PYTHON;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'export-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The columns of a fact, for those that a test has nothing to say about. */
const FACT = {
  time: `timestamptz '2024-10-20 10:00:00+00'`,
  location: `'Praha'`,
  source: `'OpenWeather'`,
  measurement: `'nonadditive'`,
  data_key: `'temperature'`,
  data_value: '21.5::double',
  datasource_id: `'weather'`,
  sensor: `''::varchar`,
  file: `'a.csv'`,
  ordinal: '1::integer',
  line: '2::integer',
};
type FactSql = Partial<Record<keyof typeof FACT, string>>;

const NO_ORIGIN = { sensor: 'null::varchar', file: 'null::varchar', ordinal: 'null::integer', line: 'null::integer' };

interface Row {
  readonly time: string;
  readonly place?: string;
  readonly ordinal: number;
  readonly line: number;
}

/** Exports a model `fact` over a landing of `weather`, as transform does after dbt. */
async function exported(facts: readonly FactSql[], rows: readonly Row[] = [], files = ['a.csv', 'b.csv']) {
  const work = mkdtempSync(join(folder, 'one-'));
  const landing = join(work, 'landing');
  for (const table of ['weather', '_files']) mkdirSync(join(landing, table), { recursive: true });
  const database = join(work, 'warehouse.duckdb');
  const instance = await DuckDBInstance.create(database);
  const duckdb = await instance.connect();
  await duckdb.run("set timezone = 'UTC'");
  const selects = facts.map((fact) => {
    const columns = Object.entries({ ...FACT, ...fact }).map(([name, value]) => `${value} as ${name}`);
    return `select ${columns.join(', ')}`;
  });
  await duckdb.run(`create table fact as ${selects.join(' union all ')}`);
  const place = rows.some((row) => row.place !== undefined);
  const values = rows.map(
    (row) => `(timestamptz '${row.time}', ${row.ordinal}, ${row.line}, '${row.place ?? ''}', 1.0::double)`,
  );
  await duckdb.run(
    `copy (select _time, _ordinal::integer as _ordinal, _line::integer as _line ${place ? ', location' : ''}, temp
           from (values ${[...values, `(null, null, null, null, null)`].join(', ')}) as t(_time, _ordinal, _line, location, temp)
           where _time is not null) to '${landing}/weather/0.parquet'`,
  );
  const uploads = files.map(
    (name, at) => `select 'weather' as datasource_id, ${at + 1}::integer as _ordinal, '${name}' as _file`,
  );
  await duckdb.run(`copy (${uploads.join(' union all ')}) to '${landing}/_files/0.parquet'`);
  duckdb.closeSync();
  instance.closeSync();
  const order: FactOrder = {
    database,
    landing,
    facts: join(work, 'fact.parquet'),
    locations: ['Praha', 'Brno'],
    columns: { weather: ['temp'] },
  };
  const done = await runPython({ stage: 'transform', python: PYTHON!, folder: work }, EXPORT_FACTS, order);
  if (done.exit !== 0) throw new Error(done.stderr);
  const counts = JSON.parse(done.stdout) as FactCounts;
  const { buffer, byteOffset, byteLength } = readFileSync(order.facts);
  const file = buffer.slice(byteOffset, byteOffset + byteLength) as ArrayBuffer;
  return { counts, facts: await parquetReadObjects({ file, compressors }) };
}

describe.skipIf(PYTHON === undefined)('the export of the model fact', () => {
  test('takes a time without a zone for one in UTC, and a number of four bytes for the decimal that it was written as', async () => {
    const { facts, counts } = await exported([
      { time: `timestamp '2024-10-27 01:30:00'`, data_value: '21.35::float' },
      { time: `timestamp '2024-10-27 02:30:00'`, data_value: '-0.1::float' },
    ]);
    expect(facts.map((row) => [(row.time as Date).toISOString(), row.data_value])).toEqual([
      ['2024-10-27T01:30:00.000Z', 21.35],
      ['2024-10-27T02:30:00.000Z', -0.1],
    ]);
    expect(counts.floats).toEqual([]);
  });

  test('doubts numbers that were widened before, and no others', async () => {
    const widened = await exported([{ data_value: '21.35::float::double' }, { data_value: '20.0::double' }]);
    expect(widened.counts.floats).toEqual([['weather', 'temperature', 1, 21.350000381469727, '21.35']]);
    // Whole numbers, halves and steps of 1/1024 are four-byte numbers too, and were written like that.
    const exact = await exported(
      ['20.0', '0.5', '21.3427734375', '123456792', '21.35'].map((value) => ({ data_value: `${value}::double` })),
    );
    expect(exact.counts.floats).toEqual([]);
    expect(exact.facts.map((row) => row.data_value).sort()).toEqual([20, 0.5, 21.3427734375, 123456792, 21.35].sort());
  });

  test('finds the row of a reading without one: by its time, and by its location if the landing has it', async () => {
    const { facts, counts } = await exported(
      ['Praha', 'Brno'].map((location) => ({ ...NO_ORIGIN, location: `'${location}'` })),
      [
        { time: '2024-10-20 10:00:00+00', place: 'Brno', ordinal: 1, line: 7 },
        { time: '2024-10-20 10:00:00+00', place: 'Praha', ordinal: 2, line: 3 },
        { time: '2024-10-20 11:00:00+00', place: 'Praha', ordinal: 2, line: 4 },
      ],
    );
    expect(facts.map((row) => [row.location, row.file, row.ordinal, row.line])).toEqual([
      ['Brno', 'a.csv', 1, 7],
      ['Praha', 'b.csv', 2, 3],
    ]);
    expect(counts.rejected).toEqual([]);
  });

  test('takes a reading that was delivered twice for the later one, and leaves out one whose deliveries differ', async () => {
    const rows = ['2024-10-20 10:00:00+00', '2024-10-20 11:00:00+00'].flatMap((time, at) =>
      [1, 2].map((ordinal) => ({ time, ordinal, line: 2 + at })),
    );
    const later = `timestamptz '2024-10-20 11:00:00+00'`;
    const { facts, counts } = await exported(
      [
        { ...NO_ORIGIN, data_value: '1.5::double' },
        { ...NO_ORIGIN, data_value: '1.5::double' },
        { ...NO_ORIGIN, time: later, data_value: '1.5::double' },
        { ...NO_ORIGIN, time: later, data_value: '2.5::double' },
      ],
      rows,
    );
    expect(facts.map((row) => [row.data_value, row.ordinal, row.line])).toEqual([
      [1.5, 2, 2],
      [1.5, 2, 2],
    ]);
    expect(counts.rejected).toEqual([['weather', 'b.csv', 'order-unknown', 2, null]]);
  });

  test.each([
    [['a.csv'], 'a.csv', 1],
    [['a.csv', 'b.csv'], '', 2],
  ])('takes a computed time for one of the last of the uploads %j', async (files, file, ordinal) => {
    const { facts } = await exported([NO_ORIGIN], [{ time: '2024-10-20 10:10:00+00', ordinal: 1, line: 2 }], files);
    expect(facts.map((row) => [row.file, row.ordinal, row.line])).toEqual([[file, ordinal, 0]]);
  });

  test('leaves out readings of a location without a public name, and counts them', async () => {
    const { facts, counts } = await exported([
      { location: `'Brno'` },
      { location: `'Ostrava'` },
      { location: 'null::varchar' },
    ]);
    expect(facts.map((row) => row.location)).toEqual(['Brno']);
    expect(counts.rejected).toEqual([
      ['weather', 'a.csv', 'location-not-listed', 1, null],
      ['weather', 'a.csv', 'location-not-listed', 1, 'Ostrava'],
    ]);
  });

  test('counts rows that are not readings, and the cells of columns that were asked for', async () => {
    const { counts } = await exported(
      [{}, { data_value: `'nan'::double` }, { data_value: 'null::double' }, { time: 'null::timestamptz' }],
      [{ time: '2024-10-20 10:00:00+00', ordinal: 2, line: 2 }],
    );
    expect(counts.nothings).toBe(3);
    expect(counts.columns).toEqual({ weather: [['temp', 'b.csv', 1]] });
  });
});
