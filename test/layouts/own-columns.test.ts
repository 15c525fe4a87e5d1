import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readExport } from '@sensor-warehouse/intake/read-export';
import { newRoom } from '@sensor-warehouse/intake/text/text-file';
import { findingLine } from '@sensor-warehouse/model/findings/finding-text';
import { checkConfiguration } from '@sensor-warehouse/model/seeds/configuration';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { seedsWith } from '../support/configured-source';
import { readParquet } from '../support/published';

const NOW = Date.parse('2024-12-31T00:00:00Z');

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'own-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Our seeds with one more datasource that has no mapping seed. */
async function configured(row: Readonly<Record<string, string>>) {
  const seeds = await seedsWith(folder, { fileName: '', mapping: '', row: { ...row, mapping: '' } });
  await rm(join(seeds, 'mapping_shape.csv'));
  return checkConfiguration(seeds);
}

/** What lands of a text. */
async function landed(row: Readonly<Record<string, string>>, text: string) {
  const { configuration, findings } = await configured(row);
  expect(findings.map(findingLine)).toEqual([]);
  const datasource = configuration!.datasources.find(({ id }) => id === 'shape')!;
  const path = join(folder, 'raw');
  await writeFile(path, text);
  const { counts, findings: doubts } = await readExport(
    { path, name: 'shape.csv', ordinal: 7 },
    datasource,
    join(folder, 'landing'),
    NOW,
    newRoom(),
  );
  expect(doubts.filter(({ severity }) => severity === 'error')).toEqual([]);
  return { counts, rows: await readParquet(join(folder, 'landing-000.parquet')) };
}

describe('the landing of a source without mapping seeds', () => {
  test('has its required columns: the time, the name of the place, and numbers', async () => {
    const row = { required_columns: 'timestamp;Station;temp;Batt;humidity', timezone: 'UTC' };
    const { rows, counts } = await landed(
      row,
      'humidity,timestamp,Station,temp,Batt\n50,2024-10-27 01:00:00, Praha ,280.5,3\n,2024-10-27 02:00:00,Brno,281,3\n',
    );
    const time = (hour: number) => new Date(Date.UTC(2024, 9, 27, hour));
    // A column that is listed as ignored is there, for the models name it, and empty.
    expect(rows).toEqual([
      {
        _time: time(1),
        _ordinal: 7,
        _line: 2,
        timestamp: time(1),
        Station: 'Praha',
        temp: 280.5,
        Batt: null,
        humidity: 50,
      },
      {
        _time: time(2),
        _ordinal: 7,
        _line: 3,
        timestamp: time(2),
        Station: 'Brno',
        temp: 281,
        Batt: null,
        humidity: null,
      },
    ]);
    expect(counts).toMatchObject({ cells: 6, readings: 3, empty: 1, ignored: 2 });
  });

  test('has the names of a row for each reading', async () => {
    const row = {
      layout: 'long',
      required_columns: 't;who;what;is',
      datetime_format: '%s',
      sensor_column: 'who',
      quantity_column: 'what',
      value_column: 'is',
    };
    const { rows } = await landed(row, 't,who,what,is\n1730000000,a,temp,1.5\n1730000000,b,noise,2\n');
    expect(rows.map(({ who, what, is }) => [who, what, is])).toEqual([
      ['a', 'temp', 1.5],
      ['b', 'noise', 2],
    ]);
  });

  test('has the columns of a row for each sensor', async () => {
    const row = { layout: 'long', required_columns: 't;who;temp;noise', datetime_format: '%s', sensor_column: 'who' };
    const { rows, counts } = await landed(row, 't,who,temp,noise\n1730000000,a,1.5,40\n1730000000,b,2,\n');
    expect(rows.map(({ who, temp, noise }) => [who, temp, noise])).toEqual([
      ['a', 1.5, 40],
      ['b', 2, null],
    ]);
    expect(counts.readings).toBe(3);
  });
});

describe('a source without mapping seeds', () => {
  test.each([
    [
      'requires columns of values',
      { required_columns: 'timestamp;location' },
      /:mapping: the source has no mapping seed, and requires no column of values/,
    ],
    [
      'has labels that SQL can tell apart',
      { required_columns: 'timestamp;Temp;temp' },
      /:required_columns: models cannot distinguish the columns of the source; found "temp"/,
    ],
    ['has labels that are not ours', { required_columns: 'timestamp;_line' }, /:required_columns: .*found "_line"/],
    [
      'is not one of a file for each sensor',
      { required_columns: 'timestamp;temp', layout: 'file-per-sensor' },
      /seeds\/mapping_shape\.csv does not exist/,
    ],
  ])('%s', async (_, row, expected) => {
    const { findings } = await configured(row);
    expect(findings.map(findingLine)).toEqual([expect.stringMatching(expected)]);
  });
});
