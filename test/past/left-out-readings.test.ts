import { appendFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Building, newBuilding } from '../support/building';
import type { Ended } from '../support/command-line';
import { samples, thermoPro } from '../support/made-exports';
import { projectWith } from '../support/project';
import { readDataset } from '../support/published';

const ROW =
  'meteo,Meteo,csv,sm2drive:Meteo/Upload,meteo_*.csv,time;location;temp;dew;gust,,,time,%Y-%m-%d %H:%M:%S,UTC';
/** Praha is listed and has no public name; in October it is the only place. */
const OCTOBER = 'time,location,temp,dew,gust\n2024-10-31 10:00:00,Praha,1.5,,\n';
const NOVEMBER =
  'time,location,temp,dew,gust\n2024-11-01 10:00:00,Praha,2.5,,\n2024-11-01 10:00:00,Yard,3.5,0.5,7\n2024-11-01 11:00:00,Yard,4.5,,\n';
/** A later export, with a correction: it has to win still when the others come back. */
const CORRECTED = 'time,location,temp,dew,gust\n2024-11-01 11:00:00,Yard,5.5,,\n';

const EXCLUSION = 'indoor,SM2_01_L1_01,temp_indoor,2024-10-30T10:00:00Z,2024-10-30T11:00:00Z,tried';

const union = (label: string, key: string) =>
  `union all by name select "timestamp", location, '${key}' as measurement, ${label} as value, source, datasource_id, sensor, file, ordinal, line from {{ ref('stg_meteo') }}\n`;

