import { appendFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Building, newBuilding } from '../support/building';
import type { Ended } from '../support/command-line';
import { projectWith } from '../support/project';
import { fileTree, type PublishedRow, readDataset } from '../support/published';

const ROW =
  'weather,Weather,json,sm2drive:Weather,weather_*.json,at=dt;city=name;temp=main.temp;humidity=main.humidity,temperature,long,at,%s,,,,,,,mapping_weather;mapping_weather_sensors,1,,,,city';
const record = (dt: number, temp: unknown, humidity: number) => ({ dt, name: 'Prague', main: { temp, humidity } });
/** A station that has no temperature says so in a way that the source does not know. */
const DOCUMENT = JSON.stringify([
  ...Array.from({ length: 20 }, (_, i) => record(1732788000 + 60 * i, 4.5, 60)),
  record(1732791600, 'n/a', 70),
]);

describe.skipIf(!process.env.DBT_PYTHON)('a document of JSON of which one record was quarantined', () => {
  let scratch: Building;
  let building: Building;
  let entry: string;
  let before: readonly PublishedRow[];
  let after: readonly PublishedRow[];
  let again: Ended;
  let replayed: Ended;
  let next: Ended;
  let twice: Ended;

  beforeAll(async () => {
    scratch = await newBuilding();
    const project = await projectWith(join(scratch.folder, 'project'), {
      datasources_config: (text) => `${text.trimEnd().replace(/enabled$/m, 'enabled,sensor_column')}\n${ROW}\n`,
      location_map: (text) => `${text.trimEnd()}\nPrague,Prague\n`,
    });
    const seed = (name: string, text: string) => writeFile(join(project, 'seeds', `${name}.csv`), text);
    await seed('mapping_weather', 'column,data_key\ntemp,temp_ambient\nhumidity,humidity_ambient\n');
    await seed('mapping_weather_sensors', 'sensor,location\nPrague,Prague\n');
    await writeFile(join(project, 'models', '0_landing', 'landing_weather_raw.sql'), `{{ landing('weather') }}\n`);
    await writeFile(
      join(project, 'models', '1_staging', 'stg_weather.sql'),
      `{{ long_readings('weather', ref('landing_weather_raw'), ref('mapping_weather'), sensor_column='city', sensors=ref('mapping_weather_sensors')) }}\n`,
    );
    await appendFile(
      join(project, 'models', '2_marts', 'fct_sensor_readings.sql'),
      `union all by name\nselect * from {{ ref('stg_weather') }}\n`,
    );
    building = await newBuilding(project);
    await mkdir(join(building.drive, 'Weather'));
    await writeFile(join(building.drive, 'Weather', 'weather_1.json'), DOCUMENT);
    await building.run('run');
    before = await readDataset(building.warehouse);
    const tree = Object.keys(await fileTree(building.warehouse));
    entry = tree.find((path) => path.startsWith('quarantine/weather/') && path.endsWith('.report.json'))!;
    again = await building.run('replay', [entry]);
    const config = join(project, 'seeds', 'datasources_config.csv');
    await writeFile(config, (await readFile(config, 'utf8')).replace(ROW, ROW.replace('%s,,,,,', '%s,,,,,n/a')));
    replayed = await building.run('replay', [entry]);
    next = await building.run('run', ['--now', '2024-11-30T12:00:00Z']);
    after = await readDataset(building.warehouse);
    twice = await building.run('replay', [entry]);
  }, 120_000);
  afterAll(async () => {
    await building.remove();
    await scratch.remove();
  });

  test('is kept as a whole, and has the other record published', () => {
    expect(entry).toMatch(/weather_1\.json\.report\.json$/);
    expect(weatherOf(before)).toEqual([
      ['2024-11-28T10:00:00Z', 'humidity_ambient', 60, 20],
      ['2024-11-28T10:00:00Z', 'temp_ambient', 4.5, 20],
    ]);
  });

  test('is not put back while it is read no better than before', () => {
    expect(again.code).toBe(2);
    expect(again.stdout).toContain('still refused; nothing was changed');
  });

  test('is put back when the source knows how to read the record: nothing is counted twice', () => {
    expect(`${replayed.code} ${replayed.stdout}`).toMatch(/^0 .*lines 21 = landed 21 \+ quarantined 0/);
    expect(`${next.code} ${next.stderr}`).toMatch(/^0 /);
    expect(weatherOf(after)).toEqual([
      ['2024-11-28T10:00:00Z', 'humidity_ambient', 60, 20],
      ['2024-11-28T10:00:00Z', 'temp_ambient', 4.5, 20],
      ['2024-11-28T11:00:00Z', 'humidity_ambient', 70, 1],
    ]);
  });

  test('is not put back twice', () => {
    expect(twice.code).toBe(0);
    expect(twice.stdout).toContain('already handed over; there is nothing to do');
  });
});

function weatherOf(rows: readonly PublishedRow[]): unknown[] {
  return rows
    .map(({ time, data_key, data_value, n }) => [time, data_key, data_value, n])
    .sort((a, b) => (String(a) < String(b) ? -1 : 1));
}
