import { appendFile, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DuckDBConnection } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Building, newBuilding } from '../support/building';
import { root } from '../support/command-line';
import { atrea, samples, thermoPro, UNIT_1 } from '../support/made-exports';
import { projectWith } from '../support/project';
import { fileTree, readNormalized, readWholeVersion, timesWritten } from '../support/published';

const ROWS = ['quarter_hour,15m,UTC', 'three_hourly,3h,Europe/Prague', 'monthly,1mo,Europe/Prague'];

/** The example of the documentation: weeks, computed in SQL from every reading of the archive. */
async function weeklyModel(): Promise<string> {
  const page = await readFile(join(root, 'docs', 'aggregation-levels.md'), 'utf8');
  return /^```sql\n(-- models\/3_aggregations\/agg_weekly\.sql\n[\s\S]*?)^```/m.exec(page)![1]!;
}

// Both changes of the clock in 2024, a sum beside means, an interval that 15 minutes do not hold evenly, and two sources.
const SPRING = samples('2024-03-29T00:00:00Z', '2024-04-02T00:00:00Z', 20, [1, 2, 3, 4, 5]);
const AUTUMN = samples('2024-10-25T00:00:00Z', '2024-10-29T00:00:00Z', 20, [1, 2, 3, 4, 5]);
const INDOOR = samples('2024-10-26T20:00:00Z', '2024-10-27T06:00:00Z', 1, [11, 12]);

async function projectWithLevels(folder: string, rows: readonly string[], header = 'level,every,timezone') {
  return projectWith(folder, {
    aggregations: (text) => `${text.trimEnd().replace('level,every,timezone', header)}\n${rows.join('\n')}\n`,
    mapping: (text) => text.replace(/(tu2-vyfuk \(°C\),sm2_01),\w+/, '$1,air_volume'),
    data_keys: (text) => `${text.trimEnd()}\nair_volume,additive,m³,volume,0,100000,air moved\n`,
  });
}

