import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Building, newBuilding } from '../support/building';
import type { Ended } from '../support/command-line';
import { atrea, type HourTruth, hoursOf, samples, thermoPro, UNIT_1 } from '../support/made-exports';
import { projectWith } from '../support/project';
import { fileTree, type PublishedRow, readDataset, readNormalized, readWholeVersion } from '../support/published';

const seriesOf = (rows: readonly PublishedRow[], location: string, dataKey: string) =>
  rows.filter((row) => row.location === location && row.data_key === dataKey);

/** Number and sum of each published hour, as the truth of a made export has them. */
function hoursPublished(rows: readonly PublishedRow[], location: string, dataKey: string): Map<string, HourTruth> {
  return new Map(
    seriesOf(rows, location, dataKey).map(({ time, n, data_value, measurement }) => [
      time,
      { n, sum: rounded(measurement === 'additive' ? data_value : data_value * n) },
    ]),
  );
}

function rounded(value: number): number {
  return Math.round(value * 1e6) / 1e6;
}

function truth(hours: ReadonlyMap<string, HourTruth>): Map<string, HourTruth> {
  return new Map([...hours].map(([hour, { n, sum }]) => [hour, { n, sum: rounded(sum) }]));
}

describe.skipIf(!process.env.DBT_PYTHON)('an empty start, without any upload', () => {
  let building: Building;
  let ended: Ended;
  beforeAll(async () => {
    building = await newBuilding();
    ended = await building.run('run');
  });
  afterAll(() => building.remove());

  test('is a success that says that nothing is new', () => {
    expect(ended.code).toBe(0);
    expect(ended.stderr).toContain('nothing is new');
  });

  test('writes no facts and no pointer', async () => {
    expect(Object.keys(await fileTree(building.drive))).toEqual([]);
  });

  test('says that an upload folder is not there, by name: that is not the same as an empty one', async () => {
    const drive = await newBuilding();
    await rm(drive.uploadFolder('Indoor'), { recursive: true, force: true });
    const { code, stdout, stderr } = await drive.run('refresh').finally(() => drive.remove());
    expect(code).toBe(0);
    expect(stderr).toMatch(/upload-folder-absent \[indoor\].*sm2drive:Indoor\/Latest\/Upload/);
    expect(stderr).not.toContain('[ventilation]');
    expect(stdout).toContain('ingest');
  });

  test('has a status: nothing published yet', async () => {
    const { code, stdout } = await building.run('status');
    expect(code).toBe(0);
    expect(stdout).toContain('generation 0, public version none');
  });
});

