import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Ended, warehouse } from '../support/command-line';
import { projectWith } from '../support/project';
import { readDataset } from '../support/published';

const SAMPLE = 'cellar.csv';

/** Three readings in each of ten hours, a tenth of a degree apart. */
function sample(day: string): string {
  const rows = Array.from({ length: 30 }, (_, i) => {
    const hour = String(Math.floor(i / 3)).padStart(2, '0');
    return `${day} ${hour}:${['00', '20', '40'][i % 3]},${(20 + i / 10).toFixed(1)}`;
  });
  return `${['Time,Temperature (°C)', ...rows].join('\n')}\n`;
}

const hoursOf = (day: string) =>
  Array.from(
    { length: 10 },
    (_, hour) => `${day}T${String(hour).padStart(2, '0')} ${(20.1 + hour * 0.3).toFixed(6)} 3`,
  );

/** A source with models of its own, which the last part of the union reads by position. */
const WEATHER = {
  'models/0_landing/landing_weather_raw.sql': `{{ config(materialized='table') }}\nselect * from {{ source('raw', 'weather') }}\n`,
  'models/1_staging/stg_weather.sql': `select timestamp, location, temp - 273.15 as temperature, 'weather' as source from {{ ref('landing_weather_raw') }}\n`,
  'models/2_marts/fct_sensor_readings.sql': `UNION ALL SELECT timestamp, location, 'temperature' AS measurement, temperature AS value, source FROM {{ ref('stg_weather') }}\n`,
};