describe.skipIf(!process.env.DBT_PYTHON)('readings that the seeds left out', () => {
  let scratch: Building;
  let building: Building;
  let project: string;
  let first: Ended;
  let hours: readonly string[];
  const outcomes: Ended[] = [];
  const edit = async (path: string, change: (text: string) => string) => {
    const file = join(project, ...path.split('/'));
    const before = await readFile(file, 'utf8');
    const after = change(before);
    if (after === before) throw new Error(`the change of ${path} changes nothing`);
    await writeFile(file, after);
  };
  const readHours = async () =>
    (await readDataset(building.warehouse)).map(
      ({ time, location, data_key, data_value }) => `${time} ${location} ${data_key} ${data_value}`,
    );
  /** The commands that the findings of a code name, word by word. */
  const commandsOf = (code: string) =>
    [
      ...first.stderr.matchAll(
        new RegExp(`^(?:warning|info) ${code} .*\`warehouse (backfill [^\`]*)\` adds them`, 'gm'),
      ),
    ].map(([, command]) => command!);
  let before: readonly string[];
  let excluded: Ended | undefined;
  let included: readonly string[];

  beforeAll(async () => {
    scratch = await newBuilding();
    project = await projectWith(join(scratch.folder, 'project'), {
      datasources_config: (text) => `${text.trimEnd()}\n${ROW}\n`,
      location_map: (text) => `${text.trimEnd()}\nYard,Yard\n`,
      quality_thresholds: (text) => `${text.trimEnd()}\nmeteo,null_share,,\n`,
      exclusions: (text) => `${text.trimEnd()}\n${EXCLUSION}\n`,
      mapping_indoor: (text) => text.replace('493D,SM2_01_L1_01,,', '493D,SM2_01_L1_01,,2024-10-30T12:00:00Z'),
    });
    const model = join(project, 'models');
    await writeFile(join(model, '0_landing', 'landing_meteo_raw.sql'), `{{ landing('meteo') }}\n`);
    await writeFile(
      join(model, '1_staging', 'stg_meteo.sql'),
      `select _time as "timestamp", location, "temp", dew, gust, 'Meteo' as source, 'meteo' as datasource_id, location as sensor, _file as file, _ordinal as ordinal, _line as line from {{ ref('landing_meteo_raw') }}\n`,
    );
    await appendFile(
      join(model, '2_marts', 'fct_sensor_readings.sql'),
      union('"temp"', 'temp_ambient') + union('dew', 'dew_point'),
    );
    building = await newBuilding(project);
    await mkdir(join(building.drive, 'Meteo', 'Upload'), { recursive: true });
    const upload = (name: string, text: string) => writeFile(join(building.drive, 'Meteo', 'Upload', name), text);
    await upload('meteo_1.csv', OCTOBER);
    await upload('meteo_2.csv', NOVEMBER);
    await building.upload(
      'Indoor',
      thermoPro('493D', samples('2024-10-30T10:00:00Z', '2024-10-30T14:00:00Z', 60, [11, 12])),
    );
    first = await building.run('run');
    if (first.code !== 0) throw new Error(first.stderr);
    await upload('meteo_3.csv', CORRECTED);
    await building.run('run');
    before = await readHours();
    await edit('seeds/location_map.csv', (text) => `${text.trimEnd()}\nPraha,Praha\n`);
    await edit(
      'seeds/data_keys.csv',
      (text) => `${text.trimEnd()}\ndew_point,nonadditive,°C,temperature,,,dew point\n`,
    );
    await edit('seeds/data_keys.csv', (text) => `${text.trimEnd()}\ngust,nonadditive,m/s,speed,,,gusts\n`);
    await edit('seeds/mapping_indoor.csv', (text) => text.replace(',2024-10-30T12:00:00Z', ','));
    await edit('models/2_marts/fct_sensor_readings.sql', (text) => text + union('gust', 'gust'));
    await edit('seeds/exclusions.csv', (text) => text.replace(`${EXCLUSION}\n`, ''));
    for (const command of commandsOf('excluded')) {
      const [name, ...options] = command.split(' ') as [string, ...string[]];
      excluded = await building.run(name, options);
    }
    included = await readHours();
    const codes = ['location-not-listed', 'data-key-not-declared', 'column-not-united', 'sensor-outside-its-validity'];
    for (const command of new Set(codes.flatMap(commandsOf))) {
      const [name, ...options] = command.split(' ') as [string, ...string[]];
      outcomes.push(await building.run(name, options));
    }
    hours = await readHours();
  }, 300_000);
  afterAll(async () => {
    for (const one of [building, scratch]) await one.remove();
  });

  test('are reported with the command that adds them', () => {
    expect(`${first.code} ${first.stderr}`).toMatch(/^0 /);
    expect(commandsOf('location-not-listed')).toEqual([
      'backfill --datasource meteo --from 2024-10 --to 2024-10 --mode rebuild',
      'backfill --datasource meteo --from 2024-11 --to 2024-11 --mode rebuild',
    ]);
    expect(before.filter((hour) => hour.includes('Praha'))).toEqual([]);
  });

  test('come back with that command when the seeds are right, and nothing else changes', () => {
    expect(outcomes.map(({ code, stderr }) => (code === 0 ? 0 : stderr))).toEqual([0, 0, 0]);
    expect(hours.filter((hour) => !before.includes(hour)).sort()).toEqual(
      [
        // Of a location that was not listed: of a month with others, and of one that was not there at all.
        '2024-10-31T10:00:00Z Praha temp_ambient 1.5',
        '2024-11-01T10:00:00Z Praha temp_ambient 2.5',
        // Of a data_key that was not declared, and of a column that no model united.
        '2024-11-01T10:00:00Z Yard dew_point 0.5',
        '2024-11-01T10:00:00Z Yard gust 7',
        // After the end of a sensor's row.
        ...hours.filter((hour) => /^2024-10-30T1[23]|^2024-10-30T10.* temp_indoor/.test(hour)),
      ].sort(),
    );
    expect(hours.filter((hour) => /^2024-10-30T1[23]/.test(hour))).toHaveLength(4);
    expect(before.filter((hour) => !hours.includes(hour))).toEqual([]);
  });

  test('or an exclusion took out are counted again by the command that its finding names', () => {
    expect(excluded?.code).toBe(0);
    const isTried = (hour: string) => /^2024-10-30T10.* temp_indoor/.test(hour);
    expect([before.filter(isTried).length, included.filter(isTried).length]).toEqual([0, 1]);
  });

  test('do not bring an older value back over a newer one', () => {
    expect(hours).toContain('2024-11-01T11:00:00Z Yard temp_ambient 5.5');
  });
});
