import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readExport } from '@sensor-warehouse/intake/read-export';
import { newRoom } from '@sensor-warehouse/intake/text/text-file';
import { findingLine } from '@sensor-warehouse/model/findings/finding-text';
import { checkConfiguration } from '@sensor-warehouse/model/seeds/configuration';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { seedsWith } from '../support/configured-source';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ignored-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const LONG = { required_columns: 'time', layout: 'long', sensor_column: 'who', datetime_format: 'iso', comment: '#' };
const ROW = { ...LONG, quantity_column: 'what', value_column: 'is' };

async function configured(row: Readonly<Record<string, string>>, ignored: readonly string[]) {
  const mapping = 'column,data_key\ntemp,temp_indoor\nrh,humidity_indoor';
  const sensors = 'sensor,location\nroom,SM2_01_L1_01\n';
  const seeds = await seedsWith(folder, { fileName: 'shape.csv', mapping, sensors, row });
  for (const name of ignored) await appendFile(join(seeds, 'ignored_columns.csv'), `shape,${name},not needed\n`);
  return checkConfiguration(seeds);
}

/** What a long table comes to: its findings in short, and its counts. */
async function read(text: string, row: Readonly<Record<string, string>>, ignored: readonly string[]) {
  const { configuration } = await configured(row, ignored);
  const source = configuration!.datasources.find(({ id }) => id === 'shape')!;
  const path = join(folder, 'raw');
  await writeFile(path, text);
  const now = Date.parse('2024-12-31T00:00:00Z');
  const report = await readExport(
    { path, name: 'shape.csv', ordinal: 1 },
    source,
    join(folder, 'landing'),
    now,
    newRoom(),
  );
  const { cells, readings, empty, ignored: left, cellsQuarantined, lines, landed, quarantined } = report.counts;
  expect(cells).toBe(readings + empty + left + cellsQuarantined);
  expect(lines).toBe(landed + quarantined);
  return {
    told: report.findings.map(
      ({ severity, code, line, count, found }) => `${severity} ${code} ${line ?? '-'} ×${count} ${found}`,
    ),
    counts: { readings, empty, ignored: left },
  };
}

const at = (minute: number) => `2024-12-01T10:0${minute}:00Z`;

describe('a sensor of a long table that is ignored', () => {
  test('may hold words, and its cells are counted', async () => {
    const text = `time,who,temp,rh\n${at(0)},room,20,40\n${at(0)},Door,on,off\n${at(1)},DOOR,off,\n${at(1)},room,,41\n`;
    const { told, counts } = await read(text, LONG, ['door']);
    expect(told).toEqual(['info ignored-sensor - ×4 "Door", "DOOR"']);
    expect(counts).toEqual({ readings: 3, empty: 1, ignored: 4 });
  });

  test('is counted once where its quantity is ignored, too', async () => {
    const text = `time,who,what,is\n${at(0)},room,temp,20\n${at(0)},door,state,on\n${at(0)},room,state,on\n`;
    const { told, counts } = await read(text, ROW, ['door', 'state']);
    expect(told).toEqual(['info ignored-column - ×1 undefined', 'info ignored-sensor - ×1 "door"']);
    expect(counts).toEqual({ readings: 1, empty: 0, ignored: 2 });
  });

  test('still needs a time that can be read', async () => {
    const text = `time,who,temp,rh\n${at(0)},room,20,40\nnever,door,on,off\n`;
    expect((await read(text, LONG, ['door'])).told).toEqual(['error type-error 3 ×1 "never"']);
  });

  test('does not excuse another one that nobody knows', async () => {
    const text = `time,who,temp,rh\n${at(0)},room,20,40\n${at(0)},door,on,off\n${at(0)},attic,1,2\n`;
    expect((await read(text, LONG, ['door'])).told).toEqual(['error sensor-unknown - ×1 "attic"']);
  });

  test('is not one that is mapped', async () => {
    const { findings } = await configured(LONG, ['ROOM']);
    expect(findings.map(findingLine)).toEqual([
      expect.stringContaining('the sensor is mapped and ignored; found "ROOM"'),
    ]);
  });
});

describe('annotated CSV of InfluxDB', () => {
  const table = (defaults: string, ...rows: string[]) =>
    `#group,false,true,true,true,true\n#default,${defaults}\n,result,time,who,what,is\n${rows.join('\n')}\n`;
  const ignored = ['#1', 'result'];
  const rows = [`,,${at(0)},room,temp,20`, `,,${at(1)},room,temp,21`];

  test('is read with a default of a column that is ignored', async () => {
    const { told, counts } = await read(table('_result,,,,', ...rows), ROW, ignored);
    expect(told.filter((one) => !one.startsWith('info'))).toEqual([]);
    expect(counts).toMatchObject({ readings: 2 });
  });

  test.each([
    ['value', '_result,,,,7', 'is'],
    ['quantity', '_result,,,temp,', 'what'],
    ['time', `_result,${at(0)},,,`, 'time'],
  ])('is refused with a default of the %s, which would be lost', async (_, defaults) => {
    const { told } = await read(table(defaults, ...rows), ROW, ignored);
    expect(told).toEqual([expect.stringMatching(/^error annotated-default 2 ×1/)]);
  });

  test('is read over further tables with the same header', async () => {
    const text = `${table('_result,,,,', ...rows)}\n${table('_result,,,,', `,,${at(2)},room,rh,40`)}`;
    const { told, counts } = await read(text, ROW, ignored);
    expect(told).toContain('info repeated-header 9 ×1 undefined');
    expect(counts).toMatchObject({ readings: 3 });
  });

  test('is refused at a table with other columns', async () => {
    const text = `${table('_result,,,,', ...rows)}\n#group,false\n,result,time,who,what,is,host\n,,${at(2)},room,rh,40,a\n`;
    expect((await read(text, ROW, ignored)).told).toEqual(['error repeated-header 8 ×1 "time"']);
  });

  test('is refused where InfluxDB says that the query failed', async () => {
    const text = `${table('_result,,,,', ...rows)}\n#datatype,string,long\n,error,reference\n,failed to read,897\n`;
    const { told } = await read(text, { ...ROW, reject_limit: '9' }, ignored);
    expect(told).toEqual(['error error-answer 8 ×1 ",error,reference"']);
  });
});
