import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FactsManifest } from '@sensor-warehouse/warehouse/layout/facts-manifest';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Building, newBuilding } from '../support/building';
import { fileOf, flipByte, lose, withoutQuality } from '../support/damaged';
import { atrea, samples, thermoPro, UNIT_1 } from '../support/made-exports';
import { fileTree, readDataset } from '../support/published';
import { type Copy, copyOf } from '../support/published-past';

describe.skipIf(!process.env.DBT_PYTHON)('lost waiting facts', () => {
  let building: Building;
  let whole: Record<string, string>;
  let published: Record<string, string>;
  beforeAll(async () => {
    building = await newBuilding();
    const rows = (values: readonly number[]) => samples('2024-09-01T00:00:00Z', '2024-09-03T00:00:00Z', 60, values);
    await building.upload('Indoor', thermoPro('493D', rows([1, 2])));
    await building.upload('Vzduchotechnika', atrea('Graph_1.csv', UNIT_1, rows([3, 4, 5, 6, 7])));
    const { code, stderr } = await building.run('refresh');
    if (code !== 0) throw new Error(stderr);
    whole = await fileTree(building.warehouse);
    const copy = await copyOf(building);
    await copy.run('aggregate-publish');
    published = withoutQuality(await fileTree(copy.warehouse));
  }, 240_000);
  afterAll(() => building.remove());

  const facts = async ({ warehouse }: Copy) => {
    const [generation] = await readdir(join(warehouse, 'facts'));
    return join(warehouse, 'facts', generation!, 'fact.parquet');
  };
  const damaged = async (damage: (file: string) => Promise<void>) => {
    const copy = await copyOf(building);
    await damage(await facts(copy));
    return copy;
  };

  test('are rebuilt from the raw copies by heal, to the bytes that they had', async () => {
    const copy = await damaged(lose);
    const { code, stderr } = await copy.run('heal');
    expect(stderr).toContain('facts-healed');
    expect(code).toBe(0);
    expect(await fileTree(copy.warehouse)).toEqual(whole);
  });

  test('with another byte are rebuilt by the next publication, which is as undisturbed', async () => {
    const copy = await damaged(flipByte);
    const { code, stderr } = await copy.run('aggregate-publish');
    expect(stderr).toContain('facts-healed');
    expect(code).toBe(0);
    expect(withoutQuality(await fileTree(copy.warehouse))).toEqual(published);
  });

  test('hold their sources and no other where nothing can make them again, until heal does', async () => {
    const copy = await damaged(lose);
    const held = await copy.run('aggregate-publish', [], { env: { DBT_PYTHON: '' } });
    expect(held.stderr).toMatch(/error facts-lost \[indoor\] .*run `warehouse heal`/);
    expect(held.stderr).toContain('code=source-held');
    expect(held.code).toBe(2);
    expect((await copy.run('heal')).code).toBe(0);
    expect((await copy.run('aggregate-publish')).code).toBe(0);
    expect(withoutQuality(await fileTree(copy.warehouse))).toEqual(published);
  });

  test('are named, and their sources held, where a raw copy is lost as well', async () => {
    const copy = await damaged(lose);
    const [generation] = await readdir(join(copy.warehouse, 'raw', 'indoor'));
    await lose(await fileOf(copy.warehouse, `raw/indoor/${generation}`, ''));
    const healed = await copy.run('heal');
    expect(healed.stderr).toMatch(/raw copy is missing or damaged[\s\S]*code=verify-doubts/);
    expect(healed.code).toBe(5);
    const night = await copy.run('aggregate-publish');
    expect(night.stderr).toContain('code=source-held');
    expect(night.code).toBe(2);
  });

  test('are rebuilt with today’s mapping, and their manifest says so', async () => {
    const copy = await damaged(lose);
    const before = await readManifest(copy);
    await copy.change({ mapping_indoor: (text) => text.replace('493D,SM2_01_L1_01', '493D,SM2_02_L1_01') });
    const { code, stderr } = await copy.run('heal');
    expect(stderr).toContain('with today’s seeds and models');
    expect(code).toBe(0);
    const { facts: after, series, digest: _, ...rest } = await readManifest(copy);
    expect([after.rows, after.sha256 === before.facts.sha256]).toEqual([before.facts.rows, false]);
    expect(rest).toEqual({ ...before, facts: undefined, series: undefined, digest: undefined });
    expect(series.find(({ datasource }) => datasource === 'indoor')!.location).toBe('SM2_02_L1_01');
    expect((await copy.run('aggregate-publish')).code).toBe(0);
    const rows = await readDataset(copy.warehouse);
    expect(new Set(rows.filter(({ source }) => source === 'ThermoPro').map(({ location }) => location)).size).toBe(1);
  });

  const readManifest = async (copy: Copy) =>
    JSON.parse(await readFile(join(await facts(copy), '..', 'manifest.json'), 'utf8')) as FactsManifest & {
      readonly digest: string;
    };
});
