import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { learnContract } from '@sensor-warehouse/intake/learn-contract';
import { newRoom } from '@sensor-warehouse/intake/text/text-file';
import { loadConfiguration } from '@sensor-warehouse/model/seeds/configuration';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { failureOf } from '../../packages/model/test/support/failure-of';
import { readShape, seedsWith } from '../support/configured-source';
import { readParquet } from '../support/published';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'json-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const shapeOf = (requiredColumns: string, row: Readonly<Record<string, string>> = {}) => ({
  fileName: 'shape.json',
  row: {
    type: 'json',
    layout: 'long',
    required_columns: requiredColumns,
    time_columns: 'at',
    datetime_format: '%s',
    sensor_column: 'station',
    ...row,
  },
  mapping: 'column,data_key\ntemp,temp_ambient\n',
  sensors: 'sensor,location\nPrague,SM2_01_L1_01\n12345678901234567890,SM2_02_L1_01\n',
});
const LIST = shapeOf('at=list[].dt;station=city.name;temp=list[].main.temp');
const FLAT = shapeOf('at=dt;station;temp');

async function read(text: string, shape = LIST) {
  const { findings, counts, verdict } = await readShape(folder, shape, Buffer.from(text));
  const parts = (await readdir(folder)).filter((name) => name.startsWith('landing'));
  const rows = (await Promise.all(parts.map((part) => readParquet(join(folder, part))))).flat();
  return {
    verdict,
    counts,
    told: findings.map(({ code, line, column }) => [code, line, column].filter((one) => one !== undefined).join(' ')),
    landed: rows.map(({ _line, station, temp }) => [_line, station, temp]),
  };
}

const one = (temp: string, name = '"Prague"') =>
  `{"city":{"name":${name}},"list":[{"dt":1733043600,"main":{"temp":${temp}}}]}`;

describe('a record of nothing', () => {
  test.each([
    ['between others', '[{"dt":1733043600,"station":"Prague","temp":1},{},{"dt":1733047200,"station":"Prague"}]', 3],
    ['of nulls', '[{"dt":1733043600,"station":"Prague","temp":1},{"dt":null,"station":null,"temp":null}]', 2],
    ['that is not an object', '[{"dt":1733043600,"station":"Prague","temp":1},null]', 2],
  ])('%s is counted, and never skipped as a blank line', async (_, text, lines) => {
    const { verdict, counts, told } = await read(text, FLAT);
    expect([verdict, told[0]]).toEqual(['refused', 'type-error 2 dt']);
    expect(counts).toMatchObject({ lines, quarantined: lines });
  });

  test('is quarantined alone where the source allows it', async () => {
    const text = '[{"dt":1733043600,"station":"Prague","temp":1},{},{"dt":1733047200,"station":"Prague","temp":2}]';
    const { counts, landed } = await read(text, shapeOf('at=dt;station;temp', { reject_limit: '1' }));
    expect(counts).toMatchObject({ lines: 3, landed: 2, quarantined: 1, readings: 2, cells: 3, cellsQuarantined: 1 });
    expect(landed).toEqual([
      [1, 'Prague', 1],
      [3, 'Prague', 2],
    ]);
  });
});

describe('a number', () => {
  test.each([
    ['with more digits than a number holds', '21.35000000000000000000001'],
    ['beyond 2^53', '9007199254740993'],
    ['that is infinite', '1e400'],
    ['that is too small to tell from nothing', '1e-400'],
  ])('%s is not a reading', async (_, temp) => {
    expect((await read(one(temp))).told).toEqual(['type-error 1 list[].main.temp']);
  });

  test('that is the id of a sensor is kept digit by digit', async () => {
    expect((await read(one('1.5', '12345678901234567890'))).landed).toEqual([[1, '12345678901234567890', 1.5]]);
  });
});

describe('a name', () => {
  test.each([
    ['a line end', '"Pra\\ngue"'],
    ['a NUL', '"Pra\\u0000gue"'],
    ['half of a character', '"Pra\\ud800gue"'],
  ])('with %s in it refuses the file, and moves no record to another line', async (_, name) => {
    expect((await read(one('1', name))).told).toEqual(['control-character 1 city.name']);
  });

  test.each(['=1+1', '"; drop', 'a,b', '{…}', ' Prague ', '__proto__'])('%j is a text like any other', async (name) => {
    const { told } = await read(one('1', JSON.stringify(name)));
    expect(told).toEqual(name.trim() === 'Prague' ? [] : ['sensor-unknown city.name']);
  });
});

test('a value of the document never stands in for one that a record lacks', async () => {
  const outer = { city: { name: 'Prague' }, main: { temp: 99 }, list: [{ dt: 1733043600, main: {} }] };
  expect((await read(JSON.stringify(outer))).told).toEqual(['missing-label list[].main.temp']);
});

describe('a second byte order mark', () => {
  test('at the start refuses a document', async () => {
    expect((await read(`\ufeff${one('1')}`)).verdict).toBe('accepted');
    expect((await read(`\ufeff\ufeff${one('1')}`)).told).toEqual(['json-error 1']);
  });

  test('in a later line refuses lines of JSON', async () => {
    const line = '{"dt":1733043600,"station":"Prague","temp":1}';
    const { told } = await read(`\ufeff${line}\n\ufeff${line}\n`, { ...FLAT, fileName: 'shape.ndjson' });
    expect(told).toEqual(['concatenated-file 2']);
  });
});

test('what is remembered of documents is what was read of them, by the labels of the source', async () => {
  const { datasources } = await loadConfiguration(await seedsWith(folder, LIST));
  const list = Array.from({ length: 200 }, (_, i) => ({ dt: 1733043600 + 60 * i, main: { temp: i / 10 } }));
  const path = join(folder, 'answer');
  await writeFile(path, JSON.stringify({ city: { name: 'Prague' }, list }));
  const source = datasources.find(({ id }) => id === 'shape')!;
  const { headers, profiles } = await learnContract([{ path, name: 'shape.json', ordinal: 1 }], source, newRoom());
  expect(headers.map(({ labels }) => labels)).toEqual([['at', 'station', 'temp']]);
  expect(profiles.get('temp')).toMatchObject([
    0,
    expect.any(Number),
    expect.any(Number),
    expect.any(Number),
    expect.any(Number),
    expect.any(Number),
    19.9,
  ]);
});

test('a document that is larger than what is held in memory is refused before it is read', async () => {
  const { told } = await read(`{"list":[${'1,'.repeat(9 << 20)}1]}`);
  expect(told).toEqual(['json-error']);
});

describe('pointers that would give a record what is not of it are refused as configuration', () => {
  test.each([
    ['into two arrays', 'at=hourly.time[];station=city.name;temp=hourly.temp[]', 'more than one array of records'],
    ['to one value for all records', 'at=list[].dt;station=city.name;temp=main.temp', 'one value for all records'],
    ['to an array in an array', 'at=list[].dt;station=city.name;temp=list[].values[].v', 'cannot be read'],
    ['without a name', 'at=list[].dt;station=city..name;temp=list[].temp', 'cannot be read'],
  ])('%s', async (_, requiredColumns, message) => {
    const failure = await failureOf(read(one('1'), shapeOf(requiredColumns)));
    expect(failure.message).toContain(message);
    expect(failure.details.findings).toHaveLength(1);
  });
});
