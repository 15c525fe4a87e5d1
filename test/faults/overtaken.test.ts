import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Store } from '@sensor-warehouse/storage/store';
import { EMBEDDED } from '@sensor-warehouse/warehouse/engines/engine';
import { STABLE } from '@sensor-warehouse/warehouse/layout/pointer';
import { expect, test } from 'vitest';
import { newBuilding } from '../support/building';
import { handOver } from '../support/made-facts';
import { openNight } from '../support/made-night';
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
