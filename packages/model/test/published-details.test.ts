import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { checkConfiguration, loadConfiguration } from '../src/seeds/configuration';

const SEEDS = fileURLToPath(new URL('../../../seeds', import.meta.url));

let seeds: string;
beforeEach(async () => {
  seeds = join(await mkdtemp(join(tmpdir(), 'published-')), 'seeds');
  await cp(SEEDS, seeds, { recursive: true });
});
afterEach(() => rm(join(seeds, '..'), { recursive: true, force: true }));

async function change(seed: string, edit: (text: string) => string): Promise<void> {
  const path = join(seeds, `${seed}.csv`);
  await writeFile(path, edit(await readFile(path, 'utf8')));
}

/** Adds columns to a seed: labels to its header, and the fields to its first row; the other rows leave them out. */
const widen = (seed: string, labels: string, fields: string) =>
  change(seed, (text) => {
    const [header, first, ...rest] = text.split('\n');
    return [`${header},${labels}`, `${first},${fields}`, ...rest].join('\n');
  });

const listed = (...rows: string[]) =>
  writeFile(join(seeds, 'columns.csv'), ['table,column,type,meaning,unit', ...rows, ''].join('\n'));

const mistakes = async () =>
  (await checkConfiguration(seeds)).findings.map(({ file, line, column }) => `${file}:${line ?? '-'}:${column ?? '-'}`);

describe('public details in the seeds', () => {
  test('are only names if there are no further columns', async () => {
    const { published } = await loadConfiguration(seeds);
    expect(published.columns).toEqual([]);
    expect([...published.places.values()].every((fields) => fields.size === 0)).toBe(true);
    expect(published.sensors.some(({ fields }) => fields.size > 0)).toBe(false);
  });

  test('cover the fixed columns of places, and the further columns that are listed', async () => {
    await widen('location_map', 'floor,latitude,area,tenant', '1,50.07,21.5,A Person');
    await listed('dim_location,area,number,floor area,m²');
    const { published } = await loadConfiguration(seeds);
    expect(Object.fromEntries(published.places.get('SM2_01_L1_01')!)).toEqual({
      floor: '1',
      latitude: '50.07',
      area: '21.5',
    });
    expect(published.columns).toEqual([
      { table: 'dim_location', name: 'area', type: 'number', meaning: 'floor area', unit: 'm²' },
    ]);
  });

  test('cover the place, period and listed columns of sensors, never their names', async () => {
    await widen('mapping_indoor', 'model,serial', 'TP357,12345');
    await listed('dim_sensor,model,text,model of the sensor,');
    const { published } = await loadConfiguration(seeds);
    const hall = published.sensors.filter(({ location }) => location === 'SM2_01_L1_01');
    expect(hall.map(({ source, fields }) => [source, Object.fromEntries(fields)])).toEqual([
      ['ThermoPro', { model: 'TP357' }],
    ]);
    expect(JSON.stringify(published.sensors.map((one) => [...Object.values(one), ...one.fields]))).not.toMatch(
      /493D|12345/,
    );
  });

  test('cover the providers of sources, and how often their sensors are read', async () => {
    await change('datasources_config', (text) => {
      const [header, first, second, ...rest] = text.split('\n');
      return [`${header},provider,licence,expected_interval`, `${first},The association,,10m`, second, ...rest].join(
        '\n',
      );
    });
    const { published } = await loadConfiguration(seeds);
    expect(published.sources.get('Atrea')).toEqual({
      fields: new Map([['provider', 'The association']]),
      expectedInterval: 600_000,
    });
    expect(published.sources.get('ThermoPro')).toEqual({ fields: new Map(), expectedInterval: undefined });
  });
});

describe('a mistake is found at its file, row and column', () => {
  test.each<[string, readonly string[], readonly string[]]>([
    ['a column that no seed has', ['dim_location,colour,text,colour of the door,'], ['columns.csv:2:column']],
    ['a column of another dimension', ['dim_sensor,area,number,area,m²'], ['columns.csv:2:column']],
    [
      'an internal name',
      ['dim_location,from,text,name,', 'dim_sensor,sensor,text,id,'],
      ['columns.csv:2:column', 'columns.csv:3:column'],
    ],
    ['a column that the dimension has', ['dim_location,data_keys,text,keys,'], ['columns.csv:2:column']],
    [
      'a column twice',
      ['dim_location,area,number,area,m²', 'dim_location,area,text,area,'],
      ['columns.csv:3:table+column'],
    ],
    ['another table', ['dim_room,area,number,area,m²'], ['columns.csv:2:table']],
    ['another type', ['dim_location,area,float,area,m²'], ['columns.csv:2:type']],
    ['no meaning', ['dim_location,area,number,,m²'], ['columns.csv:2:meaning']],
    ['a field that is not of the type', ['dim_location,area,integer,area,m²'], ['location_map.csv:2:area']],
    ['a day that does not exist', ['dim_location,since,date,in use since,'], ['location_map.csv:2:since']],
  ])('%s', async (_, rows, expected) => {
    await widen('location_map', 'area,since', '21.5,2024-02-30');
    await listed(...rows);
    expect(await mistakes()).toEqual(expected.map((one) => `seeds/${one}`));
  });

  test.each([
    ['mapping_indoor', 'model', []],
    ['location_map', 'room', []],
    ['location_map', 'lattitude', ['seeds/location_map.csv:1:lattitude']],
    ['location_map', 'Floor', ['seeds/location_map.csv:1:Floor']],
    ['exclusions', 'note', ['seeds/exclusions.csv:1:note']],
  ])('a column of %s called %s', async (seed, label, expected) => {
    await change(seed, (text) => text.replace('\n', `,${label}\n`));
    expect(await mistakes()).toEqual(expected);
  });

  test('a period whose name is misspelt, which the sensor would lose silently', async () => {
    await change('mapping_indoor', (text) => text.replace('valid_from', 'valid_form'));
    expect(await mistakes()).toEqual(['seeds/mapping_indoor.csv:1:valid_form']);
  });

  test.each(['91', '50,07', 'north', '-90.5'])('a latitude of %s', async (latitude) => {
    await widen('location_map', 'latitude', `"${latitude}"`);
    expect(await mistakes()).toEqual(['seeds/location_map.csv:2:latitude']);
  });
});

test.each(['fact_hourly', 'dim_location', 'agg_daily_2024', 'files'])(
  'a dataset cannot be called %s, as other files are',
  async (name) => {
    await change('dataset', (text) => text.replace('sm2_public_dataset', name));
    expect(await mistakes()).toEqual(['seeds/dataset.csv:2:value']);
  },
);
