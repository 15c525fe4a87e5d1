import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBConnection } from '@duckdb/node-api';
import { monthOf } from '@sensor-warehouse/model/time/month';
import { sha256OfFile } from '@sensor-warehouse/storage/file-hash';
import { readParquetTable } from '@sensor-warehouse/storage/read-parquet-table';
import { type Column, writeParquetTable } from '@sensor-warehouse/storage/write-parquet-table';
import fc from 'fast-check';
import { parquetReadObjects } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { FactSeries } from '../src/layout/facts-manifest';
import { aggregateHours } from '../src/tables/hours';
import { merge, NO_READINGS } from '../src/tables/merge';
import { readArchive, readHours, writeArchive, writeHours } from '../src/tables/partition-files';
import { monthsOfFacts, readFacts } from '../src/tables/read-facts';
import { type Delivered, deliveries, factTable, keptIn } from './tables';

let folder: string;
let duckdb: DuckDBConnection;
let tables = 0;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parquet-'));
  duckdb = await DuckDBConnection.create();
  await duckdb.run("set timezone = 'UTC'");
});
afterAll(async () => {
  duckdb.closeSync();
  await rm(folder, { recursive: true, force: true });
});

interface Row {
  readonly instant: number;
  readonly value: number;
  /** NaN stands for a null. */
  readonly maybe: number;
  readonly count: number;
  readonly text: string;
}

const rows = fc.array(
  fc.record({
    instant: fc.integer({ min: -62_135_596_800_000, max: 253_402_300_799_999 }),
    value: fc.double({ noNaN: true }),
    maybe: fc.option(fc.double({ noNaN: true }), { nil: Number.NaN }),
    count: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
    text: fc.constantFrom('', 'a', 'společná chodba', '🌡', "o'clock", 'a\nb', 'Temperature (°C)'),
  }),
  { maxLength: 40 },
);

function columnsOf(table: readonly Row[]): Column[] {
  const dictionary = [...new Set(table.map(({ text }) => text))];
  return [
    { name: 'instant', kind: 'instant', values: Float64Array.from(table, ({ instant }) => instant) },
    { name: 'value', kind: 'number', values: Float64Array.from(table, ({ value }) => value) },
    { name: 'maybe', kind: 'number', nullable: true, values: Float64Array.from(table, ({ maybe }) => maybe) },
    { name: 'count', kind: 'integer', values: Int32Array.from(table, ({ count }) => count) },
    { name: 'text', kind: 'text', codes: Int32Array.from(table, ({ text }) => dictionary.indexOf(text)), dictionary },
  ];
}

async function written(table: readonly Row[], options: Parameters<typeof writeParquetTable>[3]): Promise<string> {
  // A new name each time: DuckDB keeps what it read of a file, and sees a change by its time alone.
  const path = join(folder, `table-${++tables}.parquet`);
  await writeParquetTable(path, table.length, columnsOf(table), options);
  return path;
}

const optionSets = fc.record({
  compression: fc.constantFrom('fast' as const, 'small' as const),
  rowGroup: fc.constantFrom(7, 1 << 20),
  statistics: fc.boolean(),
});

async function bytesOf(path: string): Promise<ArrayBuffer> {
  const { buffer, byteOffset, byteLength } = await readFile(path);
  return buffer.slice(byteOffset, byteOffset + byteLength) as ArrayBuffer;
}

describe('a table written as Parquet', () => {
  test('is read back by our own reader, value by value', async () => {
    await fc.assert(
      fc.asyncProperty(rows, optionSets, async (table, options) => {
        const { rows: count, columns } = await readParquetTable(await written(table, options), {
          instant: 'instant',
          value: 'number',
          maybe: 'number',
          count: 'integer',
          text: 'text',
        });
        const mine = Array.from({ length: count }, (_, row) => ({
          instant: columns.instant[row],
          value: columns.value[row],
          maybe: columns.maybe[row],
          count: columns.count[row],
          text: columns.text.dictionary[columns.text.codes[row]!],
        }));
        expect(mine).toEqual(table);
      }),
    );
  });

  test('is read by hyparquet, which shares no code with us', async () => {
    await fc.assert(
      fc.asyncProperty(rows, optionSets, async (table, options) => {
        const file = await bytesOf(await written(table, options));
        const read = await parquetReadObjects({ file, compressors });
        const mine = read.map((row) => ({
          ...row,
          instant: (row.instant as Date).getTime(),
          maybe: row.maybe ?? Number.NaN,
        }));
        expect(mine).toEqual(table);
      }),
    );
  });

  test('is read by DuckDB, with instants that have a zone', async () => {
    await fc.assert(
      fc.asyncProperty(rows, optionSets, async (table, options) => {
        const path = await written(table, options);
        const read = await duckdb.runAndReadAll(
          `select epoch_ms(instant) as instant, value, maybe, count, text, typeof(instant) as type from '${path}'`,
        );
        const mine = read.getRowObjects().map(({ type, ...row }) => {
          expect(type).toBe('TIMESTAMP WITH TIME ZONE');
          return { ...row, instant: Number(row.instant), maybe: row.maybe ?? Number.NaN };
        });
        expect(mine).toEqual(table);
      }),
      { numRuns: 40 },
    );
  });

  test('has the same bytes when it is written again', async () => {
    await fc.assert(
      fc.asyncProperty(rows, optionSets, async (table, options) => {
        const first = await sha256OfFile(await written(table, options));
        expect(await sha256OfFile(await written(table, options))).toBe(first);
      }),
      { numRuns: 30 },
    );
  });
});

