import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Building } from '../support/building';
import { fileOf, flipByte, lose, publishedBuilding } from '../support/damaged';
import { killsAtEachWrite, withoutRemains } from '../support/killed-at-each-write';
import { fileTree, readWholeVersion } from '../support/published';

const TWO_DAYS = 2 * 86_400_000;
const LATER = new Date(Date.now() + TWO_DAYS).toISOString().replace(/\.\d+Z/, 'Z');

describe.each([
  {
    command: 'heal',
    options: [],
    prepare: async ({ warehouse }: Building) => {
      const { partitions } = await readWholeVersion(warehouse);
      await flipByte(join(warehouse, partitions.at(-1)!.archive.path));
      await lose(join(warehouse, partitions[0]!.aggregates.path));
      await flipByte(await fileOf(warehouse, 'normalized', 'nonadditive_2024-10.hourly'));
      await lose(join(warehouse, 'warehouse.json'));
    },
  },
  { command: 'sweep', options: ['--yes', '--keep-revisions', '1', '--now', LATER], prepare: async () => undefined },
])('$command, killed at its first, second, … last write', ({ command, options, prepare }) => {
  let building: Building;
  let expected: Record<string, string>;
  const outcomes: { readonly write: number; readonly again: number | null; readonly converged: boolean }[] = [];

  beforeAll(async () => {
    building = await publishedBuilding();
    await prepare(building);
    const pristine = join(building.folder, 'pristine');
    await cp(building.drive, pristine, { recursive: true, preserveTimestamps: true });
    const restore = async () => {
      await rm(building.drive, { recursive: true, force: true });
      await cp(pristine, building.drive, { recursive: true, preserveTimestamps: true });
    };
    if ((await building.run(command, options)).code !== 0) throw new Error('the undisturbed run failed');
    expected = await fileTree(building.warehouse);
    const kills = await killsAtEachWrite(building, restore, (around) => building.run(command, options, around));
    for (const write of kills.telling) {
      await kills.leaveKilledAt(write);
      const { code } = await building.run(command, options);
      const tree = withoutRemains(await fileTree(building.warehouse));
      outcomes.push({ write, again: code, converged: JSON.stringify(tree) === JSON.stringify(expected) });
    }
  }, 300_000);
  afterAll(() => building.remove());

  test('was killed more than once, and is completed when it is run again', () => {
    expect(outcomes.length).toBeGreaterThan(1);
    expect(outcomes.filter(({ again, converged }) => again !== 0 || !converged)).toEqual([]);
  });

  test('leaves a warehouse of which verify has no doubt', async () => {
    expect((await building.run('verify', ['--every-byte'])).code).toBe(0);
  });
});
