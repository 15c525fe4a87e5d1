import { rm } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { detailsOf } from '../../packages/model/test/support/failure-of';
import { type Building, newBuilding } from '../support/building';
import { atrea, samples, thermoPro, UNIT_1 } from '../support/made-exports';
import { refresh } from '../support/made-night';
import { readWholeVersion } from '../support/published';

const ventilation = (name: string) =>
  atrea(name, UNIT_1, samples('2024-10-20T00:00:00Z', '2024-10-20T05:00:00Z', 60, [1, 2, 3, 4, 5]));
const good = ventilation('Graph_good.csv');
const delivered = ventilation('Graph_broken.csv');
const broken = { ...delivered, text: delivered.text.replace('tu1-privod', 'tu1-supply') };
const FACTS = [{ datasource: 'ventilation', from: '2024-10-20T00:00:00Z', hours: 5 }] as const;

let building: Building;
beforeEach(async () => {
  building = await newBuilding();
});
afterEach(() => building.remove());

describe('a source that is held, with facts that wait', () => {
  beforeEach(async () => {
    await building.upload('Vzduchotechnika', good);
    await building.upload('Vzduchotechnika', broken);
    await refresh(building, FACTS);
  });

  test('is not released by a missing upload folder', async () => {
    await rm(building.uploadFolder('Vzduchotechnika'), { recursive: true });
    expect((await refresh(building, [])).generation).toBeUndefined();
    await building.upload(
      'Indoor',
      thermoPro('493D', samples('2024-10-30T10:00:00Z', '2024-10-30T11:00:00Z', 1, [1, 2])),
    );
    await refresh(building, [{ datasource: 'indoor', from: '2024-10-30T10:00:00Z', hours: 1 }]);

    const { code, stderr } = await building.run('aggregate-publish');
    expect({ code, held: /sources are held: ventilation/.test(stderr) }).toEqual({ code: 2, held: true });
    expect((await readWholeVersion(building.warehouse)).consumed).toEqual({ indoor: 2 });
  });

  test('is released when the refused upload is taken out of its folder', async () => {
    await rm(`${building.uploadFolder('Vzduchotechnika')}/${broken.name}`);
    expect((await refresh(building, [])).generation).toMatch(/^000002-/);
    expect((await building.run('aggregate-publish')).code).toBe(0);
    expect((await readWholeVersion(building.warehouse)).consumed).toMatchObject({ ventilation: 2 });
  });

  test('does not keep a Refresh from ending red, because only its own facts wait', async () => {
    expect(await detailsOf(refresh(building, []))).toMatchObject({
      class: 'input',
      what: expect.stringContaining('1 uploads'),
    });
  });
});
