import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBConnection } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { NOW } from '../main-job/building';
import { type Ended, warehouse } from '../main-job/command-line';
import { projectWith } from '../main-job/project';
import { fileTree } from '../main-job/published';

/** A boiler of our own making: Windows-1250, decimal commas, a title above the header, a column that nobody wants. */
function boiler(hours: number): Buffer {
  const rows = Array.from({ length: hours * 6 }, (_, i) => {
    const at = new Date(Date.UTC(2024, 9, 25) + i * 600_000).toISOString();
    const supply = (55 + (i % 40) / 10).toFixed(1).replace('.', ',');
    const back = i % 97 === 5 ? '---' : (41 + (i % 17) / 10).toFixed(1).replace('.', ',');
    return `${at.slice(8, 10)}.${at.slice(5, 7)}.${at.slice(0, 4)} ${at.slice(11, 16)};${supply};${back};v chodu`;
  });
  const text = ['Kotelna A', 'Datum a čas;Výstup (°C);Zpátečka (°C);Stav', ...rows, ''].join('\r\n');
  const letters = new Map(
    Array.from({ length: 256 }, (_, byte) => [new TextDecoder('windows-1250').decode(Uint8Array.of(byte)), byte]),
  );
  return Buffer.from([...text].map((letter) => letters.get(letter)!));
}

const OPTIONS = ['--location', 'sm2drive:Boiler/Upload', '--timezone', 'Europe/Prague', '--encoding', 'windows-1250'];

let folder: string;
let project: string;
let before: Record<string, string>;
const sample = (name: string) => join(folder, name);
const add = (words: readonly string[]) => warehouse(['add-datasource', '--project', project, '--now', NOW, ...words]);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'samples-'));
  project = await projectWith(join(folder, 'project'), {});
  before = await fileTree(project);
  await writeFile(sample('boiler_2024-10.csv'), boiler(96));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('warehouse add-datasource', () => {
  test('without a person to ask lists everything that is missing at once, with what it proposes', async () => {
    const { code, stderr } = await add([sample('boiler_2024-10.csv')]);
    expect(code).toBe(3);
    const [, list = ''] = stderr.split('is missing:\n');
    expect(list.match(/--[a-z-]+/g)).toEqual(
      [
        'location',
        'timezone',
        'encoding',
        'id',
        'name',
        'pattern',
        'column',
        'column',
        'ignore',
        'data-key',
        'data-key',
      ]
        .concat('public-name', 'help')
        .map((flag) => `--${flag}`),
    );
    expect(list).toContain('windows-1250  windows-1252');
    expect(list).toContain("--column 'Výstup (°C)=vystup@boiler'");
    expect(await fileTree(project)).toEqual(before);
  });

  test('with --yes still asks for what nothing suggests', async () => {
    const { code, stderr } = await add([sample('boiler_2024-10.csv'), '--yes', '--encoding', 'windows-1250']);
    expect(code).toBe(3);
    expect(stderr.split('is missing:\n')[1]!.match(/--[a-z-]+/g)).toEqual(['--location', '--timezone', '--help']);
  });

  test('names all wrong options at once', async () => {
    const { stderr } = await add([
      ...[
        sample('boiler_2024-10.csv'),
        ...OPTIONS,
        '--timezone',
        'Prague',
        '--id',
        'indoor',
        '--column',
        'Nic=temp_indoor@x',
      ],
      ...[
        '--pattern',
        'kotel*',
        '--column',
        'Stav=temp_indoor@boiler',
        '--column',
        'Výstup (°C)=humidity_indoor@boiler',
      ],
    ]);
    for (const wrong of [
      '--id "indoor" is taken',
      '--timezone "Prague" is no IANA time zone',
      '--pattern "kotel*" does not fit "boiler_2024-10.csv"',
      'there is no "Nic", only "Výstup (°C)", "Zpátečka (°C)", "Stav"',
      'its cells are no numbers but texts such as "v chodu"',
      'it is in °C, and humidity_indoor in %; nothing is converted by itself',
    ])
      expect(stderr).toContain(wrong);
  });

  test('leaves the project as it was when a sample would be refused', async () => {
    const cut = boiler(2);
    await writeFile(sample('cut_1.csv'), cut.subarray(0, cut.length - 2));
    const { code, stderr } = await add([sample('cut_1.csv'), ...OPTIONS, '--yes']);
    expect(code).toBe(2);
    expect(stderr).toContain('code=sample-refused');
    expect(stderr).toContain('error truncated-file [cut] cut_1.csv');
    expect(await fileTree(project)).toEqual(before);
  });
});

