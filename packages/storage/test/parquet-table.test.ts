import { mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBConnection } from '@duckdb/node-api';
import { sha256OfFile } from '@sensor-warehouse/storage/file-hash';
import { readParquetTable } from '@sensor-warehouse/storage/read-parquet-table';
import { type Column, writeParquetTable } from '@sensor-warehouse/storage/write-parquet-table';
import { parquetMetadata, parquetReadObjects } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

let folder: string;
let duckdb: DuckDBConnection;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parquet-table-'));
  duckdb = await DuckDBConnection.create();
});
afterAll(async () => {
  duckdb.closeSync();
  await rm(folder, { recursive: true, force: true });
});

async function bytesOf(path: string): Promise<ArrayBuffer> {
  const { buffer, byteOffset, byteLength } = await readFile(path);
  return buffer.slice(byteOffset, byteOffset + byteLength) as ArrayBuffer;
}

const KINDS = { time: 'instant', value: 'number', maybe: 'number', n: 'integer', location: 'text' } as const;
const HOURS = 1000;
const START = Date.UTC(2024, 9, 27);

/** A column of every kind; row i holds what its number says. */
function columns(rows: number): Column[] {
  const range = (value: (row: number) => number) => Float64Array.from({ length: rows }, (_, row) => value(row));
  return [
    { name: 'time', kind: 'instant', values: range((row) => START + row * 3_600_000) },
    { name: 'value', kind: 'number', values: range((row) => row / 8) },
    { name: 'maybe', kind: 'number', nullable: true, values: range((row) => (row % 3 === 0 ? Number.NaN : row)) },
    { name: 'n', kind: 'integer', values: Int32Array.from({ length: rows }, (_, row) => row - 5) },
    {
      name: 'location',
      kind: 'text',
      codes: Int32Array.from({ length: rows }, (_, row) => row % 2),
      dictionary: ['1NP-S1', 'Žižkov 🌡'],
    },
  ];
}

/** SHA-256 of the files that programs wrote which held the whole table in memory: archives are compared by it. */
const BEFORE = {
  fast: '6c0c7e7e0664ca52f15fd0bb586d4116e8d76c1b3652b00af04824cb59015f17',
  small: 'a4477a25dc4d5a29c1ee1f0342dbeb210d4959c965e8f6d5a6136bfcc73dbc9e',
};

describe.each(['fast', 'small'] as const)('a table written %s', (compression) => {
  test('in several row groups has the bytes that earlier programs wrote', async () => {
    const path = join(folder, `${compression}-before.parquet`);
    await writeParquetTable(path, HOURS, columns(HOURS), { compression, rowGroup: 300, statistics: true });
    expect(await sha256OfFile(path)).toBe(BEFORE[compression]);
  });

  test('in several row groups is read by hyparquet as one, row by row', async () => {
    const path = join(folder, `${compression}.parquet`);
    await writeParquetTable(path, HOURS, columns(HOURS), { compression, rowGroup: 300, statistics: true });
    const file = await bytesOf(path);
    const rows = await parquetReadObjects({ file, compressors });

    expect(parquetMetadata(file).row_groups.map(({ num_rows }) => Number(num_rows))).toEqual([300, 300, 300, 100]);
    expect(rows).toEqual(
      Array.from({ length: HOURS }, (_, row) => ({
        time: new Date(START + row * 3_600_000),
        value: row / 8,
        maybe: row % 3 === 0 ? null : row,
        n: row - 5,
        location: row % 2 === 0 ? '1NP-S1' : 'Žižkov 🌡',
      })),
    );
  });

  test('in several row groups is read by our own reader as one', async () => {
    const path = join(folder, `${compression}-own.parquet`);
    await writeParquetTable(path, HOURS, columns(HOURS), { compression, rowGroup: 300 });
    const { rows, columns: read } = await readParquetTable(path, KINDS);
    const { location } = read;

    expect(rows).toBe(HOURS);
    expect(read.time).toEqual((columns(HOURS)[0] as { values: Float64Array }).values);
    expect(read.maybe).toEqual((columns(HOURS)[2] as { values: Float64Array }).values);
    expect(read.n.at(-1)).toBe(HOURS - 6);
    expect([0, 1, HOURS - 1].map((row) => location.dictionary[location.codes[row]!])).toEqual([
      '1NP-S1',
      'Žižkov 🌡',
      'Žižkov 🌡',
    ]);
  });
});

describe('a table without rows', () => {
  test('keeps its columns, for us and for hyparquet', async () => {
    const path = join(folder, 'empty.parquet');
    await writeParquetTable(path, 0, columns(0), { compression: 'fast' });
    const names = Object.keys(KINDS);

    expect((await readParquetTable(path, KINDS)).rows).toBe(0);
    expect(await parquetReadObjects({ file: await bytesOf(path), compressors })).toEqual([]);
    expect(
      parquetMetadata(await bytesOf(path))
        .schema.slice(1)
        .map(({ name }) => name),
    ).toEqual(names);
  });
});

