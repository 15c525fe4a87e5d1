import { appendFile, mkdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Building, newBuilding } from '../support/building';
import { type Ended, root } from '../support/command-line';
import { atrea, hoursOf, samples, thermoPro, UNIT_1 } from '../support/made-exports';
import { projectWith } from '../support/project';
import { type PublishedRow, readDataset, readParquet, readWholeVersion } from '../support/published';

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

/** What the page shows under a first line, such as `-- models/…`, or that begins with a text. */
function shown(page: string, language: string, begins: string): string {
  const blocks = [...page.matchAll(/^```(\w+)\n([\s\S]*?)^```/gm)];
  const block = blocks.find(([, its, text]) => its === language && text!.startsWith(begins));
  if (block === undefined) throw new Error(`docs/models.md shows no ${language} that begins with ${begins}`);
  return block[2]!;
}

const LANDING = join('models', '0_landing', 'landing_weather_raw.sql');
const STAGING = join('models', '1_staging', 'stg_weather.sql');
const UNION = join('models', '2_marts', 'fct_sensor_readings.sql');

/** Adds the source as the page says. */
async function addWeather(project: string): Promise<void> {
  const page = await readFile(join(root, 'docs', 'models.md'), 'utf8');
  await appendFile(join(project, 'seeds', 'datasources_config.csv'), shown(page, 'csv', 'weather,OpenWeather'));
  for (const path of [LANDING, STAGING]) await writeFile(join(project, path), shown(page, 'sql', `-- ${path}`));
  await appendFile(join(project, UNION), shown(page, 'sql', 'union all by name'));
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
  }, 300_000);
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

  test('has facts that say which row they come from, though its model does not carry that on', () => {
    const origins = new Map(
      facts.map((row) => [(row.time as Date).getTime(), [row.datasource_id, row.file, row.line]]),
    );
    expect(origins.get(WEATHER[1]!.time)).toEqual(['weather', 'weather_1.csv', 3]);
    expect(origins.get(WEATHER[18]!.time)).toEqual(['weather', 'weather_1.csv', 20]);
    expect(origins.get(WEATHER[20]!.time)).toEqual(['weather', 'weather_2.csv', 3]);
  });

  test('loses no column silently: humidity, which nothing unites, is counted with what to do', () => {
    expect(first.stderr).toMatch(
      /warning column-not-united \[weather\] weather_1\.csv: .*found "humidity"; fix: unite it .*add the line weather,humidity,<reason> to seeds\/ignored_columns\.csv/,
    );
  });

  test('has no reading of a time that was revised, for its model does not say which row came last', () => {
    expect(first.stderr).toMatch(
      /warning order-unknown \[weather\] weather_2\.csv: .*add _file as file, _ordinal as ordinal/,
    );
  });

  describe('and then completed', () => {
    let ended: Ended;
    beforeAll(async () => {
      await writeFile(join(project, LANDING), `{{ landing('weather') }}\n`);
      await writeFile(
        join(project, STAGING),
        `{{ config(materialized='table') }}
         select _time as "timestamp", location, cast(temp - 273.15 as float) as temperature,
                cast(humidity as float) as humidity, 'weather' as source,
                _file as file, _ordinal as ordinal, _line as line
         from {{ ref('landing_weather_raw') }}\n`,
      );
      await appendFile(join(project, 'seeds', 'data_keys.csv'), 'humidity,nonadditive,%,humidity,0,100,air outdoors\n');
      const origin = `source, file, ordinal, line from {{ ref('stg_weather') }}`;
      const parts = ['temperature', 'humidity'].map(
        (one) =>
          `union all by name\nselect "timestamp", location, '${one}' as measurement, ${one} as value, ${origin}\n`,
      );
      const union = await readFile(join(root, UNION), 'utf8');
      await writeFile(join(project, UNION), `${union}${parts.join('')}`);
      await uploadBoth();
      ended = await building.run('run', ['--work', work()]);
      facts = await readParquet(join(work(), 'transform', 'fact.parquet'));
      dataset = await readDataset(building.warehouse);
    }, 60_000);

    test('gives, with the same uploads, what had been left out', () => {
      expect(`${ended.code} ${ended.stderr}`).toMatch(/^0 /);
      expect(ended.stderr).not.toMatch(/column-not-united|order-unknown/);
      const rows = dataset.filter(({ source }) => source === 'OpenWeather');
      const readings = (key: string) => rows.filter((row) => row.data_key === key).reduce((sum, { n }) => sum + n, 0);
      expect([readings('temperature'), readings('humidity')]).toEqual([WEATHER.length - 1, WEATHER.length]);
    });

    test('has the decimals that were meant from a table of four-byte numbers, too', () => {
      const values = facts.map((row) => row.data_value as number);
      expect(values.filter((value) => value !== Number(value.toFixed(2)))).toEqual([]);
    });

    test('takes the later of two values, which it now knows', () => {
      const hour = dataset.find((row) => row.data_key === 'temperature' && row.time === '2024-10-27T01:00:00Z')!;
      expect(hour.minimum).toBeCloseTo(-1.5, 9);
    });
  });
});

