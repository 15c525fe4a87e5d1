/** What the pipeline before this one did wrong, each described as what is right. */

import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Building, newBuilding } from '../support/building';
import { type Ended, root, warehouse } from '../support/command-line';
import { atrea, hoursOf, measured, samples, thermoPro, UNIT_1, UNIT_2 } from '../support/made-exports';
import { projectWith } from '../support/project';
import {
  fileTree,
  type PublishedRow,
  readDataset,
  readNormalized,
  readParquet,
  readWholeVersion,
} from '../support/published';

const FRESH = 3;
const seriesOf = (rows: readonly PublishedRow[], location: string, dataKey: string) =>
  rows.filter((row) => row.location === location && row.data_key === dataKey);
const timesOf = (rows: readonly PublishedRow[], location: string, dataKey: string) =>
  seriesOf(rows, location, dataKey).map(({ time }) => time);

describe.skipIf(!process.env.DBT_PYTHON)('the first night of a building', () => {
  // Begins with the first hour of a month of UTC and ends a minute before an hour.
  const minutes = samples('2024-10-01T00:00:00Z', '2024-10-01T05:00:00Z', 1, [11, 12]);
  const night = samples('2024-10-26T21:00:00Z', '2024-10-27T04:00:00Z', 10, [13, 14]);
  const unit1 = samples('2024-10-26T20:00:00Z', '2024-10-27T05:00:00Z', 60, [1, 2, 3, 4, 5]);
  const unit2 = samples('2024-10-26T20:00:00Z', '2024-10-27T05:00:00Z', 60, [1, 7, 8, 9, 10]);
  const ERROR_CODE = 126;
  const MISSING_IN_UNIT_1 = '2024-10-26T22:00:00Z';

  let building: Building;
  let ended: Ended;
  let dataset: PublishedRow[];

  const upload = async (to: Building) => {
    const broken = unit1
      .filter(({ time }) => time !== Date.parse(MISSING_IN_UNIT_1))
      .map((row, index) =>
        index === 0 ? { ...row, values: [row.values[0]!, ERROR_CODE, ...row.values.slice(2)] } : row,
      );
    await to.upload('Indoor', thermoPro('493D', minutes));
    await to.upload('Indoor', thermoPro('CCEA', night, { order: 'MDY' }));
    await to.upload('Vzduchotechnika', atrea('Graph_1.csv', UNIT_1, broken));
    await to.upload('Vzduchotechnika', atrea('Graph_2.csv', UNIT_2, unit2));
  };

  beforeAll(async () => {
    building = await newBuilding();
    await upload(building);
    // A PATH on which nothing is.
    ended = await building.run('run', [], { env: { PATH: building.folder } });
    if (ended.code === 0) dataset = await readDataset(building.warehouse);
  }, 240_000);
  afterAll(() => building.remove());

  test('a warehouse without any history is filled', () => {
    expect(`${ended.code} ${ended.stderr}`).toMatch(/^0 /);
    expect(dataset.length).toBeGreaterThan(0);
  });

  test('no program of the machine is needed: the job runs with an empty PATH', () => {
    expect(ended.code).toBe(0);
  });

  test('local time becomes an instant, and an hour is labelled by its start', () => {
    // The first row says 1.10.2024 2:00 in Prague, and 60 rows follow until 2:59.
    const [first] = seriesOf(dataset, '1NP-S1', 'temp_indoor');
    expect(first).toMatchObject({ time: '2024-10-01T00:00:00Z', n: 60 });
    expect(first!.data_value).toBeCloseTo(
      minutes.slice(0, 60).reduce((total, { values }) => total + values[0]!, 0) / 60,
      9,
    );
  });

  test('the hour that the autumn night doubles is two hours, each with its own readings', () => {
    const hours = seriesOf(dataset, '1NP-S2', 'temp_indoor').map(({ time, n }) => [time, n]);
    expect(hours).toEqual([...hoursOf(night, 0)].map(([time, { n }]) => [time, n]));
    expect(hours).toContainEqual(['2024-10-27T00:00:00Z', 6]);
    expect(hours).toContainEqual(['2024-10-27T01:00:00Z', 6]);
  });

  test('the last reading of an export is in the last hour, which is a whole hour', async () => {
    expect(seriesOf(dataset, '1NP-S1', 'temp_indoor').at(-1)).toMatchObject({ time: '2024-10-01T04:00:00Z', n: 60 });
    const archived = await archiveOf(building, 'indoor');
    const last = Date.parse('2024-10-01T04:59:00Z');
    expect(archived.filter(({ time, sensor }) => (time as Date).getTime() === last && sensor === '493D')).toHaveLength(
      2,
    );
  });

  test('the first hour of the first month is published, in the dataset and in the monthly CSV', async () => {
    const [first] = await readNormalized(building.warehouse, 'nonadditive_2024-10.hourly.csv');
    expect(timesOf(dataset, '1NP-S1', 'temp_indoor')[0]).toBe('2024-10-01T00:00:00Z');
    expect(first!.time).toBe('2024-10-01T00:00:00Z');
  });

  test('an hour that is missing in one unit’s file stays in the files of all others', () => {
    expect(timesOf(dataset, 'sm2_01', 'temp_fresh')).not.toContain(MISSING_IN_UNIT_1);
    expect(timesOf(dataset, 'sm2_02', 'temp_fresh')).toEqual([...hoursOf(unit2, FRESH).keys()]);
  });

  test('the doubled hour of two units stays one row for each unit and hour', () => {
    const doubled = dataset.filter(
      ({ time, data_key }) => time.startsWith('2024-10-27T0') && time < '2024-10-27T02' && data_key === 'temp_fresh',
    );
    expect(doubled.map(({ time, location }) => `${location} ${time}`)).toEqual([
      'sm2_01 2024-10-27T00:00:00Z',
      'sm2_01 2024-10-27T01:00:00Z',
      'sm2_02 2024-10-27T00:00:00Z',
      'sm2_02 2024-10-27T01:00:00Z',
    ]);
  });

  test('an error code of a sensor is archived with a flag and never published as a measurement', async () => {
    const archived = await archiveOf(building, 'ventilation');
    const codes = archived.filter(({ data_value }) => data_value === ERROR_CODE);
    expect(codes.map(({ flags }) => flags)).toEqual([1]);
    expect(dataset.filter(({ maximum }) => maximum === ERROR_CODE)).toEqual([]);
    expect(ended.stderr).toContain('out-of-range [ventilation]');
  });

  test('a value that a unit repeats for days is archived with a flag, and reported', async () => {
    const own = await newBuilding();
    const weekend = unit1.map((row) => ({ ...row, values: row.values.map(() => 21.5) }));
    const days = Array.from({ length: 4 }, (_, day) =>
      weekend.map((row) => ({ ...row, time: row.time + (day - 30) * weekend.length * 3_600_000 })),
    );
    await own.upload('Vzduchotechnika', atrea('Graph_1.csv', UNIT_1, days.flat()));
    const { code, stderr } = await own.run('run');
    const archived = await archiveOf(own, 'ventilation');
    await own.remove();
    expect(code).toBe(0);
    expect(stderr).toContain('quality-frozen-share [ventilation]');
    expect([...new Set(archived.map(({ flags }) => flags))]).toEqual([4]);
  });

  test('the same uploads give the same bytes, whatever order the folder lists them in', async () => {
    const other = await newBuilding();
    await upload(other);
    // The same files with the same times, created in the opposite order.
    for (const source of ['Indoor', 'Vzduchotechnika'] as const) {
      const folder = other.uploadFolder(source);
      const kept = join(other.folder, source);
      await cp(folder, kept, { recursive: true, preserveTimestamps: true });
      const names = await readdir(folder);
      for (const name of names) await rm(join(folder, name));
      for (const name of names.sort().reverse())
        await cp(join(kept, name), join(folder, name), { preserveTimestamps: true });
    }
    expect((await other.run('run')).code).toBe(0);
    const [one, two] = [await fileTree(building.warehouse), await fileTree(other.warehouse)];
    await other.remove();
    expect(two).toEqual(one);
  });
});