describe('arrays longer than the table', () => {
  test('are cut: values beyond the rows are not written', async () => {
    const path = join(folder, 'cut.parquet');
    await writeParquetTable(path, 2, columns(9), { compression: 'fast' });
    const rows = await parquetReadObjects({ file: await bytesOf(path), compressors });
    expect(rows.map(({ n, maybe }) => [n, maybe])).toEqual([
      [-5, null],
      [-4, 1],
    ]);
  });
});

describe('a Parquet file by another writer', () => {
  test.each(['timestamp_s', 'timestamp_ms', 'timestamp', 'timestamp_ns', 'timestamptz'])(
    'with instants of type %s is read to the millisecond',
    async (type) => {
      const path = join(folder, `${type}.parquet`);
      await duckdb.run("set timezone = 'UTC'");
      await duckdb.run(`copy (select '2024-10-27 01:30:07'::${type} as at) to '${path}' (format parquet)`);
      const { columns: read } = await readParquetTable(path, { at: 'instant' });
      expect([...read.at]).toEqual([Date.UTC(2024, 9, 27, 1, 30, 7)]);
    },
  );

  test('with plain text, repeated and alternating, is read text by text', async () => {
    const path = join(folder, 'plain.parquet');
    const texts = ['a', 'a', 'ab', 'a', '', 'ab', 'ž'];
    const values = texts.map((text, row) => `(${row}, '${text}')`).join();
    await duckdb.run(
      `copy (select text from (values ${values}) as t(row, text) order by row) to '${path}' (format parquet)`,
    );
    const { columns: read } = await readParquetTable(path, { text: 'text' });
    const { codes, dictionary } = read.text;
    expect([...codes].map((code) => dictionary[code])).toEqual(texts);
  });
});

describe('what cannot be read', () => {
  test('a missing column is an error that names it and the file', async () => {
    const path = join(folder, 'columns.parquet');
    await writeParquetTable(path, 3, columns(3), { compression: 'fast' });
    await expect(readParquetTable(path, { data_value: 'number' })).rejects.toThrow(
      `${path}: Column data_value not found in table`,
    );
  });

  test('a column of numbers is not taken for instants', async () => {
    const path = join(folder, 'numbers.parquet');
    await writeParquetTable(path, 3, columns(3), { compression: 'fast' });
    await expect(readParquetTable(path, { value: 'instant' })).rejects.toThrow(
      'the column value is Float64, expected a timestamp',
    );
  });

  test('a gap in place of an instant is an error, not the year 1970', async () => {
    const path = join(folder, 'gap.parquet');
    await duckdb.run(
      `copy (from (values (timestamp '2024-10-27 01:30:07'), (null)) as t("at")) to '${path}' (format parquet)`,
    );
    await expect(readParquetTable(path, { at: 'instant' })).rejects.toThrow('the column at has 1 gaps');
  });

  test('what is not an instant is not written as one', async () => {
    const values = Float64Array.of(START, Number.NaN);
    await expect(
      writeParquetTable(join(folder, 'nan.parquet'), 2, [{ name: 'at', kind: 'instant', values }], {
        compression: 'fast',
      }),
    ).rejects.toThrow('NaN in the column at is not an instant');
  });

  test('what is not an instant in a later row group ends the writing too', async () => {
    const values = new Float64Array(5000).fill(START, 0, 4000).fill(0.5, 4000);
    await expect(
      writeParquetTable(join(folder, 'later.parquet'), 5000, [{ name: 'at', kind: 'instant', values }], {
        ...{ compression: 'small', rowGroup: 1000 },
      }),
    ).rejects.toThrow('0.5 in the column at is not an instant');
  });

  test.each(['timestamp_ms', 'timestamp'])(
    'instants of type %s before 1970 and after 2038 keep their value',
    async (type) => {
      const path = join(folder, `far-${type}.parquet`);
      await duckdb.run(
        `copy (from (values (1, '1969-12-31 23:59:59.999'::${type}), (2, '2106-02-07 06:28:16.001'::${type})) as t(n, "at")
        order by n) to '${path}' (format parquet)`,
      );
      const { columns: read } = await readParquetTable(path, { at: 'instant' });
      expect([...read.at]).toEqual([-1, Date.UTC(2106, 1, 7, 6, 28, 16, 1)]);
    },
  );

  test('a truncated file is an error, not a shorter table', async () => {
    const path = join(folder, 'truncated.parquet');
    await writeParquetTable(path, HOURS, columns(HOURS), { compression: 'small' });
    await truncate(path, (await readFile(path)).length - 100);
    await expect(readParquetTable(path, KINDS)).rejects.toThrow();
  });

  test('an HTML page under the name of a Parquet file is an error', async () => {
    const path = join(folder, 'page.parquet');
    await writeFile(path, '<!doctype html><title>Sign in</title>');
    await expect(readParquetTable(path, KINDS)).rejects.toThrow();
  });
});