// Flows count up, temperatures do not: a summed data_key beside an averaged one, over both changes of the clock.
describe.skipIf(!process.env.DBT_PYTHON)(
  'an additive and a nonadditive data_key over both changes of the clock',
  () => {
    const spring = samples('2024-03-29T00:00:00Z', '2024-04-02T00:00:00Z', 20, [1, 2, 3, 4, 5]);
    const autumn = samples('2024-10-25T00:00:00Z', '2024-10-29T00:00:00Z', 20, [1, 2, 3, 4, 5]);
    const all = [...spring, ...autumn];
    const [OUTDOOR, FLOW] = [0, 4];
    let building: Building;
    let dataset: PublishedRow[];

    beforeAll(async () => {
      const scratch = await newBuilding();
      const project = await projectWith(join(scratch.folder, 'project'), {
        data_keys: (text) => `${text.trimEnd()}\nair_volume,additive,m³,volume,0,100000,air moved\n`,
        mapping: (text) => text.replace('vyfuk (°C),sm2_01,temp_waste', 'vyfuk (°C),sm2_01,air_volume'),
        datasources_config: (text) => text.replace(',Graph*,Date,temperature,', ',Graph*,Date,temperature;volume,'),
      });
      building = { ...(await newBuilding(project)), remove: scratch.remove };
      await building.upload('Vzduchotechnika', atrea('Graph_spring.csv', UNIT_1, spring));
      await building.upload('Vzduchotechnika', atrea('Graph_autumn.csv', UNIT_1, autumn));
      const ended = await building.run('run');
      expect(`${ended.code} ${ended.stderr}`).toMatch(/^0 /);
      dataset = await readDataset(building.warehouse);
    });
    afterAll(async () => {
      await rm(building.folder, { recursive: true, force: true });
      await building.remove();
    });

    test('the hours of the additive one are sums, hour by hour', () => {
      expect(hoursPublished(dataset, 'sm2_01', 'air_volume')).toEqual(truth(hoursOf(all, FLOW)));
      expect(seriesOf(dataset, 'sm2_01', 'air_volume')[0]!.measurement).toBe('additive');
    });

    test('the hours of the nonadditive one are means, hour by hour', () => {
      expect(hoursPublished(dataset, 'sm2_01', 'temp_ambient')).toEqual(truth(hoursOf(all, OUTDOOR)));
      expect(seriesOf(dataset, 'sm2_01', 'temp_ambient')).toHaveLength(2 * 96);
    });

    test.each([
      ['2024-03-31', 'goes forward', '2024-03-30T23:00:00Z', 23],
      ['2024-10-27', 'goes back', '2024-10-26T22:00:00Z', 25],
    ])('%s, when the clock %s, is one day that begins at %s and has %i hours', async (date, _, start, length) => {
      const month = date.slice(0, 7);
      const hours = [...hoursOf(all, FLOW)].filter(([hour]) => {
        const after = (Date.parse(hour) - Date.parse(start)) / 3_600_000;
        return after >= 0 && after < length;
      });
      const sum = hours.reduce((total, [, one]) => total + one.sum, 0);
      const additive = await readNormalized(building.warehouse, `additive_${month}.daily.csv`);
      const mean = await readNormalized(building.warehouse, `nonadditive_${month}.daily.csv`);
      const ambient = [...hoursOf(all, OUTDOOR)].filter(([hour]) => hours.some(([one]) => one === hour));
      const n = ambient.reduce((total, [, one]) => total + one.n, 0);

      expect(hours).toHaveLength(length);
      expect(additive.filter(({ time }) => time === start).map((row) => rounded(Number(row.data_value)))).toEqual([
        rounded(sum),
      ]);
      const published = mean.find((row) => row.time === start && row.data_key === 'temp_ambient')!;
      expect(rounded(Number(published.data_value))).toBe(
        rounded(ambient.reduce((total, [, one]) => total + one.sum, 0) / n),
      );
    });

    test.each([
      ['2024-03', '2024-03-24T23:00:00Z', '2024-03-31T22:00:00Z'],
      ['2024-10', '2024-10-20T22:00:00Z', '2024-10-27T23:00:00Z'],
    ])('the ISO week with the change in %s begins at %s and ends at %s', async (month, start, end) => {
      const sum = [...hoursOf(all, FLOW)]
        .filter(([hour]) => hour >= start && hour < end)
        .reduce((total, [, one]) => total + one.sum, 0);
      const weeks = await readNormalized(building.warehouse, `additive_${month}.weekly.csv`);
      expect(weeks.filter(({ time }) => time === start).map((row) => rounded(Number(row.data_value)))).toEqual([
        rounded(sum),
      ]);
    });
  },
);

