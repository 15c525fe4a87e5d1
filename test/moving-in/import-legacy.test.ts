import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DuckDBConnection } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Building, newBuilding } from '../support/building';
import { root, warehouse } from '../support/command-line';
import { fileOf, flipByte, lose } from '../support/damaged';
import { uploadExamples } from '../support/example-uploads';
import { fileTree, readDataset, readNormalized } from '../support/published';

/** Rows of the dataset that the pipeline before this one published (CC BY 4.0): three places, some weeks, both DST nights. */
const OLD = join(root, 'test', 'moving-in', 'sm2_public_dataset.parquet');

/** What the old rows mean, by DuckDB: the label is the hour's end on Prague's clock; a wall hour that was shown twice is none. */
const TRUTH = `
  select wall at time zone 'Europe/Prague' as time, location, source, data_key, data_value
  from (select *, time::timestamp - interval 1 hour as wall from '${OLD}')
  where not (wall >= '2024-10-27 02:00' and wall < '2024-10-27 03:00')`;

const KEY = 'time, location, source, data_key';

describe('import-legacy', () => {
  let building: Building;
  let duckdb: DuckDBConnection;
  const rows = async (sql: string) => (await duckdb.runAndReadAll(sql)).getRowsJson();
  const count = async (sql: string) => Number((await rows(`select count(*) from (${sql})`))[0]![0]);
  const dataset = () => `'${building.warehouse}/public/sm2_public_dataset.parquet'`;
  const importing = (paths: readonly string[], ...options: string[]) =>
    building.run('import-legacy', [...paths, ...options]);
  /** A copy of the old dataset with something changed. */
  const changed = async (name: string, sql: string) => {
    const path = join(building.folder, `${name}.parquet`);
    await duckdb.run(`copy (${sql}) to '${path}' (format parquet)`);
    return path;
  };

  beforeAll(async () => {
    building = await newBuilding();
    duckdb = await DuckDBConnection.create();
    await duckdb.run("set timezone = 'UTC'");
  });
  afterAll(async () => {
    duckdb.closeSync();
    await building.remove();
  });

  test('tells with --dry-run what it would publish, and changes nothing', async () => {
    const { code, stdout } = await importing([OLD], '--dry-run');
    expect({ code, files: await readdir(building.drive) }).toEqual({ code: 0, files: ['Indoor', 'Vzduchotechnika'] });
    expect(stdout).toMatch(/would publish version 20\d\d\.\d\d\.1-/);
  });

  test('publishes each old hour under its true instant, marked, and counts those that have none', async () => {
    const { code, stdout } = await importing([OLD]);
    expect(code).toBe(0);
    expect(stdout).toContain('rows 3608 = imported 3602 + rejected 6 + repeated 0');
    expect(stdout).toContain('rejected doubled-hour: 6');
    expect(await count(TRUTH)).toBe(3602);
    const published = `select ${KEY}, data_value from ${dataset()}`;
    expect(await count(`(${TRUTH}) except (${published})`)).toBe(0);
    expect(await count(`(${published}) except (${TRUTH})`)).toBe(0);
    expect(await rows(`select distinct origin, n, minimum, maximum from ${dataset()}`)).toEqual([
      ['legacy', null, null, null],
    ]);
  });

  test('is read by a second reader of Parquet, nulls included', async () => {
    const [first] = await readDataset(building.warehouse);
    expect(first).toMatchObject({ origin: 'legacy', measurement: 'nonadditive' });
    expect(first!.n ?? null).toBeNull();
    expect(first!.minimum ?? null).toBeNull();
  });

  test('says in the dataset’s metadata how the labels were read', async () => {
    const text = (name: string) => readFile(join(building.warehouse, 'public', name), 'utf8');
    expect(JSON.parse(await text('schema.json')).legacy.labels).toEqual([{ label: 'end', zone: 'Europe/Prague' }]);
    expect(await text('README.md')).toContain('the end of the hour by the clock of Europe/Prague');
  });

  test('changes nothing when the same is imported again', async () => {
    const before = await fileTree(building.warehouse);
    const { code, stdout } = await importing([OLD]);
    expect({ code, after: await fileTree(building.warehouse) }).toEqual({ code: 0, after: before });
    expect(stdout).toContain('nothing changed');
  });

  test('puts back an imported month that was lost or damaged, which verify had named', async () => {
    const before = await fileTree(building.warehouse);
    for (const damage of [lose, flipByte]) {
      await damage(await fileOf(building.warehouse, 'legacy', '2024-03'));
      const doubted = await building.run('verify', ['--every-byte']);
      expect(doubted.stderr).toMatch(/legacy\/2024-03\..*warehouse import-legacy/);
      expect(doubted.code).toBe(5);
      expect((await importing([OLD])).code).toBe(0);
      expect(await fileTree(building.warehouse)).toEqual(before);
    }
  });

  test('is part of a dataset that heal rebuilds', async () => {
    const before = await fileTree(building.warehouse);
    const version = Object.keys(before).find((path) => /^public\/versions\/.*dataset\.parquet$/.test(path))!;
    await flipByte(join(building.warehouse, version));
    const { code, stderr } = await building.run('heal');
    expect(code, stderr).toBe(0);
    expect(await fileTree(building.warehouse)).toEqual(before);
  });

  test('replaces the month of a corrected file, and says so', async () => {
    const corrected = await changed(
      'corrected',
      `select * replace (case when time = timestamptz '2024-03-28 12:00' and location = 'sm2_01' and data_key = 'temp_fresh'
       then 1.25 else data_value end as data_value) from '${OLD}'`,
    );
    const { stdout } = await importing([corrected]);
    expect(stdout).toContain('2024-03: 1020 hours, 1 replaced\n');
    expect(stdout).not.toContain('2024-04:');
    expect(await count(`select * from ${dataset()} where data_value = 1.25`)).toBe(1);
    expect((await importing([OLD])).stdout).toContain('2024-03: 1020 hours, 1 replaced\n');
  });

  test('refuses a file with fewer hours for a time that was imported before', async () => {
    const fewer = await changed('fewer', `select * from '${OLD}' where time <> timestamptz '2024-03-28 12:00'`);
    const before = await fileTree(building.warehouse);
    const { code, stderr } = await importing([fewer]);
    expect(stderr).toContain('2024-03 (6 fewer)');
    expect(stderr).toContain('class=input code=legacy-shrinks');
    expect({ code, after: await fileTree(building.warehouse) }).toEqual({ code: 2, after: before });
  });

  test('names every location that the seeds do not know, and leaves one out on request', async () => {
    const odd = await changed(
      'odd',
      `select * from '${OLD}' union all by name select * exclude (name) replace (name as location)
       from '${OLD}', (values ('attic'), ('shed')) as names(name) where location = 'sm2_01' and time < '2024-03-26'`,
    );
    const { code, stderr } = await importing([odd]);
    expect(code).toBe(3);
    expect(stderr).toContain('"attic", "shed"');
    expect(stderr).toContain('code=legacy-names');
    const without = await importing([odd], '--without', 'attic', '--without', 'shed', '--dry-run');
    expect(without.stdout).toContain('rejected left-out: 144');
  });

  test('refuses a file that is not a dataset', async () => {
    const path = join(building.folder, 'other.parquet');
    await writeFile(path, 'PAR1');
    const { code, stderr } = await importing([path]);
    expect({ code, told: stderr.includes('code=legacy-file') }).toEqual({ code: 2, told: true });
  });

  test('takes monthly CSVs: hours, and readings that it averages; the more detailed file counts', async () => {
    const folder = join(building.folder, 'monthly');
    await mkdir(folder);
    await writeFile(
      join(folder, 'nonadditive_2023-06.hourly.csv'),
      `time,location,source,measurement,data_key,data_value
2023-06-10T12:00:00Z,sm2_01,Atrea,nonadditive,temp_fresh,20
2023-06-10T13:00:00Z,sm2_01,Atrea,nonadditive,temp_fresh,99
2023-06-10T13:59:00Z,sm2_01,Atrea,nonadditive,temp_fresh,7
`,
    );
    await writeFile(
      join(folder, 'nonadditive_2023-06.annotated.csv'),
      `#datatype,string,long,dateTime:RFC3339,double,string,string,string,string
#group,false,false,false,false,true,true,true,true
#default,_result,,,,,,,
,result,table,_time,_value,_measurement,data_key,location,source
,,0,2023-06-10T12:10:00Z,21,nonadditive,temp_fresh,sm2_01,Atrea
,,0,2023-06-10T12:40:00Z,24,nonadditive,temp_fresh,sm2_01,Atrea
,,0,2023-06-10T12:50:00Z,,nonadditive,temp_fresh,sm2_01,Atrea
`,
    );
    const { code, stdout } = await importing([folder]);
    expect(code).toBe(0);
    // 13:00 is the end of the hour whose readings the annotated file has; 13:59 is not a hour; one reading has no value.
    expect(stdout).toContain('rows 6 = imported 3 + rejected 2 + repeated 1');
    expect(stdout).toContain('repeated with another value: 1');
    expect(
      await rows(
        `select strftime(time, '%dT%H'), data_value from ${dataset()} where time < timestamptz '2023-07-01' order by 1`,
      ),
    ).toEqual([
      ['10T09', 20],
      ['10T10', 22.5],
    ]);
  });

  test('compare ends with 0 for two equal datasets, and with 2 and a reason where there is none', async () => {
    const compare = (old: string, now: string) => warehouse(['compare', old, now, '--project', root]);
    expect((await compare(building.warehouse, join(building.warehouse, 'public'))).code).toBe(0);
    const damaged = join(building.folder, 'damaged');
    await mkdir(damaged);
    await writeFile(join(damaged, 'warehouse.json'), '{');
    const { code, stderr } = await compare(OLD, damaged);
    expect({ code, told: stderr.includes('class=input code=legacy-file') }).toEqual({ code: 2, told: true });
  });

  describe.skipIf(!process.env.DBT_PYTHON)('beside hours that are computed from readings', () => {
    test('lets a night publish as it would without it', async () => {
      await uploadExamples(building);
      expect((await building.run('run')).code).toBe(0);
    }, 300_000);

    test('gives way to them: no old hour is published between the first and last computed hour of a series in a month', async () => {
      expect(
        await count(`select * from (
          select origin, time, min(time) filter (origin = 'readings') over series as first,
                 max(time) filter (origin = 'readings') over series as last
          from ${dataset()} window series as (partition by location, source, data_key, date_trunc('month', time)))
          where origin = 'legacy' and time between first and last`),
      ).toBe(0);
      expect(await count(`select ${KEY} from ${dataset()} group by all having count(*) > 1`)).toBe(0);
    });

    test('stays where nothing was computed', async () => {
      expect(
        await count(
          `select * from ${dataset()} where origin = 'legacy' and location = '1NP-S1' and time > '2026-08-01'`,
        ),
      ).toBe(302);
    });

    test('is in no monthly table, whose hours are what they are without it', async () => {
      const october = await readNormalized(building.warehouse, 'nonadditive_2024-10.hourly.csv');
      expect(october).toHaveLength(
        await count(
          `select * from ${dataset()} where origin = 'readings' and time >= timestamptz '2024-10-01' and time < timestamptz '2024-11-01'`,
        ),
      );
      expect(await readdir(join(building.warehouse, 'normalized'))).not.toContain('nonadditive_2026-08.hourly.csv');
    });

    test('is explained by compare, which finds the old labels’ rule', async () => {
      const { code, stdout } = await warehouse(['compare', OLD, building.warehouse, '--project', root]);
      expect(code).toBe(2);
      expect(stdout).toContain('the old labels are the window’s end, in Europe/Prague local time marked as UTC');
    });
  });
});