/** A new building: our project with these changes of its configuration, a folder for uploads and no warehouse yet. */
async function buildingOf(seeds: Parameters<typeof projectWith>[1]) {
  const folder = await mkdtemp(join(tmpdir(), 'first-'));
  const project = await projectWith(join(folder, 'project'), seeds);
  const uploads = join(folder, 'drive', 'Up');
  await mkdir(uploads, { recursive: true });
  await mkdir(join(folder, 'sm2'));
  await writeFile(join(folder, SAMPLE), sample('2024-10-01'));
  const remotes = ['--remote', `d=${join(folder, 'drive')}`, '--remote', `sm2drive=${join(folder, 'sm2')}`];
  return {
    project,
    add: (): Promise<Ended> =>
      warehouse([
        'add-datasource',
        '--yes',
        join(folder, SAMPLE),
        ...['--project', project, '--location', 'd:Up', '--timezone', 'UTC'],
      ]),
    /** A night in which the readings of this day were uploaded. */
    night: async (day: string): Promise<Ended> => {
      await writeFile(join(uploads, `cellar_${day}.csv`), sample(day));
      return warehouse(['run', '--project', project, ...remotes, '--warehouse', join(folder, 'warehouse')]);
    },
    models: (): Promise<Ended> => warehouse(['models', '--project', project]),
    hours: async () =>
      (await readDataset(join(folder, 'warehouse')))
        .map(({ time, data_value, n }) => `${time.slice(0, 13)} ${data_value.toFixed(6)} ${n}`)
        .sort(),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

type NewBuilding = Awaited<ReturnType<typeof buildingOf>>;
const withoutRows = (text: string) => text.replace(/\n[\s\S]*/, '\n');
const withoutVentilation = (text: string) => text.replaceAll(/^ventilation.*\n/gm, '');
const outcome = ({ code, stderr }: Ended) => `${code} ${stderr}`;

describe.skipIf(!process.env.DBT_PYTHON)('the first source of a new building', () => {
  describe('whose example sources are switched off', () => {
    let building: NewBuilding;
    beforeAll(async () => {
      building = await buildingOf({ datasources_config: (text) => text.replaceAll(/,true$/gm, ',false') });
    });
    afterAll(() => building.remove());

    test('is added, and the next night publishes its hours', async () => {
      expect(outcome(await building.add())).toMatch(/^0 /);
      expect(outcome(await building.night('2024-10-01'))).toMatch(/^0 /);
      expect(await building.hours()).toEqual(hoursOf('2024-10-01'));
    }, 120_000);
  });

  describe('whose example sources lost their rows, but not their models', () => {
    let building: NewBuilding;
    beforeAll(async () => {
      building = await buildingOf({
        datasources_config: withoutRows,
        ignored_columns: withoutVentilation,
        quality_thresholds: withoutVentilation,
      });
      for (const [path, text] of Object.entries(WEATHER))
        await writeFile(join(building.project, path), text, { flag: 'a' });
    });
    afterAll(() => building.remove());

    test('is missed by a night before it is there', async () => {
      expect(outcome(await building.night('2024-10-01'))).toMatch(
        /^3 .*\n.*no datasource is enabled; found 0 rows.*add one with warehouse add-datasource.*class=config/,
      );
    });

    test('is added, and the next night publishes its hours and names the models that are left over', async () => {
      expect(outcome(await building.add())).toMatch(/^0 /);
      const night = await building.night('2024-10-01');
      expect(outcome(night)).toMatch(/^0 /);
      expect(night.stderr.match(/^warning models-left-over .*$/gm)).toEqual([
        expect.stringMatching(
          /found models of "indoor", "openweather_history", "openweather", "ventilation", "weather"; .*remove models\/0_landing\/landing_indoor_raw\.sql, .*models\/1_staging\/stg_weather\.sql, and then the lines/,
        ),
      ]);
      expect(await building.hours()).toEqual(hoursOf('2024-10-01'));
    }, 120_000);

    test('continues when the mapping seeds of the others are removed too', async () => {
      for (const name of await readdir(join(building.project, 'seeds')))
        if (/^mapping(_indoor.*)?\.(csv|yml)$/.test(name)) await rm(join(building.project, 'seeds', name));
      expect(outcome(await building.night('2024-10-02'))).toMatch(/^0 /);
      expect(await building.hours()).toEqual([...hoursOf('2024-10-01'), ...hoursOf('2024-10-02')]);
    }, 120_000);

    test('stands alone when the models are removed as the warning says, and the lines that are named then', async () => {
      const [, files] = /otherwise remove (.*), and then/.exec((await building.models()).stdout)!;
      for (const path of files!.split(', ')) await rm(join(building.project, path));
      const { stdout } = await building.models();
      const named = [...stdout.matchAll(/^error model-missing (\S+):\d+: .*?(?:lines? )(\d+)(?: to (\d+))?/gm)];
      for (const [, path, first, last] of named.reverse())
        await removeLines(path!, Number(first), Number(last ?? first));
      expect(outcome(await building.models())).toBe('0 ');
      expect((await building.models()).stdout).toBe('every source has its models\n');
      expect(outcome(await building.night('2024-10-03'))).toMatch(/^0 (?![\s\S]*models-left-over)/);
      expect(await building.hours()).toHaveLength(30);
    }, 120_000);

    async function removeLines(path: string, first: number, last: number): Promise<void> {
      const place = join(building.project, path);
      const lines = (await readFile(place, 'utf8')).split('\n');
      // With a part of a union goes what joins it to the next.
      const joined = /^union all/.test(lines[last] ?? '') ? 1 : 0;
      lines.splice(first - 1, last - first + 1 + joined);
      await writeFile(place, lines.join('\n'));
    }
  });

  test('is not added as long as seeds name sources without a row: all of them are named at once', async () => {
    const building = await buildingOf({
      datasources_config: withoutRows,
      exclusions: (text) => `${text}indoor,sm2_01,temp_indoor,2024-01-01T00:00:00Z,2024-01-02T00:00:00Z,moved\n`,
    });
    const { code, stderr } = await building.add();
    expect(code).toBe(3);
    const named = [...stderr.matchAll(/seeds\/(\w+)\.csv:\S+ .*?found "(ventilation|indoor)"/g)].map(
      ([, seed, id]) => `${seed} ${id}`,
    );
    expect(named.sort()).toEqual([
      'exclusions indoor',
      'ignored_columns ventilation',
      'ignored_columns ventilation',
      'quality_thresholds ventilation',
    ]);
    await building.remove();
  });
});
