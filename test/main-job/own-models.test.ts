import { appendFile, mkdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Building, newBuilding } from './building';
import type { Ended } from './command-line';
import { hoursOf, samples, thermoPro } from './made-exports';
import { projectWith } from './project';
import { type PublishedRow, readDataset, readParquet, readWholeVersion } from './published';

const KELVIN = 273.15;

/** A row of the weather: what its API would say, in Kelvin; the place is public under its own name. */
const WEATHER = samples('2024-10-26T22:00:00Z', '2024-10-27T04:00:00Z', 10, [1, 2]);

function weatherCsv(rows: readonly { readonly time: number; readonly values: readonly (number | null)[] }[]): string {
  const lines = rows.map(({ time, values: [temp, humidity] }) => {
    const text = new Date(time).toISOString().slice(0, 19).replace('T', ' ');
    return `${text},Praha,${temp === null ? '' : (temp! + KELVIN).toFixed(2)},${humidity ?? ''}\n`;
  });
  return `timestamp,location,temp,humidity\n${lines.join('')}`;
}

/** The steps of the specification, to the letter but for the type; data_key and public name are what this project asks more. */
async function addWeather(project: string): Promise<void> {
  await appendFile(
    join(project, 'seeds', 'datasources_config.csv'),
    'weather,OpenWeather,csv,sm2drive:Weather/Upload,weather_*.csv,timestamp;location;temp;humidity\n',
  );
  await writeFile(
    join(project, 'models', '0_landing', 'landing_weather_raw.sql'),
    `{{ config(materialized='table') }}
SELECT * FROM {{ source('raw', 'weather') }}
`,
  );
  await writeFile(
    join(project, 'models', '1_staging', 'stg_weather.sql'),
    `SELECT
    CAST(timestamp AS TIMESTAMP) AS timestamp,
    CAST(location AS VARCHAR) AS location,
    CAST(temp - 273.15 AS FLOAT) AS temperature,
    CAST(humidity AS FLOAT) AS humidity,
    'openweather' AS source
FROM {{ ref('landing_weather_raw') }}
WHERE timestamp IS NOT NULL
`,
  );
  await appendFile(
    join(project, 'models', '2_marts', 'fct_sensor_readings.sql'),
    `union all by name
SELECT timestamp, location, 'temperature' AS measurement, temperature AS value, source
FROM {{ ref('stg_weather') }}
`,
  );
}

describe.skipIf(!process.env.DBT_PYTHON)('a source with models of its own, added as the specification shows', () => {
  let scratch: Building;
  let project: string;
  let building: Building;
  let first: Ended;
  let facts: readonly Record<string, unknown>[];
  let dataset: readonly PublishedRow[];
  const uploads = () => join(building.drive, 'Weather', 'Upload');
  const work = () => join(building.folder, 'work');

  async function uploadWeather(name: string, text: string, minute: number): Promise<void> {
    const path = join(uploads(), name);
    await writeFile(path, text);
    const modified = new Date(Date.UTC(2024, 10, 20, 0, minute));
    await utimes(path, modified, modified);
  }

  /** The first row has no temperature; the second file begins with the last row of the first, which was revised. */
  async function uploadBoth(): Promise<void> {
    const [begin, ...rest] = WEATHER;
    await uploadWeather('weather_1.csv', weatherCsv([{ ...begin!, values: [null, 50] }, ...rest.slice(0, 19)]), 1);
    const [revised, ...later] = rest.slice(18);
    await uploadWeather('weather_2.csv', weatherCsv([{ ...revised!, values: [-1.5, 50] }, ...later]), 2);
  }

  beforeAll(async () => {
    scratch = await newBuilding();
    project = await projectWith(join(scratch.folder, 'project'), {
      data_keys: (text) => `${text.trimEnd()}\ntemperature,nonadditive,°C,temperature,-40,80,air outdoors\n`,
      location_map: (text) => `${text.trimEnd()}\nPraha,Praha\n`,
    });
    await addWeather(project);
    building = await newBuilding(project);
    await mkdir(uploads(), { recursive: true });
    await building.upload(
      'Indoor',
      thermoPro('493D', samples('2024-10-27T00:00:00Z', '2024-10-27T02:00:00Z', 1, [11, 12])),
    );
    await uploadBoth();
    first = await building.run('run', ['--work', work()]);
    facts = (await readParquet(join(work(), 'transform', 'fact.parquet'))).filter(
      (row) => row.source === 'OpenWeather',
    );
    dataset = await readDataset(building.warehouse);
  }, 120_000);
  afterAll(async () => {
    for (const one of [building, scratch]) await one.remove();
  });

  test('is published under its name, hour by hour, without a word about it in dbt’s YAML', async () => {
    expect(first.code).toBe(0);
    const hours = dataset.filter(({ source }) => source === 'OpenWeather');
    const known = WEATHER.filter((_, at) => at !== 0 && at !== 19);
    const truth = [...hoursOf(known, 0)].map(([time, { n, sum }]) => [
      time,
      'Praha',
      'temperature',
      n,
      (sum / n).toFixed(9),
    ]);
    expect(hours.map((row) => [row.time, row.location, row.data_key, row.n, row.data_value.toFixed(9)])).toEqual(truth);
    await readWholeVersion(building.warehouse);
  });

  test('has the decimals that were meant, though its model casts to four bytes', () => {
    const values = new Map(facts.map((row) => [(row.time as Date).getTime(), row.data_value]));
    for (const [
      at,
      {
        time,
        values: [temp],
      },
    ] of WEATHER.entries())
      expect(values.get(time)).toBe(at === 0 || at === 19 ? undefined : Number(temp!.toFixed(2)));
  });

  test('has facts that say of which row they are, though its model does not carry that on', () => {
    const origins = new Map(
      facts.map((row) => [(row.time as Date).getTime(), [row.datasource_id, row.file, row.line]]),
    );
    expect(origins.get(WEATHER[1]!.time)).toEqual(['weather', 'weather_1.csv', 3]);
    expect(origins.get(WEATHER[18]!.time)).toEqual(['weather', 'weather_1.csv', 20]);
    expect(origins.get(WEATHER[20]!.time)).toEqual(['weather', 'weather_2.csv', 3]);
  });

  test('loses no column in silence: humidity, which nothing unites, is counted with what to do', () => {
    expect(first.stderr).toMatch(
      /warning column-not-united \[weather\] weather_1\.csv: .*found "humidity"; fix: unite it .*add the line weather,humidity,<reason> to seeds\/ignored_columns\.csv/,
    );
  });

  test('has no reading of a time that was revised, for its model does not say which row came last', () => {
    expect(first.stderr).toMatch(
      /warning order-unknown \[weather\] weather_2\.csv: .*add _file as file, _ordinal as ordinal/,
    );
  });
});