describe('facts as DuckDB exports them', () => {
  test('are read unchanged, source by source and month by month', async () => {
    await fc.assert(
      fc.asyncProperty(deliveries, deliveries, async (one, two) => {
        const path = join(folder, `fact-${++tables}.parquet`);
        await duckdb.run(`create or replace table fact (time timestamptz, location varchar, source varchar,
          measurement varchar, data_key varchar, data_value double, datasource_id varchar, sensor varchar, file varchar,
          ordinal integer, line integer)`);
        const insert = async (id: string, rows: readonly Delivered[]) => {
          for (const row of rows) {
            await duckdb.run(
              'insert into fact values (make_timestamptz($1::bigint), $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)',
              [
                BigInt(row.time) * 1000n,
                row.location,
                'Made',
                'nonadditive',
                row.dataKey,
                row.value,
                id,
                row.sensor,
                `export-${row.ordinal}.csv`,
                row.ordinal,
                row.line,
              ],
            );
          }
        };
        await insert('one', one);
        await insert('two', two);
        await duckdb.run(`copy (from fact order by datasource_id, strftime(time, '%Y-%m'), location, source, data_key, time, ordinal, line)
          to '${path}' (format parquet, row_group_size 2048)`);
        const counted =
          await duckdb.runAndReadAll(`select datasource_id as datasource, strftime(time, '%Y-%m') as month, location, source, measurement,
          data_key as "dataKey", count(*)::integer as facts from fact group by all order by datasource, month, location, source, data_key`);
        const series = counted.getRowObjectsJS() as unknown as FactSeries[];
        for (const [id, rows] of [
          ['one', one],
          ['two', two],
        ] as const) {
          expect(monthsOfFacts(series, id)).toEqual([...new Set(rows.map(({ time }) => monthOf(time)))].sort());
          for (const month of ['1969-12', '1970-01']) {
            const expected = factTable(rows.filter(({ time }) => monthOf(time) === month));
            const table = await readFacts(path, { series, files: [] }, id, month);
            expect(table === undefined ? [] : keptIn(table)).toEqual(keptIn(expected));
            const lines = table?.segments.flatMap(({ start, end }) => [...table.line.subarray(start, end)]);
            expect(lines ?? []).toEqual([...expected.line]);
          }
        }
      }),
      { numRuns: 10 },
    );
  });
});

describe('an archive', () => {
  const merged = (known: Parameters<typeof merge>[0], rows: readonly Delivered[]) =>
    merge(known, factTable(rows), Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY).readings;
  const noFlags = (count: number) => new Int32Array(count);

  test('is read back with its flags, and so are its hours', async () => {
    await fc.assert(
      fc.asyncProperty(deliveries, async (rows) => {
        const readings = merged(NO_READINGS, rows);
        const flags = Int32Array.from(readings.time, (_, row) => row % 3);
        const path = join(folder, 'archive.parquet');
        await writeArchive(path, readings, flags);
        const read = await readArchive(path);
        expect(keptIn(read)).toEqual(keptIn(readings));
        const { columns } = await readParquetTable(path, { flags: 'integer' });
        expect([...columns.flags]).toEqual([...flags]);

        const hours = aggregateHours(readings, flags);
        await writeHours(path, hours);
        const readBack = await readHours(path);
        const trimmed = (columns: typeof hours) => ({
          segments: columns.segments,
          ...Object.fromEntries(
            (['hour', 'n', 'sum', 'min', 'max', 'flagged'] as const).map((name) => [
              name,
              [...columns[name].subarray(0, columns.count)],
            ]),
          ),
        });
        expect(trimmed(readBack)).toEqual(trimmed(hours));
      }),
      { numRuns: 60 },
    );
  });

  test('has bytes that follow from its readings, however they arrived', async () => {
    await fc.assert(
      fc.asyncProperty(deliveries, deliveries, async (first, second) => {
        const later = second.map((row) => ({ ...row, ordinal: row.ordinal + 10 }));
        const path = join(folder, 'archive.parquet');
        const together = merged(NO_READINGS, [...first, ...later]);
        await writeArchive(path, together, noFlags(together.time.length));
        const digest = await sha256OfFile(path);

        const before = merged(NO_READINGS, first);
        await writeArchive(path, before, noFlags(before.time.length));
        const apart = merged(await readArchive(path), later);
        await writeArchive(path, apart, noFlags(apart.time.length));
        expect(await sha256OfFile(path)).toBe(digest);
      }),
      { numRuns: 60 },
    );
  });
});