/** A repository that took the actions and nothing else: one model over the landing, in floats and times without a zone. */
const ONE_MODEL = `
select
    cast(cells._time as timestamp) as time, mapping.location, 'Atrea' as source, keys.measurement, mapping.data_key,
    cast(cells.data_value as float) as data_value, 'ventilation' as datasource_id, cells.label as sensor,
    files._file as file, cells._ordinal as ordinal, cells._line as line
from (
    unpivot (select * from {{ source('raw', 'ventilation') }})
    on columns(* exclude (_time, _ordinal, _line)) into name label value data_value
) as cells
join {{ source('raw', '_files') }} as files on files._ordinal = cells._ordinal and files.datasource_id = 'ventilation'
join {{ ref('mapping') }} as mapping on mapping.data_key_original = cells.label
join {{ ref('data_keys') }} as keys on keys.data_key = mapping.data_key
`;

describe.skipIf(!process.env.DBT_PYTHON)('a project with one model and no macros', () => {
  test('is published as it is', async () => {
    const scratch = await newBuilding();
    const project = await projectWith(join(scratch.folder, 'project'), {
      datasources_config: (text) =>
        text.replace(/^(indoor,.*,)true$/m, '$1false').replace(/^(indoor,.*),$/m, '$1,false'),
    });
    for (const folder of ['macros', join('models', '1_staging'), join('models', '2_marts')])
      await rm(join(project, folder), { recursive: true });
    for (const id of ['indoor', 'ventilation']) await rm(join(project, 'models', '0_landing', `landing_${id}_raw.sql`));
    await writeFile(join(project, 'models', 'fact.sql'), ONE_MODEL);
    const settings = await readFile(join(project, 'dbt_project.yml'), 'utf8');
    await writeFile(join(project, 'dbt_project.yml'), settings.replace(/^ +\+post-hook.*\n/m, ''));
    const building = await newBuilding(project);
    const rows = samples('2024-10-20T00:00:00Z', '2024-10-20T02:00:00Z', 10, [1, 2, 3, 4, 5]);
    await building.upload('Vzduchotechnika', atrea('Graph_1.csv', UNIT_1, rows));
    const { code, stderr } = await building.run('run', ['--work', join(building.folder, 'work')]);
    const facts = await readParquet(join(building.folder, 'work', 'transform', 'fact.parquet')).catch(() => []);
    const dataset = await readDataset(building.warehouse).catch(() => []);
    for (const one of [building, scratch]) await one.remove();
    expect(`${code} ${stderr}`).toMatch(/^0 /);
    const supply = facts.filter((row) => row.data_key === 'temp_fresh');
    expect(supply.map((row) => [(row.time as Date).getTime(), row.data_value])).toEqual(
      rows.map(({ time, values }) => [time, Number(values[3]!.toFixed(2))]),
    );
    expect(dataset.length).toBe(2 * UNIT_1.length);
  });
});
