import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readShape } from '../support/configured-source';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'answers-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const shapeOf = (requiredColumns: string) => ({
  fileName: 'shape.json',
  row: {
    type: 'json',
    layout: 'long',
    required_columns: requiredColumns,
    time_columns: 'at',
    datetime_format: '%s',
    sensor_column: 'station',
  },
  mapping: 'column,data_key\ntemp,temp_ambient\n',
  sensors: 'sensor,location\nPrague,SM2_01_L1_01\n',
});
const ONE = shapeOf('at=dt;station=name;temp=main.temp');
const LIST = shapeOf('at=list[].dt;station=city.name;temp=list[].main.temp');

async function codesOf(answer: object, shape = ONE): Promise<string[]> {
  const { findings } = await readShape(folder, shape, Buffer.from(JSON.stringify(answer)));
  return findings.map(({ code }) => code);
}

const SUCCESSES: readonly object[] = [
  { cod: 200 },
  { cod: '200', message: 0 },
  { cod: '200', message: 'Count: 0' },
  { code: 0, message: 'see the list' },
  { code: '00', msg: 'NORMAL SERVICE' },
  { status: 'ok', message: 'served from cache' },
  { status: 'success', error: null },
  { status: 200, statusMessage: 'OK', errors: [] },
  { success: true, reason: 'partial' },
  { ok: 1, detail: 'v2' },
  { error: false, message: 'fine' },
  { error: { code: 0, message: '' } },
  { errcode: 0, errmsg: 'ok' },
  { meta: { code: 200, message: 'hello' } },
];

const FAILURES: readonly object[] = [
  { cod: 401, message: 'Invalid API key' },
  { cod: '404', message: 'city not found' },
  { code: -1, msg: '' },
  { status: 'error' },
  { status: 'success', error: 'quota' },
  { success: false },
  { success: 'false' },
  { ok: false },
  { error: true, reason: 'out of range' },
  { error: { code: 1002, message: 'API key not provided.' } },
  { errors: ['quota'] },
  { errors: [{ status: 403, title: 'no' }] },
  { error_code: 429 },
  { status: { code: 500 } },
  { response: { header: { resultCode: '401' } } },
];

describe('an answer of the form of today', () => {
  test.each(SUCCESSES)('that says success is read: %j', async (said) => {
    const readings = { dt: 1733043600, name: 'Prague', main: { temp: 4.5 } };
    expect(await codesOf({ ...readings, ...said })).toEqual([]);
  });

  test.each(SUCCESSES)(
    'whose value has another name is no answer about the key if it says success: %j',
    async (said) => {
      const renamed = { dt: 1733043600, name: 'Prague', main: { temperature: 4.5 } };
      expect(await codesOf({ ...renamed, ...said })).toEqual(['renamed-label']);
    },
  );

  test.each(SUCCESSES)('with an empty list is one without rows if it says success: %j', async (said) => {
    expect(await codesOf({ city: { name: 'Prague' }, list: [], ...said }, LIST)).toEqual(['no-rows']);
  });
});

describe('a failure with a success status', () => {
  test.each(FAILURES)('is reported as one: %j', async (said) => {
    expect(await codesOf(said)).toEqual(['error-answer']);
  });

  test.each(FAILURES)('is not an empty list: %j', async (said) => {
    expect(await codesOf({ ...said, list: [] }, LIST)).toEqual(['error-answer']);
  });

  test('says what the answer says, the words first', async () => {
    const text = JSON.stringify({ error: { code: 1002, message: 'API key not provided.' } });
    const { findings } = await readShape(folder, ONE, Buffer.from(text));
    expect(findings[0]!.found).toBe('error code 1002 message API key not provided.');
  });
});

test('words of a device beside its readings are not a mistake', async () => {
  const answer = { dt: 1733043600, name: 'Prague', main: { temp: 4.5 }, status: 'error', message: 'low battery' };
  expect(await codesOf(answer)).toEqual([]);
});
