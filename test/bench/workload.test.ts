import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Workload, type WorkloadCounts, writeWorkload } from '../../bench/workload';

const WORKLOAD: Workload = {
  sensors: ['493D', 'CCEA', '4427', 'B020'],
  from: Date.UTC(2024, 9, 25),
  days: 8,
  every: 1,
  seed: 1,
  gapSeed: 1,
  monthly: true,
};

describe('a made workload', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'workload-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const write = (name: string, change: Partial<Workload> = {}): WorkloadCounts =>
    writeWorkload(join(folder, name), { ...WORKLOAD, ...change });
  const filesOf = (name: string) =>
    Object.fromEntries(
      readdirSync(join(folder, name)).map((file) => [file, readFileSync(join(folder, name, file), 'utf8')]),
    );
  const rowsOf = (text: string) => text.split('\r\n').slice(2, -1);

  it('is the same bytes for the same values', () => {
    write('one');
    write('again');
    expect(filesOf('again')).toEqual(filesOf('one'));
  });

  it('is different bytes for another seed', () => {
    write('one');
    write('other', { seed: 2 });
    expect(filesOf('other')).not.toEqual(filesOf('one'));
  });

  it('has the same values wherever two workloads that differ only in their gaps both measured', () => {
    write('one', { monthly: false });
    write('other', { monthly: false, gapSeed: 2 });
    const [one, other] = ['one', 'other'].map(
      (name) =>
        // The doubled hour of 2024-10-27 has one label for two readings.
        new Map(
          Object.entries(filesOf(name)).flatMap(([file, text]) =>
            rowsOf(text)
              .filter((row) => !/27.*,2:/.test(row))
              .map((row) => [`${file} ${row.split(',', 2).join()}`, row] as const),
          ),
        ),
    ) as [Map<string, string>, Map<string, string>];
    const shared = [...one.keys()].filter((key) => other.has(key));
    expect(shared.length).toBeGreaterThan(40_000);
    expect(shared.filter((key) => one.get(key) !== other.get(key))).toEqual([]);
    expect([...other.keys()].filter((key) => !one.has(key)).length).toBeGreaterThan(100);
  });

  it('counts the lines it wrote', () => {
    const { files, lines } = write('one');
    const written = Object.values(filesOf('one')).map((text) => rowsOf(text).length);
    expect({ files, lines }).toEqual({ files: written.length, lines: written.reduce((a, b) => a + b, 0) });
  });

  it('has an export for each local month, which goes back over the last two days of the previous one', () => {
    write('one');
    const texts = filesOf('one');
    expect(Object.keys(texts).filter((name) => name.includes('493D'))).toEqual([
      'ThermoProSensor_export_493D_20241031.csv',
      'ThermoProSensor_export_493D_20241102.csv',
    ]);
    const second = rowsOf(texts['ThermoProSensor_export_493D_20241102.csv']!);
    expect(second[0]).toMatch(/^10\/30\/2024,0:0/);
  });

  it('writes day and month in both orders, with and without seconds, under both names of the app', () => {
    write('one');
    const texts = filesOf('one');
    const firstDays = Object.values(texts).map((text) => rowsOf(text)[0]!.split(',')[0]);
    expect(new Set(firstDays)).toEqual(new Set(['25/10/2024', '10/25/2024', '30/10/2024', '10/30/2024']));
    const secondsOf = new Set(Object.values(texts).map((text) => rowsOf(text)[0]!.split(',')[1]!.split(':').length));
    expect(secondsOf).toEqual(new Set([2, 3]));
    expect(Object.keys(texts).some((name) => name.startsWith('TempProSensor_export_B020'))).toBe(true);
  });
});
