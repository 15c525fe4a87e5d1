import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { DuckDBConnection } from '@duckdb/node-api';
import { levelModels } from '@sensor-warehouse/warehouse/transform/level-models';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Building, newBuilding } from '../support/building';
import { type Ended, root, warehouse } from '../support/command-line';
import { samples, thermoPro } from '../support/made-exports';
import { projectWith } from '../support/project';
import { readNormalized } from '../support/published';

/** A level as the building's own specification writes it. */
const OF_THE_SPECIFICATION = `-- models/3_aggregations/agg_weekly.sql
SELECT
    DATE_TRUNC('week', timestamp) AS week,
    location,
    measurement,
    AVG(value) AS avg_value
FROM {{ ref('fct_sensor_readings') }}
GROUP BY 1, 2, 3
`;

/** A level as the page on levels writes it. */
async function ofThePage(): Promise<string> {
  const page = await readFile(join(root, 'docs', 'aggregation-levels.md'), 'utf8');
  return /^```sql\n(-- models\/3_aggregations\/agg_weekly\.sql\n[\s\S]*?)^```/m.exec(page)![1]!;
}

const LEVELS = join('models', '3_aggregations');

describe('the files of a project', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'project of levels-'));
    for (const name of ['agg_weekly', 'deeper/agg_yearly']) {
      await mkdir(dirname(join(folder, 'here', LEVELS, name)), { recursive: true });
      await writeFile(join(folder, 'here', LEVELS, `${name}.sql`), 'select 1 as time');
    }
    await symlink(join(folder, 'here'), join(folder, 'linked'));
    await mkdir(join(folder, 'with links', 'models'), { recursive: true });
    await symlink(join(folder, 'here', LEVELS), join(folder, 'with links', LEVELS));
  });
  afterAll(() => rm(folder, { recursive: true }));

  test.each([
    ['.', 'here'],
    ['./', 'here'],
    ['././/', 'here'],
    ['here', '.'],
    ['here/', '.'],
    ['./here', '.'],
    ['../here/../here', 'linked'],
    ['..', join('here', 'models')],
    ['../../../here/', join('here', LEVELS)],
    ['linked', '.'],
    ['linked/', '.'],
    ['with links', '.'],
    ['.', 'with links'],
  ])('are the same however the project is written: %s in %s', async (project, from) => {
    const before = process.cwd();
    process.chdir(join(folder, from));
    try {
      expect(await levelModels(project)).toEqual(await levelModels(join(folder, 'here')));
      expect((await levelModels(project))?.names).toEqual(['agg_weekly', 'agg_yearly']);
    } finally {
      process.chdir(before);
    }
  });

  test('end at a link that leads in a circle', async () => {
    await symlink(join(folder, 'with links', 'models'), join(folder, 'with links', 'models', 'again'));
    expect((await levelModels(join(folder, 'with links')))?.names).toEqual(['agg_weekly', 'agg_yearly']);
    await rm(join(folder, 'with links', 'models', 'again'));
  });
});