describe.skipIf(!process.env.DBT_PYTHON)('deliveries that come later than what is published', () => {
  const published = samples('2024-10-20T00:00:00Z', '2024-10-21T00:00:00Z', 60, [1, 2, 3, 4, 5]);
  const old = samples('2023-02-01T00:00:00Z', '2023-02-02T00:00:00Z', 60, [1, 2, 3, 4, 5]);
  const partOfMonth = published.slice(4, 9);
  let building: Building;
  let ended: Ended;
  let left: string[];
  let dataset: PublishedRow[];
  beforeAll(async () => {
    building = await newBuilding();
    await building.upload('Vzduchotechnika', atrea('Graph_1.csv', UNIT_1, published));
    await building.run('run');
    await building.upload('Vzduchotechnika', atrea('Graph_old.csv', UNIT_1, old));
    await building.upload('Vzduchotechnika', atrea('Graph_part.csv', UNIT_1, partOfMonth));
    ended = await building.run('run');
    left = await readdir(building.uploadFolder('Vzduchotechnika'));
    dataset = await readDataset(building.warehouse);
  }, 240_000);
  afterAll(() => building.remove());

  test('an upload whose newest time does not advance is published before it leaves its folder', () => {
    expect(ended.code).toBe(0);
    expect(left).toEqual([]);
    expect(timesOf(dataset, 'sm2_01', 'temp_fresh')).toEqual([
      ...hoursOf(old, FRESH).keys(),
      ...hoursOf(published, FRESH).keys(),
    ]);
  });

  test('readings that are years older than the newest are merged into a month of their own', async () => {
    const { partitions } = await readWholeVersion(building.warehouse);
    expect(partitions.map(({ month, archive }) => `${month} ${archive.rows}`)).toEqual([
      `2023-02 ${24 * 5}`,
      `2024-10 ${24 * 5}`,
    ]);
  });

  test('an export of a part of a month takes nothing away from the month', () => {
    const hours = seriesOf(dataset, 'sm2_01', 'temp_fresh').filter(({ time }) => time >= '2024');
    expect(hours.map(({ data_value }) => data_value)).toEqual(published.map(({ time }) => measured(4, time)));
  });

  test('a month whose earlier readings cannot be read is rebuilt first, and loses none to the new ones', async () => {
    const folder = join(building.warehouse, 'archive', 'ventilation');
    const [name] = (await readdir(folder)).filter((one) => one.startsWith('2024-10'));
    const bytes = await readFile(join(folder, name!));
    bytes[100]! ^= 0xff;
    await writeFile(join(folder, name!), bytes);
    await building.upload(
      'Vzduchotechnika',
      atrea('Graph_new.csv', UNIT_1, samples('2024-10-22T00:00:00Z', '2024-10-22T05:00:00Z', 60, [1, 2, 3, 4, 5])),
    );
    const { code, stderr } = await building.run('run');

    expect(code).toBe(0);
    expect(stderr).toMatch(/warning partition-healed .*archive\/ventilation\/2024-10/);
    const isNew = ({ time }: (typeof dataset)[number]) => time >= '2024-10-22' && time < '2024-10-22T05';
    const now = await readDataset(building.warehouse);
    expect(now.filter((row) => !isNew(row))).toEqual(dataset.filter((row) => !isNew(row)));
    expect(now.filter(isNew)).toHaveLength(5 * 5);
  });
});

