import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readExport } from '@sensor-warehouse/intake/read-export';
import { newRoom } from '@sensor-warehouse/intake/text/text-file';
import { loadConfiguration } from '@sensor-warehouse/model/seeds/configuration';
import { rememberExports } from '@sensor-warehouse/warehouse/onboarding/learn';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { seedsWith } from '../support/configured-source';
import { readParquet } from '../support/published';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'labels-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const NOW = Date.parse('2024-12-31T00:00:00Z');
const TIME = '2024-12-01 10:00:00';

interface Source {
  /** Labels that are mapped, or of a long table. */
  readonly mapped: readonly string[];
  readonly ignored?: readonly string[];
  readonly row?: Readonly<Record<string, string>>;
  /** An export that was accepted before, and is remembered. */
  readonly before?: string;
}

/** What a text comes to: its findings in short, and the columns of its landing in the first row. */
async function read(text: string, { mapped, ignored = [], row, before }: Source) {
  const keys = ['temp_indoor', 'humidity_indoor', 'temp_ambient'];
  const mapping = [
    'data_key_original,location,data_key',
    ...mapped.map((label, i) => `${label},SM2_01_L1_01,${keys[i]}`),
  ];
  const shape = { fileName: 'shape.csv', mapping: mapping.join('\n'), row: { required_columns: 'time', ...row } };
  const seeds = await seedsWith(folder, shape);
  for (const label of ignored) await appendFile(join(seeds, 'ignored_columns.csv'), `shape,${label},not needed\n`);
  const sourceNow = async () => (await loadConfiguration(seeds)).datasources.find(({ id }) => id === 'shape')!;
  const path = join(folder, 'raw');
  if (before !== undefined) {
    await writeFile(path, before);
    await rememberExports(seeds, [{ path, name: 'shape.csv' }], await sourceNow(), NOW, false);
  }
  const source = await sourceNow();
  await writeFile(path, text);
  const landing = join(folder, 'landing');
  const file = { path, name: 'shape.csv', ordinal: 1 };
  const report = await readExport(file, source, landing, NOW, newRoom());
  const [first] = report.verdict === 'refused' ? [] : await readParquet(`${landing}-000.parquet`);
  return {
    told: report.findings
      .filter(({ code }) => code !== 'ignored-column')
      .map(({ severity, code, column, line }) => `${severity} ${code} ${line ?? '-'}:${column ?? '-'}`),
    fixes: report.findings.map(({ fix }) => fix),
    ignored: report.counts.ignored,
    values: first === undefined ? [] : mapped.map((label) => first[label]),
  };
}

describe('a label that occurs twice', () => {
  test('does not matter if it is ignored, however often it occurs', async () => {
    const text = `time,A,Unit,B,Unit,C,Unit\n${TIME},20.5,C,40,%,3,C\n`;
    const { told, values, ignored } = await read(text, { mapped: ['A', 'B', 'C'], ignored: ['Unit'] });
    expect(told).toEqual([]);
    expect(values).toEqual([20.5, 40, 3]);
    expect(ignored).toBe(3);
  });

  test('is ambiguous if it is mapped', async () => {
    const { told, fixes } = await read(`time,A,A\n${TIME},20.5,40\n`, { mapped: ['A'] });
    expect(told).toEqual(['error duplicate-label 1:A']);
    expect(fixes).toEqual([expect.stringContaining('this one "#3"')]);
  });

  test('is ambiguous if it is the time', async () => {
    const { told } = await read(`time,A,time\n${TIME},20.5,${TIME}\n`, { mapped: ['A'] });
    expect(told).toEqual(['error duplicate-label 1:time']);
  });

  test('is ambiguous if it is required', async () => {
    const row = { required_columns: 'time;Serial' };
    const { told } = await read(`time,A,Serial,Serial\n${TIME},20.5,1,2\n`, { mapped: ['A'], row });
    expect(told).toEqual(['error duplicate-label 1:Serial']);
  });

  test('that nobody knows is refused', async () => {
    const { told } = await read(`time,A,X,X\n${TIME},20.5,1,2\n`, { mapped: ['A'] });
    expect(told).toContain('error duplicate-label 1:X');
  });

  test('can be mapped by its places', async () => {
    const { told, values } = await read(`time,T,T\n${TIME},20.5,40\n`, { mapped: ['#3', '#2'] });
    expect(told).toEqual([]);
    expect(values).toEqual([40, 20.5]);
  });

  test('can be distinguished from the other, of which one is ignored by its place', async () => {
    const { told, values } = await read(`time,T,T\n${TIME},20.5,x\n`, { mapped: ['T'], ignored: ['#3'] });
    expect(told).toEqual([]);
    expect(values).toEqual([20.5]);
  });

  test('can be the time by its place', async () => {
    const row = { required_columns: '#3', time_columns: '#3' };
    const { told, values } = await read(`T,A,T\nx,20.5,${TIME}\n`, { mapped: ['A'], ignored: ['#1'], row });
    expect(told).toEqual([]);
    expect(values).toEqual([20.5]);
  });
});

