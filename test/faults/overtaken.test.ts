import { cp, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Store } from '@sensor-warehouse/storage/store';
import { EMBEDDED } from '@sensor-warehouse/warehouse/engines/engine';
import { STABLE } from '@sensor-warehouse/warehouse/layout/pointer';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Building, newBuilding } from '../support/building';
import { handOver } from '../support/made-facts';
import { openNight } from '../support/made-night';
import { fileTree } from '../support/published';
import { checkQuality, influxAggregate, publishParquet } from '../support/stages';

test('a publication that is overtaken right after it moved the pointer keeps and names its own pointer', async () => {
  const building = await newBuilding();
  await handOver(building.warehouse, 1, [{ datasource: 'indoor', from: '2024-10-10T00:00:00Z', hours: 5 }]);
  const night = await openNight(building);
  await checkQuality(night);
  await influxAggregate(night, EMBEDDED);
  let overtaken = false;
  const warehouse: Store = {
    ...night.warehouse,
    readText: async (path) => {
      if (path === STABLE && !overtaken && (await night.warehouse.readText('warehouse.json')) !== undefined) {
        overtaken = true;
        await handOver(building.warehouse, 2, [{ datasource: 'indoor', from: '2024-10-12T00:00:00Z', hours: 5 }]);
        expect((await building.run('aggregate-publish')).code).toBe(0);
      }
      return night.warehouse.readText(path);
    },
  };
  const { generation, pointer } = await publishParquet({ ...night, warehouse });

  expect({ overtaken, generation, pointer: pointer.split('-')[0] }).toEqual({
    overtaken: true,
    generation: 1,
    pointer: '1',
  });
  const folder = join(building.warehouse, 'pointers');
  const copies = await Promise.all(
    (await readdir(folder))
      .sort()
      .map(async (name) => [name.slice(0, 6), JSON.parse(await readFile(join(folder, name), 'utf8')).generation]),
  );
  expect(copies).toEqual([
    ['000001', 1],
    ['000002', 2],
  ]);
  await building.remove();
});

describe('of two publications of which the second ends first', () => {
  let building: Building;
  /** What lies under stable names once both went well. */
  let newest: Record<string, string>;
  beforeAll(async () => {
    building = await newBuilding();
    const days = ['2024-10-10', '2024-10-12'];
    for (const [index, day] of days.entries())
      await handOver(building.warehouse, index + 1, [{ datasource: 'indoor', from: `${day}T00:00:00Z`, hours: 5 }]);
    await cp(building.warehouse, join(building.folder, 'waiting'), { recursive: true });
    await onlyFirst(building.warehouse);
    await publish();
    await cp(join(building.folder, 'waiting'), building.warehouse, { recursive: true });
    await publish();
    newest = await stable();
  });
  afterAll(() => building.remove());

  const onlyFirst = async (warehouse: string) => {
    for (const name of await readdir(join(warehouse, 'facts')))
      if (!name.startsWith('000001')) await rm(join(warehouse, 'facts', name), { recursive: true });
  };

  const stable = async () => {
    const tree = await fileTree(building.warehouse);
    return Object.fromEntries(Object.entries(tree).filter(([path]) => /^(public\/[^/]+|normalized\/.*)$/.test(path)));
  };

  const publish = async (warehouse?: Store) => {
    const night = await openNight(building);
    const own = warehouse === undefined ? night : { ...night, warehouse };
    await checkQuality(own);
    await influxAggregate(own, EMBEDDED);
    await publishParquet(own);
  };

  /** The first publication, in whose place the second runs as soon as the first uploads to a path. */
  const overtakenAt = async (path: RegExp) => {
    await rm(building.warehouse, { recursive: true });
    await cp(join(building.folder, 'waiting'), building.warehouse, { recursive: true });
    await onlyFirst(building.warehouse);
    const { warehouse } = await openNight(building);
    let uploads = 0;
    const second = async (to: string) => {
      if (!path.test(to) || uploads++ > 0) return;
      await cp(join(building.folder, 'waiting'), building.warehouse, { recursive: true });
      await publish();
    };
    await publish({
      ...warehouse,
      upload: (local, to) => second(to).then(() => warehouse.upload(local, to)),
      uploadOnce: (local, to) => second(to).then(() => warehouse.uploadOnce(local, to)),
      uploadAll: async (folder, to, names) => {
        for (const name of names) await second(`${to}/${name}`);
        await warehouse.uploadAll(folder, to, names);
      },
    });
    expect(uploads).toBeGreaterThan(0);
  };

  test.each([
    ['its copy of the pointer', /^pointers\//],
    ['its dataset', /^public\/[^/]+\.parquet$/],
    ['its first monthly CSV', /^normalized\//],
    ['its last monthly CSV', /^normalized\/nonadditive_2024-10\.weekly/],
    ['the marker', /^public\/latest\.json$/],
  ])('the stable copies are of the newest pointer, wherever the first is overtaken: at %s', async (_, path) => {
    await overtakenAt(path);
    expect(await stable()).toEqual(newest);
  });
});