describe.skipIf(!process.env.DBT_PYTHON)('two sensors at one location', () => {
  const one = samples('2024-10-20T00:00:00Z', '2024-10-20T02:00:00Z', 1, [11, 12]);
  const other = samples('2024-10-20T00:00:00Z', '2024-10-20T02:00:00Z', 1, [13, 14]);

  test('that deliver different values at the same time hold the source, and the message names both', async () => {
    const building = await newBuilding();
    await building.upload('Indoor', thermoPro('CAF4', one));
    await building.upload('Indoor', thermoPro('61E6', other));
    const { code, stderr } = await building.run('run');
    const published = await readdir(join(building.warehouse, 'public')).catch(() => []);
    await building.remove();

    expect(code).toBe(2);
    expect(stderr).toMatch(/sensor-conflict \[indoor\].*"CAF4".*"61E6"/);
    expect(published).not.toContain('sm2_public_dataset.parquet');
  });

  test('that follow each other by the dates of the mapping both count, each in its time', async () => {
    const scratch = await newBuilding();
    const project = await projectWith(join(scratch.folder, 'project'), {
      mapping_indoor: (text) =>
        text
          .replace('CAF4,SM2_05_L5/L6_01,,', 'CAF4,SM2_05_L5/L6_01,,2024-10-20T01:00:00Z')
          .replace('61E6,SM2_05_L5/L6_01,,', '61E6,SM2_05_L5/L6_01,2024-10-20T01:00:00Z,'),
    });
    const building = await newBuilding(project);
    await building.upload('Indoor', thermoPro('CAF4', one));
    await building.upload('Indoor', thermoPro('61E6', other));
    const { code, stderr } = await building.run('run');
    const hours = code === 0 ? seriesOf(await readDataset(building.warehouse), '5NP-S5', 'temp_indoor') : [];
    await Promise.all([building.remove(), scratch.remove()]);

    const mean = (rows: typeof one) => rows.reduce((total, { values }) => total + values[0]!, 0) / rows.length;
    expect(`${code} ${stderr}`).toMatch(/^0 /);
    expect(hours.map(({ time, n }) => [time, n])).toEqual([
      ['2024-10-20T00:00:00Z', 60],
      ['2024-10-20T01:00:00Z', 60],
    ]);
    expect(hours[0]!.data_value).toBeCloseTo(mean(one.slice(0, 60)), 9);
    expect(hours[1]!.data_value).toBeCloseTo(mean(other.slice(60)), 9);
  });
});