describe.skipIf(!process.env.DBT_PYTHON)('levels of your own', () => {
  let scratch: Building;
  let building: Building;
  let project: string;
  let duckdb: DuckDBConnection;
  const model = () => join(project, 'models', '3_aggregations', 'agg_weekly.sql');
  const normalized = () => join(building.warehouse, 'normalized');

  beforeAll(async () => {
    scratch = await newBuilding();
    project = await projectWithLevels(join(scratch.folder, 'project'), ROWS);
    await writeFile(model(), await weeklyModel());
    building = await newBuilding(project);
    await building.upload('Vzduchotechnika', atrea('Graph_spring.csv', UNIT_1, SPRING));
    await building.upload('Vzduchotechnika', atrea('Graph_autumn.csv', UNIT_1, AUTUMN));
    await building.upload('Indoor', thermoPro('493D', INDOOR));
    const { code, stderr } = await building.run('run');
    expect(`${code} ${stderr}`).toMatch(/^0 /);
    await readWholeVersion(building.warehouse);
    duckdb = await DuckDBConnection.create();
    await duckdb.run("set timezone = 'UTC'");
    await duckdb.run(`create table readings as select * replace (timezone('UTC', time) as time)
      from '${building.warehouse}/archive/*/*.parquet' where flags & 3 = 0`);
  }, 120_000);
  afterAll(async () => {
    duckdb.closeSync();
    for (const one of [building, scratch]) await one.remove();
  });

  const local = `timezone('Europe/Prague', timezone('UTC', time))`;
  const toInstant = (wall: string) => `timezone('UTC', timezone('Europe/Prague', ${wall}))`;

  test.each([
    ['quarter_hour', `time_bucket(interval 15 minute, time)`, 'start'],
    [
      'three_hourly',
      toInstant(`date_trunc('day', ${local}) + to_hours(3 * (hour(${local}) // 3))`),
      `timezone('Europe/Prague', timezone('UTC', start))`,
    ],
    ['monthly', toInstant(`date_trunc('month', ${local})`), `timezone('Europe/Prague', timezone('UTC', start))`],
    ['agg_weekly', toInstant(`date_trunc('week', ${local})`), 'start'],
  ])(
    '%s has every window once, as DuckDB computes it from the readings, in the file of its month',
    async (level, start, month) => {
      const expected = (
        await duckdb.runAndReadAll(`
        with windows as (
          select ${start} as start, location, source, any_value(measurement) as measurement, data_key,
                 if(any_value(measurement) = 'additive', sum(data_value), avg(data_value)) as data_value
          from readings group by all)
        select strftime(start, '%Y-%m-%dT%H:%M:%SZ'), location, source, measurement, data_key, data_value,
               strftime(${month}, '%Y-%m') from windows order by start, location, source, data_key`)
      ).getRowsJson();
      const found: (readonly unknown[])[] = [];
      for (const name of (await readdir(normalized())).filter((one) => one.startsWith(`${level}_`)).sort())
        for (const row of await readNormalized(building.warehouse, name))
          found.push([...Object.values(row), name.slice(-11, -4)]);
      const rounded = (rows: readonly (readonly unknown[])[]) =>
        rows.map((row) => row.map((cell, at) => (at === 5 ? Number(cell).toPrecision(12) : cell)));
      expect(new Set(expected.map((row) => row[3]))).toEqual(new Set(['additive', 'nonadditive']));
      expect(rounded(found)).toEqual(rounded(expected));
    },
  );

  test('hours, days and weeks are what they are without them', async () => {
    const without = await newBuilding(await projectWithLevels(join(scratch.folder, 'without'), []));
    await without.upload('Vzduchotechnika', atrea('Graph_spring.csv', UNIT_1, SPRING));
    await without.upload('Vzduchotechnika', atrea('Graph_autumn.csv', UNIT_1, AUTUMN));
    await without.upload('Indoor', thermoPro('493D', INDOOR));
    await without.run('run');
    const plain = await fileTree(join(without.warehouse, 'normalized'));
    const all = await fileTree(normalized());
    await without.remove();
    expect(Object.keys(plain).length).toBeGreaterThan(12);
    expect(Object.fromEntries(Object.entries(all).filter(([name]) => /^(non)?additive_/.test(name)))).toEqual(plain);
  });

  test('a second night writes nothing', async () => {
    const written = () => timesWritten(building.warehouse);
    const before = await written();
    const { code, stderr } = await building.run('run');
    expect(code).toBe(0);
    expect(stderr).toContain('nothing is new');
    expect(await written()).toEqual(before);
  });

  test('stable copies that were lost before they were noted are rebuilt, byte by byte', async () => {
    const before = await fileTree(building.warehouse);
    await rm(normalized(), { recursive: true });
    await rm(join(building.warehouse, 'public', 'latest.json'));
    const { code } = await building.run('aggregate-publish');
    expect(code).toBe(0);
    expect(await fileTree(building.warehouse)).toEqual(before);
  });

  test('another night of readings changes the months that it reaches, and dbt’s levels too', async () => {
    const before = await fileTree(normalized());
    const more = samples('2024-10-27T06:00:00Z', '2024-10-27T08:00:00Z', 1, [11, 12]);
    await building.upload('Indoor', thermoPro('493D', more, { part: '_2' }));
    expect((await building.run('run')).code).toBe(0);
    const after = await fileTree(normalized());
    const changed = Object.keys(after).filter((name) => after[name] !== before[name]);
    expect(changed).toEqual([
      'agg_weekly_2024-10.csv',
      'monthly_2024-10.csv',
      'nonadditive_2024-10.daily.csv',
      'nonadditive_2024-10.hourly.csv',
      'nonadditive_2024-10.weekly.csv',
      'quarter_hour_2024-10.csv',
      'three_hourly_2024-10.csv',
    ]);
  });

  test('a level that is redefined is rebuilt for all months without new readings; one that is gone is removed', async () => {
    const next = await projectWithLevels(join(scratch.folder, 'next'), [
      'quarter_hour,15m,UTC',
      'three_hourly,3h,UTC',
      'yearly,1y,Europe/Prague',
    ]);
    const before = await fileTree(normalized());
    const { code } = await building.run('run', ['--project', next]);
    const after = await fileTree(normalized());
    expect(code).toBe(0);
    const names = (tree: object, level: string) => Object.keys(tree).filter((name) => name.startsWith(`${level}_`));
    expect(names(after, 'monthly')).toEqual([]);
    expect(names(after, 'agg_weekly')).toEqual([]);
    expect(names(after, 'yearly')).toEqual(['yearly_2024-01.csv']);
    expect(names(after, 'three_hourly')).toEqual([
      'three_hourly_2024-03.csv',
      'three_hourly_2024-04.csv',
      'three_hourly_2024-10.csv',
    ]);
    expect(after['three_hourly_2024-10.csv']).not.toBe(before['three_hourly_2024-10.csv']);
    expect(after['quarter_hour_2024-10.csv']).toBe(before['quarter_hour_2024-10.csv']);
    expect((await readNormalized(building.warehouse, 'three_hourly_2024-10.csv'))[0]!.time).toBe(
      '2024-10-25T00:00:00Z',
    );
  });

  test('a level of readings that comes later is published for months that were made with it, and the others are counted', async () => {
    const later = await projectWithLevels(join(scratch.folder, 'later'), ['ten_minutes,10m,UTC']);
    const more = samples('2024-11-05T06:00:00Z', '2024-11-05T08:00:00Z', 1, [11, 12]);
    await building.upload('Indoor', thermoPro('493D', more));
    const { code, stderr } = await building.run('run', ['--project', later]);
    expect(code).toBe(0);
    expect(stderr).toMatch(/warning level-incomplete .*4 months of a source without it, from 2024-03 to 2024-10/);
    expect((await readdir(normalized())).filter((name) => name.startsWith('ten_'))).toEqual([
      'ten_minutes_2024-11.csv',
    ]);
  });

  test('a Flux query is left alone by the engine without a server, with a warning', async () => {
    const flux = await projectWithLevels(
      join(scratch.folder, 'flux'),
      ['median,1h,UTC,median.flux'],
      'level,every,timezone,flux',
    );
    await appendFile(join(flux, 'seeds', 'median.flux'), 'from(bucket: v.bucket)\n');
    const more = samples('2024-11-05T08:00:00Z', '2024-11-05T09:00:00Z', 1, [11, 12]);
    await building.upload('Indoor', thermoPro('493D', more, { part: '_2' }));
    const { code, stderr } = await building.run('run', ['--project', flux]);
    expect(code).toBe(0);
    expect(stderr).toMatch(/warning level-needs-influxdb .*seeds\/median\.flux.*the level median .*was left as it was/);
    expect((await readdir(normalized())).filter((name) => name.startsWith('median'))).toEqual([]);
  });

  test('a model that is not a level is a failure that names it', async () => {
    const wrong = await projectWithLevels(join(scratch.folder, 'wrong'), []);
    await writeFile(join(wrong, 'models', '3_aggregations', 'places.sql'), 'select 1 as location');
    const { code, stderr } = await building.run('run', ['--project', wrong]);
    expect(code).toBe(3);
    expect(stderr).toMatch(/places: the column location is not a time.*code=level-model/);
  });
});
