import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { DuckDBConnection } from '@duckdb/node-api';
import { readForeignParquet } from '@sensor-warehouse/warehouse/moving-in/read-foreign-parquet';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '..', '..');
const PROGRAM = new URL('../../build/parquet-thread.mjs', import.meta.url);
const FIRST = Date.UTC(2024, 9, 20);
const HOUR = 3_600_000;

let folder: string;
let duckdb: DuckDBConnection;
let good: Buffer;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'foreign-parquet-'));
  duckdb = await DuckDBConnection.create();
  good = await written(DATASET);
});
afterAll(async () => {
  duckdb.closeSync();
  await rm(folder, { recursive: true, force: true });
});

/** Three hours of one series, as the older pipeline published them. */
const DATASET = `select timestamp '2024-10-20' + to_hours(n) as time, 'hall' as location, 'Atrea' as source,
  'nonadditive' as measurement, 'temp_indoor' as data_key, 21 + n / 2 as data_value from generate_series(0, 2) as s(n)`;

let files = 0;
async function written(sql: string, how = ''): Promise<Buffer> {
  const path = join(folder, `${files++}.parquet`);
  await duckdb.run(`copy (${sql}) to '${path}' (format parquet${how})`);
  return readFile(path);
}

/** Reads bytes as the commands that take foreign files do. */
async function read(bytes: Buffer, deadline = 20_000) {
  const path = join(folder, `${files++}.foreign.parquet`);
  await writeFile(path, bytes);
  return readForeignParquet(path, deadline, PROGRAM);
}

const refusal = (bytes: Buffer) => read(bytes).then(() => 'accepted', String);

/** The footer's thrift with one piece of it replaced, and its length corrected. */
function withFooter(bytes: Buffer, from: Buffer, to: Buffer): Buffer {
  const start = bytes.length - 8 - bytes.readUInt32LE(bytes.length - 8);
  const at = bytes.indexOf(from, start);
  if (at < 0) throw new Error('the footer has no such piece');
  const footer = Buffer.concat([bytes.subarray(start, at), to, bytes.subarray(at + from.length, -8)]);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(footer.length);
  return Buffer.concat([bytes.subarray(0, start), footer, length, bytes.subarray(-4)]);
}

/** A number as Thrift's compact protocol writes it. */
function thriftNumber(value: bigint): Buffer {
  const bytes: number[] = [];
  let left = value >= 0n ? value * 2n : -value * 2n - 1n;
  for (; left > 127n; left >>= 7n) bytes.push(Number(left & 127n) | 128);
  return Buffer.from([...bytes, Number(left)]);
}

/** Of the file's metadata: the number of rows (a field of 64 bits), before the list of row groups. */
const rowCount = (rows: bigint) => Buffer.concat([Buffer.of(0x16), thriftNumber(rows), Buffer.of(0x19)]);