describe.skipIf(!process.env.DBT_PYTHON)(
  'a level that reads fct_sensor_readings, in a night that is reported no project',
  () => {
    let scratch: Building;
    let building: Building;
    let project: string;
    let duckdb: DuckDBConnection;
    const nights: Ended[] = [];

    /** As a person does who is in the project. */
    const night = () =>
      warehouse(
        [
          'run',
          '--remote',
          `sm2drive=${building.drive}`,
          '--warehouse',
          'sm2drive:Warehouse',
          '--now',
          '2024-11-29T12:00:00Z',
        ],
        { cwd: project },
      );

    beforeAll(async () => {
      scratch = await newBuilding();
      project = join(scratch.folder, 'my project');
      await projectWith(join(scratch.folder, 'copy of it'), {});
      await symlink(join(scratch.folder, 'copy of it'), project);
      await writeFile(join(project, LEVELS, 'agg_weekly.sql'), OF_THE_SPECIFICATION);
      await writeFile(join(project, LEVELS, 'agg_page.sql'), await ofThePage());
      await writeFile(
        join(project, LEVELS, 'agg_fact.sql'),
        `select date_trunc('month', time) as month, data_key, count(*) as n from {{ ref("fact") }} group by all`,
      );
      building = await newBuilding(project);
      const rows = samples('2024-10-01T00:00:00Z', '2024-10-16T00:00:00Z', 30, [11, 12]);
      const [first, ...others] = rows;
      await building.upload('Indoor', thermoPro('493D', [{ ...first!, values: [500, 50] }, ...others]));
      nights.push(await night());
      await building.upload(
        'Indoor',
        thermoPro('493D', samples('2024-11-04T00:00:00Z', '2024-11-06T00:00:00Z', 30, [13, 14])),
      );
      nights.push(await night());
      duckdb = await DuckDBConnection.create();
      await duckdb.run("set timezone = 'UTC'");
      await duckdb.run(`create table archive as from '${building.warehouse}/archive/*/*.parquet'`);
    }, 240_000);
    afterAll(async () => {
      duckdb.closeSync();
      for (const one of [building, scratch]) await one.remove();
    });

    async function published(level: string): Promise<string[][]> {
      const names = (await readdir(join(building.warehouse, 'normalized')))
        .filter((name) => name.startsWith(`${level}_`))
        .sort();
      const months = await Promise.all(names.map((name) => readNormalized(building.warehouse, name)));
      return months.flat().map((row) => Object.values(row));
    }
    const rounded = (rows: readonly (readonly unknown[])[]) =>
      rows.map((row) =>
        row.map((cell) => (/^-?\d+(\.\d+)?$/.test(String(cell)) ? Number(cell).toPrecision(12) : cell)),
      );

    test('is published with the readings of every night, without those that no aggregate has', async () => {
      expect(nights.map(({ code, stderr }) => `${code} ${stderr}`.slice(0, 400))).toEqual([
        expect.stringMatching(/^0 /),
        expect.stringMatching(/^0 /),
      ]);
      const [flagged] = (
        await duckdb.runAndReadAll('select count(*)::int from archive where flags & 3 > 0')
      ).getRowsJson();
      expect(flagged).toEqual([1]);
      const truth = await duckdb.runAndReadAll(`
      select strftime(date_trunc('week', time), '%Y-%m-%dT%H:%M:%SZ'), location, data_key, avg(data_value)
      from archive where flags & 3 = 0 group by 1, 2, 3 order by 1, 2, 3`);
      const weeks = truth.getRowsJson();
      expect(new Set(weeks.map(([week]) => week))).toEqual(
        new Set(['2024-09-30T00:00:00Z', '2024-10-07T00:00:00Z', '2024-10-14T00:00:00Z', '2024-11-04T00:00:00Z']),
      );
      expect(rounded(await published('agg_weekly'))).toEqual(rounded(weeks));
    });

    test('is published with one that reads the archive, and one that reads fact', async () => {
      const weeks = await published('agg_page');
      const counts = await published('agg_fact');
      const truth = await duckdb.runAndReadAll(`
      select strftime(date_trunc('month', time), '%Y-%m-%dT%H:%M:%SZ'), data_key, count(*)::varchar
      from archive where flags & 3 = 0 group by 1, 2 order by 1, 2`);
      expect(weeks.length).toBe((await published('agg_weekly')).length);
      expect(counts).toEqual(truth.getRowsJson());
    });

    test('comes back with a night that has nothing new when somebody removed a month of it', async () => {
      const file = join(building.warehouse, 'normalized', 'agg_weekly_2024-10.csv');
      const before = await readFile(file);
      await rm(file);
      const { code, stderr } = await night();
      expect(`${code} ${stderr}`).toMatch(/^0 .*nothing is new/s);
      expect(await readFile(file)).toEqual(before);
    });

    test('may read nothing else that holds only one night, and the message says what to write', async () => {
      const wrong = join(project, LEVELS, 'agg_wrong.sql');
      const text = `select "timestamp" as time, location\nfrom {{ ref('attributed_readings') }}\n`;
      await writeFile(wrong, text);
      const { code, stdout } = await warehouse(['models'], { cwd: project });
      expect(code).toBe(3);
      expect(stdout).toMatch(
        /error level-reads-landing models\/3_aggregations\/agg_wrong\.sql:2: .*fix: read \{\{ ref\('fct_sensor_readings'\) \}\} or/,
      );
      const stopped = await warehouse(
        ['aggregate-publish', '--remote', `sm2drive=${building.drive}`, '--warehouse', 'sm2drive:Warehouse'],
        { cwd: project },
      );
      expect(stopped.code).toBe(3);
      expect(stopped.stderr).toMatch(/agg_wrong\.sql:2.*class=config code=level-model/s);
      await writeFile(wrong, text.replace('attributed_readings', 'fct_sensor_readings'));
      const { code: after, stderr } = await night();
      expect(`${after} ${stderr}`).toMatch(/^0 /);
      expect((await published('agg_wrong')).length).toBeGreaterThan(1000);
    });
  },
);
