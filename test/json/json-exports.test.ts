import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Datasource } from '@sensor-warehouse/model/seeds/configuration';
import { sha256OfBytes } from '@sensor-warehouse/storage/file-hash';
import { everyRefusedRow, keepInQuarantine } from '@sensor-warehouse/warehouse/quarantine/keep';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readShape } from '../support/configured-source';
import { readParquet } from '../support/published';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'json-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const weather = {
  fileName: 'shape.json',
  row: {
    type: 'json',
    layout: 'long',
    required_columns: 'at=list[].dt;station=city.name;temp=list[].main.temp;humidity=list[].main.humidity',
    time_columns: 'at',
    datetime_format: '%s',
    sensor_column: 'station',
  },
  mapping: 'column,data_key\ntemp,temp_ambient\nhumidity,humidity_indoor\n',
  sensors: 'sensor,location\nPrague,SM2_01_L1_01\n',
};
const lines = {
  ...weather,
  fileName: 'shape.ndjson',
  row: { ...weather.row, required_columns: 'at;station;temp=main.temp;humidity=main.humidity' },
};

const item = (dt: number, temp: unknown, humidity: unknown = 50) => ({ dt, main: { temp, humidity, pressure: 1013 } });
const answer = (...list: readonly object[]) => ({ cod: '200', message: 0, city: { name: 'Prague' }, list });
const GOOD = answer(item(1733043600, 4.5, 80), item(1733047200, -1, 81));

const read = (value: unknown, shape = weather) =>
  readShape(folder, shape, Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)));
const codesOf = async (value: unknown, shape = weather) =>
  (await read(value, shape)).findings.map(({ code, severity, line, column }) =>
    [severity, code, line, column].filter((part) => part !== undefined).join(' '),
  );

async function landed(): Promise<unknown[]> {
  const parts = (await readdir(folder)).filter((name) => name.startsWith('landing'));
  const rows = (await Promise.all(parts.map((part) => readParquet(join(folder, part))))).flat();
  return rows.map(({ _time, _line, station, temp, humidity }) => [
    (_time as Date).toISOString(),
    _line,
    station,
    temp,
    humidity,
  ]);
}

test('a document is read by pointers, a row for each record', async () => {
  const { counts, findings } = await read(GOOD);
  expect(findings).toEqual([]);
  expect(await landed()).toEqual([
    ['2024-12-01T09:00:00.000Z', 1, 'Prague', 4.5, 80],
    ['2024-12-01T10:00:00.000Z', 2, 'Prague', -1, 81],
  ]);
  expect(counts).toMatchObject({ lines: 2, landed: 2, quarantined: 0, readings: 4 });
});

test('lines of JSON are read one by one, and named by their lines', async () => {
  const record = (at: number, temp: unknown) => JSON.stringify({ at, station: 'Prague', main: { temp, humidity: 50 } });
  const text = `${record(1733043600, 1)}\n\n${record(1733047200, '2.5')}`;
  expect(await codesOf(text, lines)).toEqual(['warning mixed-types main.temp']);
  expect((await landed()).map((row) => (row as unknown[])[1])).toEqual([1, 3]);
  expect(await codesOf(`${text}\n${record(1733050800, 'warm')}\n`, lines)).toEqual(['error type-error 4 main.temp']);
});