describe.skipIf(!process.env.DBT_PYTHON)('uploads that no mapping knows', () => {
  const rows = samples('2024-10-20T00:00:00Z', '2024-10-20T05:00:00Z', 60, [1, 2, 3, 4, 5, 6]);
  let building: Building;
  let ended: Ended;
  beforeAll(async () => {
    building = await newBuilding();
    const extra = atrea('Graph_extra.csv', [...UNIT_1, 'KOT9/Teplota venkovní (°C)'], rows);
    const made = atrea(
      'Graph_renamed.csv',
      UNIT_1,
      rows.map((row) => ({ ...row, values: row.values.slice(0, 5) })),
    );
    const indoor = samples('2024-10-20T00:00:00Z', '2024-10-20T02:00:00Z', 1, [11, 12]);
    await building.upload('Vzduchotechnika', extra);
    await building.upload('Vzduchotechnika', { ...made, text: made.text.replace('tu1-privod', 'tu1-supply') });
    await building.upload('Indoor', thermoPro('FFFF', indoor));
    await building.upload('Indoor', thermoPro('DCOC', indoor));
    ended = await building.run('refresh');
  });
  afterAll(() => building.remove());

  test('a column that nobody mapped or ignored refuses its file instead of vanishing', () => {
    expect(ended.code).toBe(2);
    expect(ended.stderr).toMatch(/error \S+ \[ventilation\] Graph_extra\.csv.*KOT9\/Teplota venkovní \(°C\)/);
  });

  test('a renamed column refuses its file instead of losing its readings, and both names are reported', () => {
    expect(ended.stderr).toMatch(/Graph_renamed\.csv.*vzt01_temp-tu1-supply/);
    expect(ended.stderr).toMatch(/Graph_renamed\.csv.*vzt01_temp-tu1-privod/);
  });

  test('a sensor that nobody mapped is reported by name', () => {
    expect(ended.stderr).toMatch(/error sensor-unknown \[indoor\] ThermoProSensor_export_FFFF_\d+\.csv.*"FFFF"/);
  });

  test('an id with the letter O in a file’s name is reported', () => {
    expect(ended.stderr).toMatch(/error sensor-missing \[indoor\] ThermoProSensor_export_DCOC_\d+\.csv/);
  });

  test('their files stay in the upload folders', async () => {
    expect(await readdir(building.uploadFolder('Vzduchotechnika'))).toEqual(['Graph_extra.csv', 'Graph_renamed.csv']);
    expect(await readdir(building.uploadFolder('Indoor'))).toHaveLength(2);
  });
});

describe('a sensor id with the letter O in the mapping', () => {
  test('is a configuration failure that names the line, before anything is done', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'letter-o-'));
    await projectWith(folder, { mapping_indoor: (text) => text.replace('DC0C,', 'DCOC,') });
    const line = (await readFile(join(root, 'seeds', 'mapping_indoor.csv'), 'utf8'))
      .split('\n')
      .findIndex((row) => row.startsWith('DC0C'));
    const { code, stderr } = await warehouse(['status', '--warehouse', folder, '--project', folder]);
    await rm(folder, { recursive: true });

    expect(code).toBe(3);
    expect(stderr).toContain(`seeds/mapping_indoor.csv:${line + 1}:sensor`);
    expect(stderr).toContain('"DCOC"');
  });
});

async function archiveOf(building: Building, datasource: string): Promise<Record<string, unknown>[]> {
  const folder = join(building.warehouse, 'archive', datasource);
  const tables: Record<string, unknown>[][] = [];
  for (const name of (await readdir(folder)).sort()) tables.push(await readParquet(join(folder, name)));
  return tables.flat();
}
