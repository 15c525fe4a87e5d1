import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { DuckDBConnection } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Building, newBuilding } from '../support/building';
import { type Ended, root } from '../support/command-line';
import { EXAMPLES, SOURCES, uploadExamples } from '../support/example-uploads';
import { fileTree, readDataset, readNormalized, readWholeVersion } from '../support/published';
import { computeTruth } from './truth-in-sql';

describe.skipIf(!process.env.DBT_PYTHON)('the example uploads through the whole job', () => {
  let building: Building;
  let first: Ended;
  let duckdb: DuckDBConnection;

  beforeAll(async () => {
    building = await newBuilding();
    await uploadExamples(building);
    first = await building.run('run');
    duckdb = await DuckDBConnection.create();
    await duckdb.run("set timezone = 'UTC'");
    await computeTruth(duckdb, EXAMPLES, join(root, 'seeds'));
    const published = join(building.warehouse, 'public');
    await duckdb.run(
      `create table dataset as select * replace (time::timestamp as time) from '${published}/sm2_public_dataset.parquet'`,
    );
    await duckdb.run(
      `create table dataset_csv as select * from read_csv('${published}/sm2_public_dataset.csv.gz', header = true,
       columns = {time: 'TIMESTAMP', location: 'VARCHAR', source: 'VARCHAR', measurement: 'VARCHAR', data_key: 'VARCHAR',
                  data_value: 'DOUBLE', n: 'INTEGER', minimum: 'DOUBLE', maximum: 'DOUBLE'})`,
    );
  }, 300_000);
  afterAll(async () => {
    duckdb.closeSync();
    await building.remove();
  });

  const rows = async (sql: string) => (await duckdb.runAndReadAll(sql)).getRowsJson();
  const count = async (sql: string) => Number((await rows(`select count(*) from (${sql})`))[0]![0]);

  test('ends with 0 and a table of its stages', () => {
    expect(first.code).toBe(0);
    expect(first.stdout).toMatch(/^stage +files +in +out/);
    expect(first.stdout).toContain('dataset: sm2drive:Warehouse/public/sm2_public_dataset.parquet');
  });

  describe('the published Parquet', () => {
    test('has each hour of the raw files once, and no other', async () => {
      const hours = await count('from truth_hours');
      expect(hours).toBeGreaterThan(200_000);
      expect(await count('from dataset')).toBe(hours);
      expect(await count('from truth_hours anti join dataset using (time, location, source, data_key)')).toBe(0);
      expect(await count('from dataset anti join truth_hours using (time, location, source, data_key)')).toBe(0);
    });

    test('has for each hour the mean, the number, the minimum and the maximum of the raw files', async () => {
      const different = await rows(`
        from truth_hours as t join dataset as d using (time, location, source, data_key)
        where abs(t.data_value - d.data_value) > 1e-9 * greatest(1, abs(t.data_value)) or t.n <> d.n
           or t.minimum <> d.minimum or t.maximum <> d.maximum or t.measurement <> d.measurement limit 3`);
      expect(different).toEqual([]);
    });

    test('has instants with a zone, and the six columns of a reading first', async () => {
      const described = await rows(`describe from '${building.warehouse}/public/sm2_public_dataset.parquet'`);
      expect(described.map(([name, type]) => [name, type])).toEqual([
        ['time', 'TIMESTAMP WITH TIME ZONE'],
        ['location', 'VARCHAR'],
        ['source', 'VARCHAR'],
        ['measurement', 'VARCHAR'],
        ['data_key', 'VARCHAR'],
        ['data_value', 'DOUBLE'],
        ['n', 'INTEGER'],
        ['minimum', 'DOUBLE'],
        ['maximum', 'DOUBLE'],
      ]);
    });

    test('is sorted by location, source, data_key and time, so that readers skip what they do not need', async () => {
      const sorted = await rows(`
        select bool_and(before is null or before <= row(location, source, data_key, time)) from (
          select *, lag(row(location, source, data_key, time)) over (order by file_row_number) as before
          from read_parquet('${building.warehouse}/public/sm2_public_dataset.parquet', file_row_number = true))`);
      expect(sorted).toEqual([[true]]);
    });

    test('gives hyparquet the same rows as DuckDB, to the last bit', async () => {
      const read = await readDataset(building.warehouse);
      const expected = await rows(`select strftime(time, '%Y-%m-%dT%H:%M:%SZ'), location, source, measurement, data_key,
        data_value, n, minimum, maximum from dataset order by location, source, data_key, time`);
      const digest = (texts: Iterable<readonly unknown[]>) => {
        const hash = createHash('sha256');
        for (const row of texts) hash.update(`${row.join()}\n`);
        return hash.digest('hex');
      };
      expect(read).toHaveLength(expected.length);
      expect(digest(read.map((row) => Object.values(row)))).toBe(digest(expected));
    });

    test('leaves out the readings that are not measurements, which the archive keeps with a flag', async () => {
      const flagged = await rows(`select flags & 3, count(*) from '${building.warehouse}/archive/*/*.parquet'
        where flags & 3 <> 0 group by all`);
      const bad = await count('from truth_readings where not good');
      expect(bad).toBeGreaterThan(0);
      expect(flagged).toEqual([[1, String(bad)]]);
    });
  });

  test('the archive has each reading of the raw files once, with its value', async () => {
    await duckdb.run(`create or replace view archive as
      select * replace (time::timestamp as time) from '${building.warehouse}/archive/*/*.parquet'`);
    expect(await count('from archive')).toBe(await count('from truth_readings'));
    expect(
      await count(`from truth_readings as t anti join archive as a
        on (t.time, t.location, t.source, t.data_key, t.data_value) = (a.time, a.location, a.source, a.data_key, a.data_value)`),
    ).toBe(0);
  });

  test('the CSV has the rows of the Parquet, in their order', async () => {
    expect(await count('from dataset')).toBe(await count('from dataset_csv'));
    expect(await count('from dataset_csv except all from dataset')).toBe(0);
    expect(await count('select * from dataset positional join dataset_csv as c where c.time <> dataset.time')).toBe(0);
  });

  describe('schema.json', () => {
    interface Schema {
      readonly primaryKey: readonly string[];
      readonly columns: readonly { readonly name: string; readonly type: string }[];
      readonly dataKeys: readonly {
        readonly data_key: string;
        readonly measurement: string;
        readonly plausibleMinimum: number;
        readonly plausibleMaximum: number;
      }[];
    }
    let schema: Schema;
    beforeAll(async () => {
      schema = JSON.parse(await readFile(join(building.warehouse, 'public', 'schema.json'), 'utf8'));
    });

    test('describes the columns that the Parquet has, with their types', async () => {
      const types: Readonly<Record<string, string>> = {
        'timestamp (UTC)': 'TIMESTAMP WITH TIME ZONE',
        string: 'VARCHAR',
        double: 'DOUBLE',
        integer: 'INTEGER',
      };
      const described = await rows(`describe from '${building.warehouse}/public/sm2_public_dataset.parquet'`);
      expect(schema.columns.map(({ name, type }) => [name, types[type]])).toEqual(
        described.map(([name, type]) => [name, type]),
      );
    });

    test('names a primary key that is one', async () => {
      const key = schema.primaryKey.join();
      expect(await count(`select ${key} from dataset group by ${key} having count(*) > 1`)).toBe(0);
    });

    test('describes every data_key of the dataset, with bounds that its values keep', async () => {
      for (const { data_key, measurement, plausibleMinimum, plausibleMaximum } of schema.dataKeys) {
        expect(
          await count(`from dataset where data_key = '${data_key}' and (measurement <> '${measurement}'
            or minimum < ${plausibleMinimum} or maximum > ${plausibleMaximum})`),
        ).toBe(0);
      }
      const used = await rows('select distinct data_key from dataset order by all');
      expect(schema.dataKeys.map(({ data_key }) => data_key)).toEqual(expect.arrayContaining(used.flat()));
    });
  });

  test.each([
    ['hourly', `strftime(time, '%Y-%m-%dT%H:00:00Z')`, `strftime(time, '%Y-%m')`],
    ['daily', localWindow('day'), `strftime(timezone('Europe/Prague', time::timestamptz), '%Y-%m')`],
    [
      'weekly',
      localWindow('week'),
      `strftime(date_trunc('week', timezone('Europe/Prague', time::timestamptz)), '%Y-%m')`,
    ],
  ])(
    'the %s CSVs have every window once, labelled by its start, in the file of its month',
    async (level, label, month) => {
      await duckdb.run("set timezone = 'UTC'");
      const expected = await rows(`
      select ${label} as label, internal, source, data_key, ${month} as month, round(sum(data_value * n) / sum(n), 6)
      from truth_hours group by label, internal, source, data_key, month order by all`);
      const found: (readonly unknown[])[] = [];
      for (const name of (await readdir(join(building.warehouse, 'normalized'))).filter((one) =>
        one.includes(`.${level}.`),
      ))
        for (const row of await readNormalized(building.warehouse, name))
          found.push([
            row.time,
            row.location,
            row.source,
            row.data_key,
            /_(.{7})\./.exec(name)![1],
            Number(row.data_value),
          ]);
      const key = (row: readonly unknown[]) => row.slice(0, 5).join();
      const values = new Map(found.map((row) => [key(row), row[5] as number]));

      expect(found).toHaveLength(expected.length);
      expect(expected.filter((row) => !values.has(key(row)))).toEqual([]);
      expect(expected.filter((row) => Math.abs(values.get(key(row))! - (row[5] as number)) > 2e-6)).toEqual([]);
    },
  );

  describe('the nights on which the clocks change', () => {
    const hoursOf = (location: string, dataKey: string, from: string, to: string) =>
      rows(`select strftime(time, '%H') from dataset where location = '${location}' and data_key = '${dataKey}'
        and time >= '${from}' and time < '${to}' order by time`);

    test('2024-10-27 has 25 hours, from one midnight of Prague to the next', async () => {
      const hours = await hoursOf('sm2_01', 'temp_fresh', '2024-10-26 22:00', '2024-10-27 23:00');
      expect(hours.flat().join(' ')).toBe('22 23 00 01 02 03 04 05 06 07 08 09 10 11 12 13 14 15 16 17 18 19 20 21 22');
      const minutes = await hoursOf('1NP-S1', 'temp_indoor', '2024-10-26 22:00', '2024-10-27 23:00');
      expect(minutes).toHaveLength(25);
    });

    test('the two rows that both say 02:00 on 2024-10-27 are two hours, with their own values', async () => {
      const text = await readFile(join(EXAMPLES, 'Vzduchotechnika', 'Latest', 'Upload', 'Graph_sm2_01.csv'), 'utf8');
      const twice = text.split('\r\n').filter((line) => line.startsWith('27.10.2024 02:00:00;'));
      const values = twice.map((line) => Number(line.split(';')[2]!.replace(',', '.')));
      const published =
        await rows(`select data_value from dataset where location = 'sm2_01' and data_key = 'temp_intake'
        and time in ('2024-10-27 00:00', '2024-10-27 01:00') order by time`);
      expect(twice).toHaveLength(2);
      expect(published.flat()).toEqual(values);
    });

    test('2024-03-31 has 23 hours, and none of them is missing', async () => {
      const hours = await hoursOf('sm2_01', 'temp_fresh', '2024-03-30 23:00', '2024-03-31 22:00');
      expect(hours.flat().join(' ')).toBe('23 00 01 02 03 04 05 06 07 08 09 10 11 12 13 14 15 16 17 18 19 20 21');
    });
  });

  test('every upload is in the raw archive byte for byte, and has left its upload folder', async () => {
    const archived = await fileTree(join(building.warehouse, 'raw'));
    for (const source of SOURCES) {
      const uploaded = await fileTree(join(EXAMPLES, source, 'Latest', 'Upload'));
      for (const [name, hash] of Object.entries(uploaded)) {
        const kept = Object.entries(archived).filter(([path]) => basename(path) === `${hash.slice(0, 12)}_${name}`);
        expect(kept.map(([, sha256]) => sha256)).toEqual([hash]);
      }
      expect(await readdir(building.uploadFolder(source))).toEqual([]);
    }
    expect(Object.keys(archived)).toHaveLength(12);
  });

  test('a reader of the pointer finds one whole version', async () => {
    const pointer = await readWholeVersion(building.warehouse);
    expect(pointer.partitions.map(({ datasource, month }) => `${datasource} ${month}`)).toHaveLength(15);
  });

  test('the same uploads give the same bytes in another folder, every file of the warehouse', {
    timeout: 300_000,
  }, async () => {
    const other = await newBuilding();
    try {
      await uploadExamples(other);
      expect((await other.run('run', [], { env: { TZ: 'Asia/Tokyo', LANG: 'cs_CZ.UTF-8' } })).code).toBe(0);
      expect(await fileTree(other.warehouse)).toEqual(await fileTree(building.warehouse));
    } finally {
      await other.remove();
    }
  });

  test('the same uploads again publish nothing and leave the upload folder', async () => {
    const before = await fileTree(building.warehouse);
    await uploadExamples(building);
    const again = await building.run('run');

    expect(again.code).toBe(0);
    expect(again.stderr).toContain('publish-parquet: nothing is new');
    expect(await fileTree(building.warehouse)).toEqual(before);
    expect(await readdir(building.uploadFolder('Indoor'))).toEqual([]);
  });
});

/** UTC text of the local midnight that begins the day or the ISO week. */
function localWindow(unit: 'day' | 'week'): string {
  const start = `date_trunc('${unit}', timezone('Europe/Prague', time::timestamptz))`;
  return `strftime(timezone('UTC', timezone('Europe/Prague', ${start})), '%Y-%m-%dT%H:%M:%SZ')`;
}