describe.skipIf(!process.env.DBT_PYTHON)('four nights with a broken delivery', () => {
  const indoor = (from: string, to: string) => thermoPro('493D', samples(from, to, 1, [11, 12]));
  const october = samples('2024-10-20T00:00:00Z', '2024-10-22T00:00:00Z', 60, [1, 2, 3, 4, 5]);
  const november = samples('2024-11-05T00:00:00Z', '2024-11-06T00:00:00Z', 60, [1, 2, 3, 4, 5]);
  const late = samples('2024-10-22T00:00:00Z', '2024-10-23T00:00:00Z', 60, [1, 2, 3, 4, 5]);
  const delivered = atrea('Graph_november.csv', UNIT_1, november);
  const broken = { ...delivered, text: delivered.text.replace('tu1-privod', 'tu1-supply') };

  let building: Building;
  const nights: {
    ended: Ended;
    pointer: Awaited<ReturnType<typeof readWholeVersion>>;
    dataset: PublishedRow[];
    status: string;
  }[] = [];
  let refused: string[];
  const night = async () => {
    const ended = await building.run('run');
    const pointer = await readWholeVersion(building.warehouse);
    const status = (await building.run('status')).stdout;
    nights.push({ ended, pointer, dataset: await readDataset(building.warehouse), status });
  };

  beforeAll(async () => {
    building = await newBuilding();
    await building.upload('Indoor', indoor('2024-10-30T22:00:00Z', '2024-10-31T02:00:00Z'));
    await building.upload('Vzduchotechnika', atrea('Graph_october.csv', UNIT_1, october));
    await night();
    await building.upload('Indoor', indoor('2024-11-05T10:00:00Z', '2024-11-05T14:00:00Z'));
    await building.upload('Vzduchotechnika', atrea('Graph_late.csv', UNIT_1, late));
    await building.upload('Vzduchotechnika', broken);
    await night();
    refused = await readdir(building.uploadFolder('Vzduchotechnika'));
    await building.upload('Vzduchotechnika', delivered);
    await night();
    await night();
  }, 240_000);
  afterAll(() => building.remove());

  test('the first publishes what came, and ends with 0', () => {
    expect(nights[0]!.ended.code).toBe(0);
    expect(hoursPublished(nights[0]!.dataset, 'sm2_01', 'temp_fresh')).toEqual(truth(hoursOf(october, 3)));
  });

  test('the second, with a renamed column, ends with 2 and names the file, both names and the source that is held', () => {
    const { code, stderr } = nights[1]!.ended;
    expect(code).toBe(2);
    expect(stderr).toContain('Graph_november.csv');
    expect(stderr).toContain('vzt01_temp-tu1-supply');
    expect(stderr).toContain('vzt01_temp-tu1-privod');
    expect(stderr).toMatch(/sources are held: ventilation .*class=input code=source-held/);
  });

  test('the second publishes the other source all the same', () => {
    const made = samples('2024-11-05T10:00:00Z', '2024-11-05T14:00:00Z', 1, [11, 12]);
    const published = [...hoursPublished(nights[1]!.dataset, '1NP-S1', 'temp_indoor')];
    expect(published.slice(-4)).toEqual([...truth(hoursOf(made, 0))]);
  });

  test('the second publishes nothing of the held source, not even its good file', () => {
    const held = (rows: readonly PublishedRow[]) => rows.filter(({ source }) => source === 'Atrea');
    expect(held(nights[1]!.dataset)).toEqual(held(nights[0]!.dataset));
    expect(nights[1]!.status).toMatch(/waiting: ventilation 000002-\w{8}, 120 facts, held/);
  });

  test('the refused upload stays in its folder and is in quarantine with a report', async () => {
    expect(refused).toEqual(['Graph_november.csv']);
    const quarantined = await readdir(join(building.warehouse, 'quarantine', 'ventilation'));
    expect(quarantined.map((name) => name.slice(12)).sort()).toEqual([
      '_Graph_november.csv',
      '_Graph_november.csv.report.json',
      '_Graph_november.csv.report.md',
    ]);
    const copy = quarantined.find((name) => name.endsWith('.csv'))!;
    expect(await readFile(join(building.warehouse, 'quarantine', 'ventilation', copy), 'utf8')).toBe(broken.text);
  });

  test('the third, with the corrected upload, ends with 0 and publishes all that had waited', () => {
    const { ended, dataset } = nights[2]!;
    expect(ended.code).toBe(0);
    expect(hoursPublished(dataset, 'sm2_01', 'temp_fresh')).toEqual(
      truth(hoursOf([...october, ...late, ...november], 3)),
    );
  });

  test('late data make a new revision of their month, and of no other', () => {
    const revisions = ({ pointer }: (typeof nights)[number]) =>
      pointer.partitions.map(({ datasource, month, revision }) => `${datasource} ${month} r${revision}`);
    expect(revisions(nights[1]!)).toEqual(['indoor 2024-10 r1', 'indoor 2024-11 r1', 'ventilation 2024-10 r1']);
    expect(revisions(nights[2]!)).toEqual([
      'indoor 2024-10 r1',
      'indoor 2024-11 r1',
      'ventilation 2024-10 r2',
      'ventilation 2024-11 r1',
    ]);
  });

  test('the earlier revision stays in the archive', async () => {
    const names = await readdir(join(building.warehouse, 'archive', 'ventilation'));
    expect(names.map((name) => name.slice(0, 10)).sort()).toEqual(['2024-10.r1', '2024-10.r2', '2024-11.r1']);
  });

  test('the fourth, with nothing new, publishes nothing', () => {
    const { ended, pointer, status } = nights[3]!;
    expect(ended.code).toBe(0);
    expect(pointer).toEqual(nights[2]!.pointer);
    expect(status).not.toContain('waiting');
  });
});
