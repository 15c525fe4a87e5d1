import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FactsManifest } from '@sensor-warehouse/warehouse/layout/facts-manifest';
import type { Status } from '@sensor-warehouse/warehouse/upkeep/status';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Building, newBuilding } from '../support/building';
import { editDocument } from '../support/edit-document';
import { handOver } from '../support/made-facts';
import { fileTree, readWholeVersion } from '../support/published';

const INDOOR = { datasource: 'indoor', hours: 5 } as const;

/** Facts of a source one of whose uploads was refused. */
async function handOverHeld(warehouse: string, number: number, from: string): Promise<void> {
  const folder = await handOver(warehouse, number, [{ ...INDOOR, from }]);
  await editDocument<FactsManifest>(join(folder, 'manifest.json'), ({ sources, ...manifest }) => ({
    ...manifest,
    sources: sources.map((one) =>
      one.datasource === 'indoor' ? { ...one, held: true, refused: ['broken.csv'] } : one,
    ),
  }));
}

describe('facts that a refused upload holds', () => {
  let building: Building;
  const settled = async () => {
    const text = await readFile(join(building.warehouse, 'warehouse.json'), 'utf8');
    return (JSON.parse(text) as { settled: unknown[] }).settled;
  };
  const readings = async () =>
    (await readWholeVersion(building.warehouse)).partitions.reduce((total, { archive }) => total + archive.rows, 0);

  beforeEach(async () => {
    building = await newBuilding();
    await handOver(building.warehouse, 1, [{ ...INDOOR, from: '2024-10-10T00:00:00Z' }]);
    expect((await building.run('aggregate-publish')).code).toBe(0);
    await handOverHeld(building.warehouse, 2, '2024-10-11T00:00:00Z');
    expect((await building.run('aggregate-publish')).code).toBe(2);
  });
  afterEach(() => building.remove());

  test('are published as they are, once they were released', async () => {
    const release = await building.run('release', ['indoor', '--reason', 'the other file was junk']);
    expect([release.code, release.stdout]).toEqual([0, 'released: 5 facts of generation 2\n']);
    const name = expect.stringMatching(/^000002-[0-9a-f]{8}$/);
    expect(await settled()).toEqual([
      { datasource: 'indoor', generation: 2, name, verdict: 'released', reason: 'the other file was junk' },
    ]);
    expect((await building.run('status')).stdout).toMatch(/waiting: indoor 000002-\w+, 5 facts, released/);
    expect((await building.run('aggregate-publish')).code).toBe(0);
    expect(await readings()).toBe(10);
  });

  test('are skipped forever, once they were discarded, and what comes later is published', async () => {
    const discard = await building.run('discard', ['indoor', '--reason', 'wrong device']);
    expect([discard.code, discard.stdout]).toEqual([0, 'discarded: 5 facts of generation 2\n']);
    const status = (await building.run('status')).stdout;
    expect(status).toMatch(/^discarded: indoor 000002-\w+, 5 facts; the next publication skips them$/m);
    expect(status).not.toMatch(/waiting|aggregate-publish/);
    const { sources } = JSON.parse((await building.run('status', ['--json'])).stdout) as Status;
    expect(sources.find(({ datasource }) => datasource === 'indoor')).not.toHaveProperty('waiting');
    const plan = await building.run('backfill', ['--from', '2024-10', '--to', '2024-10', '--dry-run']);
    expect([plan.code, plan.stdout]).toEqual([0, 'no month needs to be recomputed\ndry run: nothing was changed\n']);
    await handOver(building.warehouse, 3, [{ ...INDOOR, from: '2024-10-12T00:00:00Z', hours: 3 }]);
    const { code, stderr, stdout } = await building.run('aggregate-publish', ['--json']);
    expect(code).toBe(0);
    expect(stderr).toContain('facts-discarded');
    expect(stderr).toContain('wrong device');
    expect(stdout).toContain('facts 8 = new keys 3 + replaced 0 + repeated 0 + discarded 5');
    expect(await readings()).toBe(8);
    expect((await readWholeVersion(building.warehouse)).consumed).toMatchObject({ indoor: 3 });
    expect((await building.run('aggregate-publish')).stderr).toContain('nothing is new');
  });

  test('can be looked at with a dry run, which changes nothing', async () => {
    const before = await fileTree(building.warehouse);
    const { code, stdout } = await building.run('discard', ['indoor', '--reason', 'wrong device', '--dry-run']);
    expect([code, stdout]).toEqual([0, 'would be discarded: 5 facts of generation 2\n']);
    expect(await fileTree(building.warehouse)).toEqual(before);
  });

  test.each([
    [['indoor'], 'the reason is missing'],
    [['indoor', '--reason', ' '], 'the reason is missing'],
    [['cellar', '--reason', 'x'], 'unknown source "cellar"'],
    [['ventilation', '--reason', 'x'], 'ventilation has nothing waiting'],
    [['indoor', '--reason', 'x', '--generation', '1'], 'indoor has nothing waiting'],
    [['indoor', '--reason', 'x', '--generation', 'two'], '--generation is not the number of a generation'],
  ])('are not settled by %j', async (words, what) => {
    const { code, stderr } = await building.run('release', words);
    expect(stderr).toContain(what);
    expect(code).toBe(3);
  });
});
