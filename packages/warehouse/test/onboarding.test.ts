import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Datasource, loadConfiguration } from '@sensor-warehouse/model/seeds/configuration';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { cutPair } from '../src/onboarding/given';
import { modelChanges, seedChanges } from '../src/onboarding/project-changes';
import { idFor, patternFor, slugOf } from '../src/onboarding/proposals';
import type { SourcePlan } from '../src/onboarding/source-plan';
import { replaceFiles } from '../src/project/replace-files';

/** One of our sources under another id: its models are written the same way. */
async function meters(): Promise<Datasource> {
  const { datasources } = await loadConfiguration(fileURLToPath(new URL('../../../seeds', import.meta.url)));
  return { ...datasources[0]!, id: 'meters' };
}

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'project-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const put = async (path: string, text: string) => {
  await mkdir(join(folder, path, '..'), { recursive: true });
  await writeFile(join(folder, path), text);
};

describe('the files of a project', () => {
  const CHANGES = [
    { path: 'a.csv', before: 'one\n', after: 'one\ntwo\n' },
    { path: 'new/b.sql', before: '', after: 'select 1\n' },
  ];

  test('are replaced together, new ones in new folders', async () => {
    await put('a.csv', 'one\n');
    await replaceFiles(folder, CHANGES, 'add-datasource');
    expect((await readdir(folder, { recursive: true })).sort()).toEqual(['a.csv', 'new', 'new/b.sql']);
    for (const { path, after } of CHANGES) expect(await readFile(join(folder, path), 'utf8')).toBe(after);
  });

  test('stay as they were if one of them was changed meanwhile', async () => {
    await put('a.csv', 'one\n');
    await put('new/b.sql', 'select 2\n');
    await expect(replaceFiles(folder, CHANGES, 'add-datasource')).rejects.toThrow('code=project-not-written');
    expect(await readFile(join(folder, 'a.csv'), 'utf8')).toBe('one\n');
    expect(await readFile(join(folder, 'new/b.sql'), 'utf8')).toBe('select 2\n');
    expect((await readdir(folder, { recursive: true })).sort()).toEqual(['a.csv', 'new', 'new/b.sql']);
  });

  test('stay as they were if a folder is in the place of a file', async () => {
    await put('a.csv', 'one\n');
    await put('c.csv/inside', '');
    const blocked = { path: 'c.csv', before: '', after: 'x' };
    const read = [...CHANGES, blocked];
    await expect(replaceFiles(folder, read, 'add-datasource')).rejects.toThrow('nothing was changed');
    expect(await readFile(join(folder, 'a.csv'), 'utf8')).toBe('one\n');
    expect(await readdir(folder)).toContain('c.csv');
    expect((await readdir(folder, { recursive: true })).filter((path) => /added|b\.sql/.test(path))).toEqual([]);
  });
});

describe('the changes of a project for a new source', () => {
  const plan: SourcePlan = {
    id: 'meters',
    layout: 'wide',
    row: {
      datasource_id: 'meters',
      name: 'Meters',
      type: 'csv',
      location: 'mydrive:Meters',
      file_pattern: 'm*.csv',
      required_columns: 'Time',
      data_type: 'energy',
      delimiter: ';',
      timezone: 'Europe/Prague',
    },
    columns: [{ label: 'Flat 1, total', dataKey: 'energy_heat', location: 'flat_1' }],
    sensors: [],
    ignored: [],
    dataKeys: [],
    publicNames: [],
  };

  beforeEach(async () => {
    await put(
      'seeds/datasources_config.csv',
      'datasource_id,name,type,location,file_pattern,required_columns,data_type\na,A,csv,x:y,*,T,t\n',
    );
    await put('models/2_marts/fct_sensor_readings.sql', "select * from {{ ref('stg_a') }}\n");
    await put('models/0_landing/_sources.yml', 'sources:\n  - name: raw\n    tables:\n      - name: a\n');
  });

  test('add the columns that the row needs to a configuration of seven, and quote fields with commas', async () => {
    const changes = new Map((await seedChanges(folder, plan)).map(({ path, after }) => [path, after]));
    expect(changes.get('seeds/datasources_config.csv')).toBe(
      'datasource_id,name,type,location,file_pattern,required_columns,data_type,delimiter,timezone\na,A,csv,x:y,*,T,t\nmeters,Meters,csv,mydrive:Meters,m*.csv,Time,energy,;,Europe/Prague\n',
    );
    expect(changes.get('seeds/mapping_meters.csv')).toBe(
      'data_key_original,location,data_key\n"Flat 1, total",flat_1,energy_heat\n',
    );
  });

  test('put its models next to the others, and into the union', async () => {
    const changes = new Map((await modelChanges(folder, await meters())).map(({ path, after }) => [path, after]));
    expect([...changes.keys()].sort()).toEqual([
      'models/0_landing/_sources.yml',
      'models/0_landing/landing_meters_raw.sql',
      'models/1_staging/stg_meters.sql',
      'models/2_marts/fct_sensor_readings.sql',
    ]);
    expect(changes.get('models/2_marts/fct_sensor_readings.sql')).toBe(
      "select * from {{ ref('stg_a') }}\nunion all by name\nselect * from {{ ref('stg_meters') }}\n",
    );
  });

  test('are refused if a file of the source already exists, or the union has no place for it', async () => {
    await put('seeds/mapping_meters.csv', 'data_key_original,location,data_key\n');
    await expect(seedChanges(folder, plan)).rejects.toThrow('seeds/mapping_meters.csv');
    await put('models/1_staging/stg_meters.sql', 'select 1\n');
    await expect(modelChanges(folder, await meters())).rejects.toThrow('models/1_staging/stg_meters.sql');
    await rm(join(folder, 'models/1_staging/stg_meters.sql'));
    await put('models/2_marts/fct_sensor_readings.sql', 'select 1\n');
    await expect(modelChanges(folder, await meters())).rejects.toThrow('code=no-place-for-source');
  });
});

describe('what is proposed', () => {
  test.each([
    [['Graph_sm2_01.csv'], 'Graph_sm2_*.csv', 'graph_sm2'],
    [['boiler.csv'], 'boiler*.csv', 'boiler'],
    [['export_493D_20241031.csv', 'export_CCEA_20241031.csv'], 'export_*.csv', 'export'],
    [['Měření teplot 2024-10-31.csv.gz'], 'Měření teplot *.csv.gz', 'mereni_teplot'],
    [['north_2024.csv', 'south_2024.csv'], 'north_*.csv|south_*.csv', 'north'],
    [['Bedroom_export202410011859.csv'], 'Bedroom_export*.csv', 'bedroom_export'],
    [['20241001.csv'], '*.csv', ''],
    [['a.txt', 'b 1.txt'], 'a*.txt|b *.txt', 'a'],
  ])('for files %j is the pattern %s and the id %s', (names, pattern, id) => {
    expect(patternFor(names)).toBe(pattern);
    expect(idFor(names)).toBe(id);
  });

  test('as a word has lower-case letters, digits and underscores, and begins with a letter', () => {
    expect(slugOf('2. Výstup (°C)')).toBe('vystup_c');
    expect(slugOf('°')).toBe('');
  });

  test('an option label=value is cut at the longest label that is known', () => {
    expect(cutPair('a=b=c@d', ['a', 'a=b'])).toEqual(['a=b', 'c@d']);
    expect(cutPair('x=y=z', ['a'])).toEqual(['x', 'y=z']);
    expect(cutPair('nothing', [])).toBeUndefined();
  });
});