describe.skipIf(!process.env.DBT_PYTHON)('warehouse add-datasource with --yes, for a wide export,', () => {
  let ended: Ended;
  let duckdb: DuckDBConnection;

  beforeAll(async () => {
    ended = await add([sample('boiler_2024-10.csv'), ...OPTIONS, '--yes', '--json']);
    duckdb = await DuckDBConnection.create();
  }, 60_000);
  afterAll(() => duckdb.closeSync());

  test('writes the row, its mapping, what is new, its models and its contract, and nothing else', async () => {
    expect(`${ended.code} ${ended.stderr}`).toMatch(/^0 /);
    const after = await fileTree(project);
    const changed = Object.keys(after).filter((path) => after[path] !== before[path]);
    expect(changed.sort()).toEqual([
      'models/0_landing/_sources.yml',
      'models/0_landing/landing_boiler_raw.sql',
      'models/1_staging/stg_boiler.sql',
      'models/2_marts/fct_sensor_readings.sql',
      'seeds/contracts/boiler.json',
      'seeds/data_keys.csv',
      'seeds/datasources_config.csv',
      'seeds/ignored_columns.csv',
      'seeds/location_map.csv',
      'seeds/mapping_boiler.csv',
      'seeds/mapping_boiler.yml',
    ]);
    expect(await readFile(join(project, 'seeds', 'datasources_config.csv'), 'utf8')).toContain(
      '\nboiler,boiler,csv,sm2drive:Boiler/Upload,boiler_*.csv,Datum a čas,temperature,,,%d.%m.%Y %H:%M,Europe/Prague,;,",",windows-1250,---,1,,,,,\n',
    );
  });

  test('shows the first hours, as DuckDB computes them from the sample', async () => {
    const { hours } = JSON.parse(ended.stdout).tried;
    const text = new TextDecoder('windows-1250').decode(boiler(96));
    await writeFile(sample('utf8.csv'), text);
    const sql = `
      with cells as (
        unpivot (select strptime("Datum a čas", '%d.%m.%Y %H:%M') at time zone 'Europe/Prague' as t,
                   "Výstup (°C)" as vystup, "Zpátečka (°C)" as zpatecka
                 from read_csv('${sample('utf8.csv')}', skip = 1, delim = ';', header = true, all_varchar = true))
        on vystup, zpatecka into name data_key value cell)
      select strftime(date_trunc('hour', t at time zone 'UTC'), '%Y-%m-%dT%H:%MZ') as hour, data_key,
        avg(cast(replace(cell, ',', '.') as double)) as value, count(*) as readings
      from cells where cell <> '---' group by all order by hour, data_key`;
    const expected = (await duckdb.runAndReadAll(sql)).getRowObjectsJson();
    expect(hours.count).toBe(expected.length);
    expect(hours.first.length).toBe(12);
    for (const [i, hour] of hours.first.entries()) {
      expect(hour).toMatchObject({
        location: 'boiler',
        source: 'boiler',
        hour: expected[i]!.hour,
        dataKey: expected[i]!.data_key,
      });
      expect(hour.value).toBeCloseTo(Number(expected[i]!.value), 9);
      expect(hour.readings).toBe(Number(expected[i]!.readings));
    }
  });

  test('is not added twice', async () => {
    const { code, stderr } = await add([sample('boiler_2024-10.csv'), ...OPTIONS, '--yes', '--id', 'boiler']);
    expect(code).toBe(3);
    expect(stderr).toContain('--id "boiler" is taken');
  });
});
