import { readdir } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Building, newBuilding } from '../support/building';
import type { Ended } from '../support/command-line';
import { atrea, samples, thermoPro, UNIT_1 } from '../support/made-exports';
import { readDataset } from '../support/published';

const indoor = thermoPro('493D', samples('2024-10-30T10:00:00Z', '2024-10-30T14:00:00Z', 1, [11, 12]));
const october = samples('2024-10-20T00:00:00Z', '2024-10-20T05:00:00Z', 60, [1, 2, 3, 4, 5]);
const delivered = atrea('Graph_1.csv', UNIT_1, october);
const broken = { ...delivered, text: delivered.text.replace('tu1-privod', 'tu1-supply') };

describe.skipIf(!process.env.DBT_PYTHON)('facts wait, and only a refused upload arrives the next night', () => {
  let building: Building;
  let second: Ended;
  let again: Ended;
  let published: Ended;
  let third: Ended;
  let generations: string[];
  let sources: Set<string>;

  beforeAll(async () => {
    building = await newBuilding();
    await building.upload('Indoor', indoor);
    expect((await building.run('refresh')).code).toBe(0);
    await building.upload('Vzduchotechnika', broken);
    second = await building.run('refresh');
    again = await building.run('refresh');
    generations = await readdir(`${building.warehouse}/facts`);
    published = await building.run('aggregate-publish');
    sources = new Set((await readDataset(building.warehouse)).map(({ source }) => source));
    third = await building.run('refresh');
  }, 400_000);
  afterAll(() => building.remove());

  test('Refresh names the refused upload, and does not end red', () => {
    expect(second.stderr).toMatch(/error \S+ \[ventilation\] Graph_1\.csv/);
    expect(second.code).toBe(0);
  });

  test('a manifest without facts says which source is held; the night after needs no other', () => {
    expect(generations.map((name) => name.slice(0, 6)).sort()).toEqual(['000001', '000002']);
    expect(again.code).toBe(0);
  });

  test('Aggregate & Publish publishes what waited, then ends red and names the held source', () => {
    expect(sources).toEqual(new Set(['ThermoPro']));
    expect(published.stderr).toMatch(/sources are held: ventilation .*Graph_1\.csv/);
    expect(published.code).toBe(2);
  });

  test('when nothing waits any more, Refresh ends red as long as the upload is refused', () => {
    expect(third.stderr).toContain('1 uploads were refused and there is nothing else to hand over');
    expect(third.code).toBe(2);
  });
});
