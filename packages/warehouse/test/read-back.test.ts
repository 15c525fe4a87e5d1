import fs from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import type { Failure } from '@sensor-warehouse/model/findings/failure';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type ColumnValues, writeTable } from '../src/dataset/write-table';

/*
 * A second reader before a file is uploaded. What is written is replaced on its way to the disk by the bytes of another table.
 */

let lie: Uint8Array | undefined;
const { createWriteStream } = fs;
const { writeFile } = fs.promises;

const TABLE = {
  ...{ name: 'fact_test', title: '', grain: '', perYear: 'UTC year' as const, primaryKey: [], foreignKeys: [] },
  columns: (['instant', 'date', 'text', 'number', 'integer', 'flag'] as const).map((type) => ({
    ...{ name: type, type, meaning: '', nullable: type === 'number' || type === 'integer' || type === 'text' },
  })),
};
/** More than one row group. */
const ROWS = 20_000;

interface Made extends Record<string, ColumnValues> {
  instant: Float64Array;
  date: Int32Array;
  text: { codes: Int32Array; dictionary: string[] };
  number: Float64Array;
  integer: Int32Array;
  flag: Uint8Array;
}

function values(): Made {
  const rows = Array.from({ length: ROWS }, (_, row) => row);
  return {
    instant: Float64Array.from(rows, (row) => Date.UTC(1969, 11, 1) + row * 3_600_000),
    date: Int32Array.from(rows, (row) => Math.floor(row / 24) - 31),
    text: { codes: Int32Array.from(rows, (row) => (row % 3) - 1), dictionary: ['Sál č. 1', ''] },
    number: Float64Array.from(rows, (row) => (row % 7 === 0 ? Number.NaN : row % 5 === 0 ? -0 : row / 3)),
    integer: Int32Array.from(rows, (row) => (row % 11 === 0 ? -(2 ** 31) : row - 20_000)),
    flag: Uint8Array.from(rows, (row) => row % 2),
  };
}

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'read-back-'));
  fs.promises.writeFile = (path, bytes, options) => writeFile(path, lie ?? bytes, options);
  fs.createWriteStream = ((path, options) => {
    const bytes = lie;
    if (bytes === undefined) return createWriteStream(path, options);
    const write: Writable['_write'] = (_chunk, _encoding, done) => done();
    return new Writable({ write, final: (done) => fs.writeFile(path, bytes, done) });
  }) as typeof createWriteStream;
  syncBuiltinESMExports();
});
afterAll(async () => {
  fs.promises.writeFile = writeFile;
  fs.createWriteStream = createWriteStream;
  syncBuiltinESMExports();
  await rm(folder, { recursive: true, force: true });
});
afterEach(() => {
  lie = undefined;
});

const license = { license: 'CC-BY-4.0' };
const path = () => join(folder, 'fact_test_2024.parquet');
const write = (made = values(), table: Parameters<typeof writeTable>[1] = TABLE, rows = ROWS) =>
  writeTable(path(), table, rows, made, license);

/** What is written if the bytes of this table reach the disk instead. */
async function writtenInstead(...given: Parameters<typeof write>): Promise<unknown> {
  await write(...given);
  lie = await readFile(path());
  return write().catch((error: unknown) => error);
}

describe('a table that a second reader reads before it is uploaded', () => {
  test('passes if it is what was to be written, nulls, zeros and times before 1970 too', async () => {
    await expect(write()).resolves.toHaveLength(6);
  });

  test.each([
    ['instant', (made: Made) => made.instant.fill(made.instant[19_999]! + 1, 19_999)],
    ['number', (made: Made) => made.number.fill(made.number[8]! + 1e-12, 8, 9)],
    ['number', (made: Made) => made.number.fill(0, 5, 6)],
    ['number', (made: Made) => made.number.fill(0, 0, 1)],
    ['integer', (made: Made) => made.integer.fill(1, 17_000, 17_001)],
    ['date', (made: Made) => made.date.fill(1, 0, 1)],
    ['flag', (made: Made) => made.flag.fill(1, 0, 1)],
    ['text', (made: Made) => made.text.codes.fill(0, 0, 1)],
    ['text', (made: Made) => made.text.dictionary.reverse()],
  ])('is refused if a cell of the column %s differs (%#)', async (column, change) => {
    const made = values();
    change(made);
    const failure = await writtenInstead(made);
    expect((failure as Failure).details).toMatchObject({ class: 'bug', code: 'read-back-differs' });
    expect((failure as Failure).message).toMatch(new RegExp(`fact_test_2024.*in row \\d+ of the column ${column}`));
  });

  test.each([
    ['a row is missing', values(), TABLE, ROWS - 1, '19999 rows'],
    ['a column is missing', values(), { ...TABLE, columns: TABLE.columns.slice(1) }, ROWS, 'the columns date INT32'],
    [
      'a column may be null',
      values(),
      { ...TABLE, columns: TABLE.columns.map((one) => ({ ...one, nullable: one.type !== 'flag' })) },
      ROWS,
      'instant INT64 MILLIS UTC OPTIONAL',
    ],
    ['it says something else of itself', values(), { ...TABLE, name: 'other' }, ROWS, '"table":"other"'],
  ])('is refused if %s', async (_, made, table, rows, found) => {
    expect(String(await writtenInstead(made, table, rows))).toContain(found);
  });

  test('is refused if its bytes are no Parquet, a part of one, or damaged', async () => {
    await write();
    const whole = await readFile(path());
    const damaged = whole.map((byte, at) => (at > 500 && at < 600 ? 0 : byte));
    for (const [bytes, found] of [
      [new Uint8Array(), /EOF/],
      [whole.subarray(0, -9), /Parquet/],
      [damaged, /read-back-differs/],
    ] as const) {
      lie = bytes;
      await expect(write()).rejects.toThrow(found);
    }
  });
});