describe('an answer', () => {
  test.each([
    ['numbers as text', answer(item(1733043600, '4.5', '80')), []],
    ['an empty text beside numbers', answer(item(1733043600, ''), item(1733047200, 3)), []],
    [
      'some numbers as text',
      answer(item(1733043600, '4.5'), item(1733047200, 3)),
      ['warning mixed-types list[].main.temp'],
    ],
    ['a null', answer(item(1733043600, null), item(1733047200, 3)), []],
    ['an empty list', answer(), ['warning no-rows']],
    ['true for a number', answer(item(1733043600, true)), ['error type-error 1 list[].main.temp']],
    ['an object for a number', answer(item(1733043600, { value: 1 })), ['error type-error 1 list[].main.temp']],
    [
      'a whole number beyond 2^53',
      answer(item(1733043600, 4.5), item(1733047200, '9007199254740993x')),
      ['error type-error 2 list[].main.temp'],
    ],
    [
      'another name for a value',
      JSON.parse(JSON.stringify(GOOD).replaceAll('"temp"', '"temperature"')),
      ['error renamed-label list[].main.temperature'],
    ],
    ['no list, and a success', { cod: '200', city: { name: 'Prague' }, hours: [] }, ['error missing-label 1']],
    ['an error with the status of a success', { cod: 401, message: 'Invalid API key' }, ['error error-answer']],
    [
      'a list with errors in it',
      { city: { name: 'Prague' }, list: [{ dt: 1733043600 }], error: 'quota' },
      ['error error-answer'],
    ],
    ['an unknown station', { ...GOOD, city: { name: 'Brno' } }, ['error sensor-unknown city.name']],
    ['a time that is none', answer({ ...item(0, 1), dt: 'soon' }), ['error type-error 1 list[].dt']],
  ])('with %s', async (_, value, expected) => {
    expect(await codesOf(value)).toEqual(expected);
  });

  test.each([
    ['a page of HTML', '<!doctype html><title>Log in</title>', ['error not-tabular 1']],
    ['nothing', '', ['error empty-file 1']],
    ['white space', ' \n ', ['error empty-file 1']],
    ['half of itself', JSON.stringify(GOOD).slice(0, 60), ['error json-error 1']],
    ['a name twice', '{"list":[],"list":[]}', ['error json-error 1']],
    ['NaN', '{"list":[\n{"dt":1,"main":{"temp":NaN}}]}', ['error json-error 2']],
    ['bytes of Windows-1250', Buffer.from('{"city":"Plze\xf2"}', 'latin1').toString('latin1'), ['error error-answer']],
  ])('that is %s', async (name, text, expected) => {
    if (name.startsWith('bytes')) {
      const { findings } = await readShape(folder, weather, Buffer.from('{"city":"Plze\xf2"}', 'latin1'));
      expect(findings.map(({ code }) => code)).toEqual(['encoding-error']);
      return;
    }
    expect(await codesOf(text)).toEqual(expected);
  });

  test('that says what it refuses quotes that in the finding', async () => {
    const { findings } = await read({ cod: 401, message: 'Invalid API key\u001b[31m' });
    expect(findings[0]!.found).toBe('message Invalid API key\\u001b[31m, cod 401');
  });
});

const MOVED = { at: 1733043600, station: 'Prague', temp: 4.5, main: { humidity: 50 } };

test('a value that stands where a label says and not where its pointer does is another one, of a similar name', async () => {
  const { findings } = await read(MOVED, lines);
  expect(findings.map(({ code, found, expected, accept }) => [code, found, expected, accept?.id])).toEqual([
    ['renamed-label', '".temp"', '"main.temp"', 'renamed-label:.temp'],
  ]);
  expect(await landed()).toEqual([]);
});

test('that other one is read as the label when it was accepted, and so are records as they were', async () => {
  const accepted = { ...lines, aliases: { '.temp': 'temp' } };
  expect((await read(MOVED, accepted)).verdict).toBe('accepted');
  expect(await landed()).toEqual([['2024-12-01T09:00:00.000Z', 1, 'Prague', 4.5, 50]]);
  const before = { at: 1733043600, station: 'Prague', main: { temp: 3.5, humidity: 50 } };
  expect((await read(before, accepted)).verdict).toBe('accepted');
  expect(await landed()).toEqual([['2024-12-01T09:00:00.000Z', 1, 'Prague', 3.5, 50]]);
});

test('the quarantine keeps a document with one unreadable record whole, and counts that record', async () => {
  const text = JSON.stringify(answer(item(1733043600, 4.5), item(1733047200, 'warm')));
  const report = await readShape(folder, { ...weather, row: { ...weather.row, reject_limit: '1' } }, Buffer.from(text));
  expect(report.counts).toMatchObject({ lines: 2, landed: 1, quarantined: 1 });
  const upload = { datasource: 'shape', name: 'shape.json', bytes: text.length, modified: 0, ordinal: 1 };
  const file = { ...upload, sha256: sha256OfBytes(text), local: join(folder, 'raw') };
  const kept = await keepInQuarantine(folder, file, report, { type: 'json', encoding: 'utf-8' } as Datasource);
  expect(await readFile(kept.kept, 'utf8')).toBe(text);
  expect(kept.report.rows).toEqual([{ line: 2, lastLine: 2, code: 'type-error' }]);
  expect(await everyRefusedRow([kept], 1)).toMatchObject({ left: 1, right: 1 });
});