describe('a foreign Parquet dataset', () => {
  test('that is intact gives its rows', async () => {
    const { rows, series, unreadable } = await read(good);

    expect({ rows, unreadable, keys: series.map(({ dataKey }) => dataKey) }).toEqual({
      rows: 3,
      unreadable: 0,
      keys: ['temp_indoor'],
    });
    expect([...series[0]!.time.subarray(0, 3)]).toEqual([FIRST, FIRST + HOUR, FIRST + 2 * HOUR]);
    expect([...series[0]!.value.subarray(0, 3)]).toEqual([21, 21.5, 22]);
  });

  test('with the 96-bit timestamps of old writers gives the same instants', async () => {
    const { series } = await read(await readFile(join(import.meta.dirname, 'int96.parquet')));

    expect([...series[0]!.time.subarray(0, 3)]).toEqual([FIRST, FIRST + HOUR, FIRST + 2 * HOUR]);
  });

  test('without rows is empty, not broken', async () => {
    expect(await read(await written(`${DATASET} limit 0`))).toEqual({ rows: 0, series: [], unreadable: 0 });
  });

  test.each([0, 1, 3, 11, 200, -9, -1])('cut off at byte %i is refused', async (length) => {
    expect(await refusal(good.subarray(0, length < 0 ? good.length + length : length))).toMatch(/^RangeError/);
  });

  test('that does not end as Parquet does is refused', async () => {
    expect(await refusal(Buffer.concat([good.subarray(0, -4), Buffer.from('PAR2')]))).toMatch(/Corrupt footer/);
  });

  test('that is encrypted is refused', async () => {
    await duckdb.run(`set force_mbedtls_unsafe = 'true'`);
    await duckdb.run(`pragma add_parquet_key('key', '0123456789112345')`);
    const bytes = await written(DATASET, `, encryption_config {footer_key: 'key'}`);

    expect(await refusal(bytes)).toMatch(/^RangeError/);
  });

  test.each([[2n ** 40n], [4n], [2n], [0n], [-1n]])('that claims %s rows and has three is refused', async (rows) => {
    expect(await refusal(withFooter(good, rowCount(3n), rowCount(rows)))).toMatch(/^RangeError/);
  });

  test('of a few kilobytes that claims more rows than any dataset is refused before they are unpacked', async () => {
    expect(await refusal(withFooter(good, rowCount(3n), rowCount(300_000_000n)))).toBe(
      'RangeError: it says that it has 300000000 rows, expected at most 100000000',
    );
  });

  test('with two columns of one name is refused', async () => {
    expect(await refusal(withFooter(good, Buffer.from('location'), Buffer.from('data_key')))).toMatch(/^RangeError/);
  });

  test.each([
    ['no column data_value', `select * exclude (data_value) from (${DATASET})`, /data_value/],
    ['texts where values must be', `select * replace (data_value::text as data_value) from (${DATASET})`, /data_value/],
    ['a date where the instant must be', `select * replace (time::date as time) from (${DATASET})`, /time/],
    [
      'a gap where an instant must be',
      `select * replace (null::timestamp as time) from (${DATASET})`,
      /time has 3 gaps/,
    ],
    ['a list where a text must be', `select * replace ([location] as location) from (${DATASET})`, /location/],
  ])('with %s is refused by the name of the column', async (_, sql, name) => {
    expect(await refusal(await written(sql))).toMatch(name);
  });

  test('with any byte changed is read or refused, and reading it always ends', async () => {
    const bytes = { at: fc.nat(good.length - 1), flip: fc.integer({ min: 1, max: 255 }) };
    await fc.assert(
      fc.asyncProperty(fc.record(bytes), async ({ at, flip }) => {
        const changed = Buffer.from(good);
        changed[at]! ^= flip;
        const said = await read(changed).then(({ rows }) => rows, String);
        expect(said === 3 || /^RangeError/.test(String(said)), String(said)).toBe(true);
      }),
      { numRuns: 60, examples: [[{ at: 4, flip: 255 }]] },
    );
  }, 60_000);

  test('that is not read by the deadline is given up, and its thread with it', async () => {
    const endless = join(folder, 'endless.mjs');
    await writeFile(endless, 'for (;;);');
    const path = join(folder, 'any.parquet');
    await writeFile(path, good);
    const start = performance.now();

    await expect(readForeignParquet(path, 300, new URL(`file://${endless}`))).rejects.toThrow('did not end within');
    expect(performance.now() - start).toBeLessThan(5000);
  });

  test('that takes more memory than any dataset is given up, whatever its footer says', async () => {
    const greedy = join(folder, 'greedy.mjs');
    await writeFile(greedy, 'const taken = []; for (;;) taken.push(Buffer.alloc(1 << 24, 1));');
    const path = join(folder, 'any.parquet');
    await writeFile(path, good);

    const read = readForeignParquet(path, 20_000, new URL(`file://${greedy}`), 200e6);
    await expect(read).rejects.toThrow('takes more than 200000000 bytes of memory');
  });
});

describe('a command that is given a broken Parquet dataset', () => {
  test('names the file, what is wrong and what to do, and ends with the exit code of input', async () => {
    const broken = join(folder, 'old.parquet');
    const flipped = Buffer.from(good);
    flipped[4]! ^= 255;
    await writeFile(broken, flipped);
    const command = [join(ROOT, 'build', 'warehouse.mjs'), 'compare', broken, broken];
    const failed = await promisify(execFile)(process.execPath, command, { cwd: ROOT }).catch((error) => error);

    expect(failed).toMatchObject({ code: 2, stdout: '' });
    expect(failed.stderr).toMatch(/not an hourly dataset in Parquet at .*old\.parquet.*expected columns time.*fix: /);
    expect(failed.stderr).not.toMatch(/panicked|at .*\.mjs:\d/);
  });
});
