import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Building, newBuilding } from '../support/building';
import type { Ended } from '../support/command-line';
import { atrea, samples, thermoPro, UNIT_1 } from '../support/made-exports';
import { projectWith } from '../support/project';
import { readDataset } from '../support/published';

const indoor = thermoPro('493D', samples('2024-10-30T10:00:00Z', '2024-10-30T14:00:00Z', 1, [11, 12]));
const ventilation = atrea(
  'Graph_1.csv',
  UNIT_1,
  samples('2024-10-20T00:00:00Z', '2024-10-20T05:00:00Z', 60, [1, 2, 3, 4, 5]),
);

let folder: Building;
beforeAll(async () => {
  folder = await newBuilding();
});
afterAll(() => folder.remove());

async function buildingWith(name: string, seeds: Parameters<typeof projectWith>[1]): Promise<Building> {
  return newBuilding(await projectWith(join(folder.folder, name), seeds));
}

describe.skipIf(!process.env.DBT_PYTHON)('seeds that a person changes', () => {
  test('a source that is switched off is left alone, and the others are published', async () => {
    const building = await buildingWith('switched-off', {
      datasources_config: (text) =>
        text.replace(/^(indoor,.*,)true$/m, '$1false').replace(/^(indoor,.*),$/m, '$1,false'),
    });
    await building.upload('Vzduchotechnika', ventilation);
    const { code, stderr } = await building.run('run');
    const rows = await readDataset(building.warehouse);
    await building.remove();
    expect({ code, stderr: stderr.includes('indoor') }).toEqual({ code: 0, stderr: false });
    expect(new Set(rows.map(({ source }) => source))).toEqual(new Set(['Atrea']));
  });

  test('readings that a wrong mapping left out come with the same upload, once the mapping is right', async () => {
    const wrong = await projectWith(join(folder.folder, 'wrong'), {
      mapping_indoor: (text) => text.replace('493D,SM2_01_L1_01,,', '493D,SM2_01_L1_01,,2024-10-30T12:00:00Z'),
    });
    const building = await newBuilding();
    await building.upload('Indoor', indoor);
    const first = await building.run('run', ['--project', wrong]);
    const before = await readDataset(building.warehouse);
    await building.upload('Indoor', indoor);
    const second = await building.run('run');
    const after = await readDataset(building.warehouse);
    await building.remove();
    expect(first.stderr).toContain('sensor-outside-its-validity');
    expect([before.length, after.length, second.code]).toEqual([4, 8, 0]);
  });

  test('a location that is archived and not listed any more is published under no name', async () => {
    const building = await newBuilding();
    await building.upload('Indoor', indoor);
    await building.run('run');
    const without = await projectWith(join(folder.folder, 'without'), {
      mapping_indoor: (text) => text.replace('493D,SM2_01_L1_01,,\n', ''),
      location_map: (text) => text.replace(/^SM2_01_L1_01,.*\n/m, ''),
    });
    await building.upload('Vzduchotechnika', ventilation);
    const { code, stderr } = await building.run('run', ['--project', without]);
    const rows = await readDataset(building.warehouse);
    await building.remove();
    expect(code).toBe(3);
    expect(stderr).toMatch(/an archived location has no public name; found "SM2_01_L1_01".*location_map\.csv/);
    expect(new Set(rows.map(({ source }) => source))).toEqual(new Set(['ThermoPro']));
  });
});

describe.skipIf(!process.env.DBT_PYTHON)('a folder in an upload folder', () => {
  let ended: Ended;
  beforeAll(async () => {
    const building = await newBuilding();
    const october = join(building.uploadFolder('Indoor'), 'October');
    await mkdir(october);
    await writeFile(join(october, indoor.name), indoor.text);
    ended = await building.run('refresh');
    await rm(building.folder, { recursive: true, force: true });
  });

  test('is left alone, with a warning that names it and counts its files', () => {
    expect(ended.code).toBe(0);
    expect(ended.stderr).toMatch(/warning file-unmatched \[indoor\].*found "October\/"/);
  });
});
