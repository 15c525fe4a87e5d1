import { appendFile, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Building, newBuilding } from '../support/building';
import { type Ended, warehouse } from '../support/command-line';
import { hoursOf, samples, thermoPro } from '../support/made-exports';
import { projectWith } from '../support/project';
import { readDataset } from '../support/published';
import { addAdvisedLines } from './advised-lines';

/** The steps of a specification, to the letter but for the place that the files come from. */
interface Example {
  readonly row: string;
  readonly staging: string;
  readonly union: string;
}

const LANDING = `{{ config(materialized='table') }}
SELECT * FROM {{ source('raw', 'weather') }}
`;

const IN_TEN_MINUTES: Example = {
  row: 'weather,OpenWeather,TYPE,sm2drive:Weather,weather_*,timestamp;location;temp;humidity',
  staging: `SELECT
    CAST(timestamp AS TIMESTAMP) AS timestamp,
    CAST(location AS VARCHAR) AS location,
    CAST(temp - 273.15 AS FLOAT) AS temperature,
    CAST(humidity AS FLOAT) AS humidity,
    'openweather' AS source
FROM {{ ref('landing_weather_raw') }}
WHERE timestamp IS NOT NULL
`,
  union: `UNION ALL
SELECT timestamp, location, 'temperature' AS measurement, temperature AS value, source
FROM {{ ref('stg_weather') }}
`,
};

const MODULAR: Example = {
  row: 'weather,OpenWeather,TYPE,sm2drive:Weather,weather_*,timestamp;location;temp_k;humidity,temperature;humidity',
  staging: `-- models/1_staging/stg_weather.sql
WITH raw AS (SELECT * FROM {{ ref('landing_weather_raw') }})
SELECT
    CAST(timestamp AS TIMESTAMP) AS timestamp,
    CAST(location AS VARCHAR) AS location,
    CAST(temp_k - 273.15 AS FLOAT) AS temperature_celsius,
    CAST(humidity AS FLOAT) AS humidity_pct,
    'openweather' AS source,
    CURRENT_TIMESTAMP AS ingested_at
FROM raw
WHERE timestamp IS NOT NULL
`,
  union: `UNION ALL
-- In models/2_marts/fct_sensor_readings.sql, just add to union:
SELECT
    timestamp,
    location,
    'temperature' AS measurement,
    temperature_celsius AS value,
    'weather' AS source
FROM {{ ref('stg_weather') }}
`,
};

const WEATHER = samples('2024-10-26T22:00:00Z', '2024-10-27T04:00:00Z', 10, [1, 2]);
/** A place whose name a CSV must quote. */
const PLACE = 'Praha, "Smíchov"';

function exportOf(type: string, label: string): string {
  const rows = WEATHER.map(({ time, values: [temp, humidity] }) => ({
    timestamp: new Date(time).toISOString().slice(0, 19).replace('T', ' '),
    location: PLACE,
    [label]: Number((temp! + 273.15).toFixed(2)),
    humidity,
  }));
  if (type === 'json') return `${JSON.stringify(rows)}\n`;
  const quoted = `"${PLACE.replaceAll('"', '""')}"`;
  const lines = rows.map((row) => `${row.timestamp},${quoted},${row[label]},${row.humidity}\n`);
  return `timestamp,location,${label},humidity\n${lines.join('')}`;
}

/** A project to which the source was added, and a building with an export of it. */
interface Added {
  readonly project: string;
  readonly building: Building;
  upload(): Promise<void>;
  remove(): Promise<void>;
}

async function addSource(type: 'csv' | 'json', { row, staging, union }: Example, label: string): Promise<Added> {
  const scratch = await newBuilding();
  const project = await projectWith(join(scratch.folder, 'project'), {});
  const building = await newBuilding(project);
  await appendFile(join(project, 'seeds', 'datasources_config.csv'), `${row.replace('TYPE', type)}\n`);
  await writeFile(join(project, 'models', '0_landing', 'landing_weather_raw.sql'), LANDING);
  await writeFile(join(project, 'models', '1_staging', 'stg_weather.sql'), staging);
  await appendFile(join(project, 'models', '2_marts', 'fct_sensor_readings.sql'), union);
  const path = join(building.drive, 'Weather', `weather_1.${type}`);
  return {
    project,
    building,
    upload: async () => {
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, exportOf(type, label));
    },
    remove: async () => {
      for (const one of [building, scratch]) await one.remove();
    },
  };
}

