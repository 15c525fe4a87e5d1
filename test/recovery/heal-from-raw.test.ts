import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Building, newBuilding } from '../support/building';
import { fileOf, flipByte, lose } from '../support/damaged';
import { samples, thermoPro } from '../support/made-exports';
import { fileTree } from '../support/published';
import { copyOf } from '../support/published-past';

describe.skipIf(!process.env.DBT_PYTHON)('a month whose archive is lost with every revision and fact before it', () => {
  let building: Building;
  let whole: Record<string, string>;
  beforeAll(async () => {
    building = await newBuilding();
    await building.upload(
      'Indoor',
      thermoPro('493D', samples('2024-08-20T00:00:00Z', '2024-09-10T00:00:00Z', 60, [1, 2])),
    );
    const { code, stderr } = await building.run('run');
    if (code !== 0) throw new Error(stderr);
    for (const generation of await readdir(join(building.warehouse, 'facts')))
      await rm(join(building.warehouse, 'facts', generation, 'fact.parquet'));
    whole = await fileTree(building.warehouse);
  }, 240_000);
  afterAll(() => building.remove());

  test('is rebuilt from the raw copies, to the bytes that it had', async () => {
    const copy = await copyOf(building);
    await lose(await fileOf(copy.warehouse, 'archive/indoor', '2024-08'));
    await flipByte(await fileOf(copy.warehouse, 'archive/indoor', '2024-09'));
    await lose(await fileOf(copy.warehouse, 'aggregates/indoor', '2024-09'));
    const { code, stderr } = await copy.run('heal');
    expect(stderr).toContain('from the raw copies');
    expect(code).toBe(0);
    expect(await fileTree(copy.warehouse)).toEqual(whole);
  });

  test('is named if its raw copy is lost, too', async () => {
    const copy = await copyOf(building);
    await lose(await fileOf(copy.warehouse, 'archive/indoor', '2024-08'));
    const [generation] = await readdir(join(copy.warehouse, 'raw', 'indoor'));
    await lose(await fileOf(copy.warehouse, `raw/indoor/${generation}`, ''));
    const { code, stderr } = await copy.run('heal');
    expect(stderr).toContain('class=remote-permanent code=raw-copy-damaged');
    expect(code).toBe(5);
  });
});
