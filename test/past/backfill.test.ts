import { appendFile, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { DuckDBConnection } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Building, newBuilding } from '../support/building';
import { atrea, samples, thermoPro, UNIT_1 } from '../support/made-exports';
import { fileTree, readWholeVersion } from '../support/published';
import { type Copy, copyOf, planned } from '../support/published-past';

const AUGUST_TO_OCTOBER = ['--from', '2024-08', '--to', '2024-10'];
/** In one window: dbt takes most of the time. */
const REBUILD_INDOOR = [...AUGUST_TO_OCTOBER, '--mode', 'rebuild', '--datasource', 'indoor', '--window-months', '3'];

// Three months of two room sensors and one ventilation unit, delivered in two nights.
describe.skipIf(!process.env.DBT_PYTHON)('three published months', () => {
  let building: Building;
  let duckdb: DuckDBConnection;

  beforeAll(async () => {
    building = await newBuilding();
    for (const [from, to] of [
      ['2024-08-20T00:00:00Z', '2024-09-10T00:00:00Z'],
      ['2024-09-09T00:00:00Z', '2024-10-03T00:00:00Z'],
    ] as const) {
      await building.upload('Indoor', thermoPro('493D', samples(from, to, 60, [1, 2])));
      await building.upload('Indoor', thermoPro('CCEA', samples(from, to, 60, [3, 4])));
      await building.upload(
        'Vzduchotechnika',
        atrea(`Graph_${from.slice(0, 7)}.csv`, UNIT_1, samples(from, to, 60, [5, 6, 7, 8, 9])),
      );
      const { code, stderr } = await building.run('run');
      if (code !== 0) throw new Error(stderr);
    }
    duckdb = await DuckDBConnection.create();
    await duckdb.run("set timezone = 'UTC'");
  }, 240_000);
  afterAll(async () => {
    duckdb.closeSync();
    await building.remove();
  });

  /** One number from SQL over `dataset` and `archive`, the published table and every published reading. */
  const ask = async ({ warehouse }: Copy, sql: string) => {
    const { partitions } = await readWholeVersion(warehouse);
    const files = partitions.map(({ archive }) => `'${join(warehouse, archive.path)}'`);
    await duckdb.run(`create or replace view dataset as from '${warehouse}/public/sm2_public_dataset.parquet'`);
    await duckdb.run(`create or replace view archive as from read_parquet([${files}])`);
    return (await duckdb.runAndReadAll(sql)).getRowsJson().map((row) => row.map(Number));
  };
  const revisions = async ({ warehouse }: Copy) =>
    (await readWholeVersion(warehouse)).partitions.map(
      ({ datasource, month, revision }) => `${datasource} ${month} r${revision}`,
    );

  describe('and a new exclusion', () => {
    const inPeriod =
      "location = '1NP-S1' and data_key = 'temp_indoor' and time >= '2024-08-25' and time < '2024-09-02'";
    const archived =
      "location = 'SM2_01_L1_01' and data_key = 'temp_indoor' and time >= '2024-08-25' and time < '2024-09-02'";
    let copy: Copy;
    let before: number[][];

    beforeAll(async () => {
      copy = await copyOf(building);
      before = await ask(copy, `select count(*) filter (${inPeriod}), count(*) from dataset`);
      await copy.change({
        exclusions: (text) =>
          `${text}indoor,SM2_01_L1_01,temp_indoor,2024-08-25T00:00:00Z,2024-09-02T00:00:00Z,stood | in the sun\n`,
      });
    });

    test('are planned as stale where the exclusion reaches, and a dry run changes nothing', async () => {
      const tree = await fileTree(copy.drive);
      const ended = await copy.run('backfill', [...AUGUST_TO_OCTOBER, '--dry-run', '--json']);
      expect(planned(ended)).toEqual([
        'indoor_2024-08_2024-09 2024-08 aggregate: rules-changed',
        'indoor_2024-08_2024-09 2024-09 aggregate: rules-changed',
      ]);
      expect(await fileTree(copy.drive)).toEqual(tree);
    });

    test('lose the excluded hours and no other, while the archive keeps the readings with a flag', async () => {
      const { code, stderr } = await copy.run('backfill', AUGUST_TO_OCTOBER);
      expect({ code, stderr }).toMatchObject({ code: 0 });
      const [[excluded, all]] = (await ask(copy, `select count(*) filter (${inPeriod}), count(*) from dataset`)) as [
        number[],
      ];
      expect([before[0]![0], excluded, all]).toEqual([8 * 24, 0, before[0]![1]! - 8 * 24]);
      expect(await ask(copy, `select count(*), min(flags & 2), max(flags & 2) from archive where ${archived}`)).toEqual(
        [[8 * 24, 2, 2]],
      );
      expect(await ask(copy, `select count(*) from archive where flags & 2 = 2 and not (${archived})`)).toEqual([[0]]);
    });

    test('have a changelog that gives period, public name and reason', async () => {
      const changelog = await readFile(join(copy.warehouse, 'public', 'CHANGELOG.md'), 'utf8');
      expect(changelog).toContain(
        '| 1NP-S1 | temp_indoor | 2024-08-25T00:00:00Z | 2024-09-02T00:00:00Z | stood \\| in the sun |',
      );
      expect(changelog).not.toContain('SM2_01_L1_01');
    });

    test('are new revisions of these two months, and of no other; after that nothing is stale', async () => {
      expect(await revisions(copy)).toEqual([
        'indoor 2024-08 r2',
        'indoor 2024-09 r3',
        'indoor 2024-10 r1',
        'ventilation 2024-08 r1',
        'ventilation 2024-09 r2',
        'ventilation 2024-10 r1',
      ]);
      const ended = await copy.run('backfill', [...AUGUST_TO_OCTOBER, '--json']);
      expect(planned(ended)).toEqual([]);
    });

    test('are merged by the next night as if nothing had been', async () => {
      const pointer = await readWholeVersion(copy.warehouse);
      expect((await copy.run('run')).code).toBe(0);
      expect(await readWholeVersion(copy.warehouse)).toEqual(pointer);
    });
  });

  test('have a changelog without exclusions, too', async () => {
    expect(await readFile(join(building.warehouse, 'public', 'CHANGELOG.md'), 'utf8')).toContain('None.');
  });

  test('whose files are gone come back with the same bytes: hours from the archive, an archive from raw', async () => {
    const copy = await copyOf(building);
    const tree = await fileTree(copy.drive);
    const [archive] = await readdir(join(copy.warehouse, 'archive', 'indoor'));
    const [hours] = await readdir(join(copy.warehouse, 'aggregates', 'ventilation'));
    await rm(join(copy.warehouse, 'archive', 'indoor', archive!));
    await rm(join(copy.warehouse, 'aggregates', 'ventilation', hours!));
    const dry = await copy.run('backfill', [...AUGUST_TO_OCTOBER, '--mode', 'missing', '--dry-run', '--json']);
    expect(planned(dry)).toEqual([
      'ventilation_2024-08_2024-08 2024-08 aggregate: aggregates-absent',
      'indoor_2024-08_2024-08 2024-08 rebuild: archive-absent',
    ]);
    const { code, stderr } = await copy.run('backfill', [...AUGUST_TO_OCTOBER, '--mode', 'missing']);
    expect({ code, stderr }).toMatchObject({ code: 0 });
    const after = await fileTree(copy.drive);
    const files = (of: Record<string, string>) =>
      Object.entries(of).filter(([path]) => /^Warehouse\/(archive|aggregates|normalized)\//.test(path));
    expect(files(after)).toEqual(files(tree));
  });

  test('that are rebuilt without a reason change nothing', async () => {
    const copy = await copyOf(building);
    const tree = await fileTree(copy.drive);
    const { code, stdout } = await copy.run('backfill', [...AUGUST_TO_OCTOBER, '--mode', 'all']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/indoor +2024-10 +indoor_2024-10_2024-10 +archive +\d+ +asked-for/);
    expect(await fileTree(copy.drive)).toEqual(tree);
  });

  test('that are rebuilt without a reason change nothing', async () => {
    const copy = await copyOf(building);
    const tree = await fileTree(copy.drive);
    const { code, stderr } = await copy.run('backfill', [...AUGUST_TO_OCTOBER, '--mode', 'rebuild']);
    expect({ code, stderr }).toMatchObject({ code: 0 });
    expect(await fileTree(copy.drive)).toEqual(tree);
  });

  test('follow a corrected mapping when they are rebuilt: all readings are at the new place, none at the old one', async () => {
    const copy = await copyOf(building);
    const before = await ask(copy, "select count(*) from dataset where location = '1NP-S1'");
    await copy.change({
      mapping_indoor: (text) =>
        text.replace('493D,SM2_01_L1_01', '493D,SM2_04_L1_01').replace('B020,SM2_04_L1_01', 'B020,SM2_01_L1_01'),
    });
    const { code, stderr } = await copy.run('backfill', REBUILD_INDOOR);
    expect({ code, stderr }).toMatchObject({ code: 0 });
    const places = "select count(*) filter (location = '1NP-S1'), count(*) filter (location = '1NP-S4') from dataset";
    expect(await ask(copy, places)).toEqual([[0, before[0]![0]]]);
    expect((await revisions(copy)).slice(0, 3)).toEqual([
      'indoor 2024-08 r2',
      'indoor 2024-09 r3',
      'indoor 2024-10 r2',
    ]);
  });

  test('lose a removed sensor when they are rebuilt, and keep the other', async () => {
    const copy = await copyOf(building);
    const others = "select count(*) from dataset where location <> '1NP-S1'";
    const before = await ask(copy, others);
    await copy.change({ mapping_indoor: (text) => text.replace('493D,SM2_01_L1_01,,\n', '') });
    const { code, stderr } = await copy.run('backfill', REBUILD_INDOOR);
    expect({ code, stderr }).toMatchObject({ code: 0 });
    expect(stderr).toMatch(/warning sensor-removed \[indoor\] raw\/indoor\/000001-.*ThermoProSensor_export_493D/);
    expect(await ask(copy, "select count(*) from dataset where location = '1NP-S1'")).toEqual([[0]]);
    expect(await ask(copy, others)).toEqual(before);
  });

  test('that would lose readings for no reason are refused, and published when that is allowed', async () => {
    const copy = await copyOf(building);
    await copy.change({
      mapping_indoor: (text) => text.replace('493D,SM2_01_L1_01,,', '493D,SM2_01_L1_01,2024-09-01T00:00:00Z,'),
    });
    const pointer = await readWholeVersion(copy.warehouse);
    const refused = await copy.run('backfill', REBUILD_INDOOR);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toMatch(
      /indoor 2024-08 would have fewer readings than before; found 576 readings, expected at least 1152: .*class=input code=month-shrinks/,
    );
    expect(await readWholeVersion(copy.warehouse)).toEqual(pointer);
    const allowed = await copy.run('backfill', [...REBUILD_INDOOR, '--allow-fewer']);
    expect(allowed.code).toBe(0);
    expect(await ask(copy, "select count(*) from dataset where location = '1NP-S1' and time < '2024-09-01'")).toEqual([
      [0],
    ]);
  });

  test('are not rebuilt from a raw copy that is missing or damaged: it is named', async () => {
    const copy = await copyOf(building);
    const folder = join(copy.warehouse, 'raw', 'indoor');
    const [generation] = await readdir(folder);
    const [name] = await readdir(join(folder, generation!));
    const rebuild = () => copy.run('backfill', REBUILD_INDOOR);
    await appendFile(join(folder, generation!, name!), '\n');
    const damaged = await rebuild();
    await rm(join(folder, generation!, name!));
    const missing = await rebuild();
    for (const { code, stderr } of [damaged, missing]) {
      expect(code).toBe(5);
      expect(stderr).toContain(`raw/indoor/${generation}/${name}`);
      expect(stderr).toContain('code=raw-copy-damaged');
    }
  });

  test('are not rebuilt when today’s contract refuses a raw copy: it is named, and why', async () => {
    const copy = await copyOf(building);
    await copy.change({
      mapping_indoor_columns: (text) => text.replace('Relative_Humidity(%),humidity_indoor\n', ''),
      datasources_config: (text) =>
        text.replace(
          'Date;Time;Temperature_Celsius;Relative_Humidity(%),temperature;humidity',
          'Date;Time;Temperature_Celsius,temperature',
        ),
    });
    const { code, stderr } = await copy.run('backfill', REBUILD_INDOOR);
    expect(code).toBe(2);
    expect(stderr).toMatch(/today’s contract refuses a raw copy: .* at raw\/indoor\/000001-.*code=raw-refused/);
  });

  test.each([
    [
      ['--from', '2024-08', '--to', '2024-10', '--mode', 'all', '--max-months', '5'],
      'found 6 (source, month) pairs, expected at most 5',
      'too-many-months',
    ],
    [['--from', '2024-10', '--to', '2024-08'], 'from is 2024-10, after to, which is 2024-08', 'backfill-order'],
    [['--from', '2024-8', '--to', '2024-10', '--mode', 'some'], 'from is "2024-8", expected a month', 'backfill-order'],
    [
      ['--from', '2024-08', '--to', '2024-10', '--datasource', 'outdoor'],
      'expected one of ventilation, indoor',
      'backfill-order',
    ],
    [['--from', '2024-08'], '--to is missing', 'usage'],
  ])('are left alone by an invalid order: %s', async (options, told, code) => {
    const copy = await copyOf(building);
    const tree = await fileTree(copy.drive);
    const ended = await copy.run('backfill', options);
    expect(ended.code).toBe(3);
    expect(ended.stderr).toContain(told);
    expect(ended.stderr).toContain(`class=config code=${code}`);
    expect(await fileTree(copy.drive)).toEqual(tree);
  });

  test('are reported beside facts that wait for the nightly run, which a backfill leaves alone', async () => {
    const late = thermoPro('493D', samples('2024-08-10T00:00:00Z', '2024-08-10T05:00:00Z', 60, [1, 2]), {
      part: '_late',
    });
    await building.upload('Indoor', late);
    const copy = await copyOf(building);
    await rm(join(building.uploadFolder('Indoor'), late.name));
    expect((await copy.run('refresh')).code).toBe(0);
    const ended = await copy.run('backfill', [...AUGUST_TO_OCTOBER, '--json']);
    expect(planned(ended)).toEqual([]);
    expect(JSON.parse(ended.stdout).plan.waiting).toEqual([{ datasource: 'indoor', month: '2024-08', facts: 10 }]);
  });
});