/** The hours of the weather, as they are published and as the made readings give them. */
async function hoursAndTruth({ building }: Added): Promise<[readonly unknown[], readonly unknown[]]> {
  const hours = (await readDataset(building.warehouse)).filter(({ source }) => source === 'OpenWeather');
  const truth = [...hoursOf(WEATHER, 0)].map(([time, { n, sum }]) => [time, 'Prague', n, (sum / n).toFixed(9)]);
  return [hours.map((row) => [row.time, row.location, row.n, row.data_value.toFixed(9)]), truth];
}

describe.skipIf(!process.env.DBT_PYTHON)('the weather, added as the specification says and nothing more', () => {
  let added: Added;
  let looked: Ended;
  const nights: Ended[] = [];
  const advised: string[][] = [];

  beforeAll(async () => {
    added = await addSource('csv', IN_TEN_MINUTES, 'temp');
    const { building, project } = added;
    await building.upload(
      'Indoor',
      thermoPro('493D', samples('2024-10-27T00:00:00Z', '2024-10-27T02:00:00Z', 10, [11, 12])),
    );
    looked = await warehouse(['models'], { cwd: project });
    for (const answers of [
      { unit: '°C', quantity: 'temperature', reason: 'not wanted' },
      { 'public name': 'Prague' },
      {},
    ]) {
      await added.upload();
      const night = await building.run('run');
      nights.push(night);
      advised.push(await addAdvisedLines(project, night.stderr, answers));
    }
  }, 500_000);
  afterAll(() => added.remove());

  test('has models without mistakes', () => {
    expect([looked.code, looked.stdout]).toEqual([0, 'every source has its models\n']);
  });

  test('stops no other source in the first night, which says what the seeds lack', async () => {
    expect(nights[0]!.stderr).toMatch(/warning data-key-not-declared \[weather\].*found "temperature"/);
    expect(nights[0]!.stderr).toMatch(/everything else is published, without weather/);
    expect((await readDataset(added.building.warehouse)).filter(({ source }) => source === 'ThermoPro')).not.toEqual(
      [],
    );
  });

  test('is published after the lines that the messages name were added as they are', async () => {
    expect(advised).toEqual([
      ['temperature,nonadditive,°C,temperature,,,', 'weather,humidity,not wanted'],
      ['"Praha, ""Smíchov""",Prague'],
      [],
    ]);
    expect(`${nights[2]!.code} ${nights[2]!.stderr}`).toMatch(/^0 /);
    const [hours, truth] = await hoursAndTruth(added);
    expect(hours).toEqual(truth);
  });
});

describe.skipIf(!process.env.DBT_PYTHON).each([
  ['in ten minutes', IN_TEN_MINUTES, 'temp'],
  ['with modular models', MODULAR, 'temp_k'],
] as const)('the weather as JSON, added %s', (_, example, label) => {
  let added: Added;
  beforeAll(async () => {
    added = await addSource('json', example, label);
  });
  afterAll(() => added.remove());

  test('is published with rows of the seeds that leave out what they can', async () => {
    const { project, building, upload } = added;
    await appendFile(join(project, 'seeds', 'data_keys.csv'), 'temperature,nonadditive,°C,temperature\n');
    await appendFile(join(project, 'seeds', 'location_map.csv'), '"Praha, ""Smíchov""",Prague\n');
    await upload();
    const { code, stderr } = await building.run('run');
    expect(`${code} ${stderr}`).toMatch(/^0 /);
    const [hours, truth] = await hoursAndTruth(added);
    expect(hours).toEqual(truth);
  }, 240_000);
});