describe('a column without a name', () => {
  test('is refused if nobody names it, and the message says how', async () => {
    const { told, fixes } = await read(`,time,A\n0,${TIME},20.5\n`, { mapped: ['A'] });
    expect(told).toEqual(['error blank-label 1:1']);
    expect(fixes).toEqual([expect.stringContaining('name it "#1" in the seeds')]);
  });

  test('is ignored by its place', async () => {
    const { told, values } = await read(`,time,A\n0,${TIME},20.5\n`, { mapped: ['A'], ignored: ['#1'] });
    expect(told).toEqual([]);
    expect(values).toEqual([20.5]);
  });

  test('is the time by its place', async () => {
    const { told, values } = await read(`,A\n${TIME},20.5\n`, { mapped: ['A'], row: { required_columns: '#1' } });
    expect(told).toEqual([]);
    expect(values).toEqual([20.5]);
  });

  test('is mapped by its place, at the end of the header too', async () => {
    const { told, values } = await read(`time,A,\n${TIME},20.5,40\n`, { mapped: ['A', '#3'] });
    expect(told).toEqual([]);
    expect(values).toEqual([20.5, 40]);
  });

  test('that has a name now is another column', async () => {
    const { told } = await read(`time,A,B\n${TIME},20.5,40\n`, {
      mapped: ['A', '#3'],
      row: { required_columns: 'time;#3' },
    });
    expect(told.filter((one) => one.startsWith('error'))).not.toEqual([]);
  });

  test('that is in no row, as after a delimiter at the end, needs no name', async () => {
    expect((await read(`time,A,\n${TIME},20.5,\n`, { mapped: ['A'] })).told).toEqual([]);
  });
});

test('a label that reads like a place is a label', async () => {
  const { told, values } = await read(`time,#3,,A\n${TIME},20.5,x,40\n`, { mapped: ['#3', 'A'], ignored: ['#2'] });
  // The third column has no name, and `#3` is the name of the second.
  expect(told).toEqual(['error blank-label 1:3']);
  expect(values).toEqual([]);
});

describe('of a source whose exports are remembered', () => {
  const places = { mapped: ['A', '#3', 'B'], ignored: ['Note'] };
  const remembered = { ...places, before: `time,A,,B\n${TIME},20.5,40,3\n` };

  test('columns without a name are read in the places of before', async () => {
    const { told, values } = await read(`time,A,,B\n${TIME},20.5,40,3\n`, remembered);
    expect(told).toEqual([]);
    expect(values).toEqual([20.5, 40, 3]);
  });

  test.each([
    ['columns around them change places', `time,B,,A\n${TIME},3,40,20.5\n`, 'error reordered-label 1:-'],
    ['a column comes in', `time,A,,B,Note\n${TIME},20.5,40,3,x\n`, 'error new-header 1:-'],
  ])('a file is refused if %s', async (_, text, expected) => {
    expect((await read(text, remembered)).told).toEqual([expected]);
  });

  test('they may change places where the column without a name is ignored', async () => {
    const ignoring = { mapped: ['A', 'B'], ignored: ['#3'], before: `time,A,,B\n${TIME},20.5,x,3\n` };
    const { told, values } = await read(`time,B,,A\n${TIME},3,x,20.5\n`, ignoring);
    expect(told).toEqual(['info reordered-label 1:-']);
    expect(values).toEqual([20.5, 3]);
  });

  test('labels that occur twice and are ignored are remembered once', async () => {
    const text = `time,A,Unit,B,Unit\n${TIME},20.5,C,40,%\n`;
    const { told } = await read(text, { mapped: ['A', 'B'], ignored: ['Unit'], before: text });
    expect(told).toEqual([]);
  });
});
