import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Building } from '../support/building';
import {
  fileOf,
  flipByte,
  lose,
  publishedBuilding,
  waitingNight,
  withoutQuality,
  writeRawCopies,
} from '../support/damaged';
import { handOver } from '../support/made-facts';
import { fileTree, readWholeVersion } from '../support/published';
import { type Copy, copyOf } from '../support/published-past';

// This month's data are corrupted on the remote; the next night runs, and nothing is lost.
describe('a night over a warehouse whose files were damaged', () => {
  let building: Building;
  let undisturbed: Record<string, string>;

  beforeAll(async () => {
    building = await publishedBuilding();
    await waitingNight(building.warehouse);
    await writeRawCopies(building.warehouse);
    const copy = await copyOf(building);
    const { code, stderr } = await copy.run('aggregate-publish');
    if (code !== 0) throw new Error(stderr);
    undisturbed = await fileTree(copy.warehouse);
  }, 120_000);
  afterAll(() => building.remove());

  const october = ({ warehouse }: Copy) => fileOf(warehouse, 'archive/indoor', '2024-10.r1');
  const november = ({ warehouse }: Copy) => fileOf(warehouse, 'archive/indoor', '2024-11.r2');
  const hours = async ({ warehouse }: Copy) => {
    const { partitions } = await readWholeVersion(warehouse);
    return join(warehouse, partitions.find(({ month }) => month === '2024-11')!.aggregates.path);
  };
  const facts = async ({ warehouse }: Copy, number: number) =>
    join(await fileOf(warehouse, 'facts', `00000${number}`), 'fact.parquet');

  const damages: readonly [string, (copy: Copy) => Promise<void>][] = [
    ['this month’s archive, with another byte', async (copy) => flipByte(await november(copy))],
    ['this month’s archive, missing', async (copy) => lose(await november(copy))],
    ['a finished month’s archive, missing', async (copy) => lose(await october(copy))],
    [
      'this month’s archive and the facts of its first revision',
      async (copy) => {
        await lose(await november(copy));
        await lose(await facts(copy, 1));
      },
    ],
    [
      'this month’s archive and the revision before it',
      async (copy) => {
        await lose(await november(copy));
        await flipByte(await fileOf(copy.warehouse, 'archive/indoor', '2024-11.r1'));
      },
    ],
    [
      'everything of this month: archive and hours',
      async (copy) => {
        const its = await hours(copy);
        await lose(await november(copy));
        await flipByte(its);
      },
    ],
  ];

  test.each(damages)('%s: publishes what the undisturbed night publishes', async (what, damage) => {
    const copy = await copyOf(building);
    await damage(copy);
    const { code, stderr } = await copy.run('aggregate-publish');
    expect(stderr).toContain('partition-healed');
    expect(code).toBe(0);
    await readWholeVersion(copy.warehouse);
    // Nothing needs what was lost beside this month's archive: it is left as it is.
    const beside = /facts of|revision before|archive and hours/.test(what) ? 1 : 0;
    const after = withoutQuality(await fileTree(copy.warehouse));
    const expected = withoutQuality(undisturbed);
    const different = Object.keys(expected).filter((path) => after[path] !== expected[path]);
    expect(different.length).toBeLessThanOrEqual(beside);
    expect(Object.keys(after).filter((path) => !(path in expected))).toEqual([]);
  });

  describe('and whose exclusions have changed since', () => {
    const exclusion = {
      exclusions: (text: string) =>
        `${text}indoor,SM2_01_L1_01,temp_indoor,2024-11-10T00:00:00Z,2024-11-10T02:00:00Z,stood in the sun\n`,
    };
    const content = async ({ warehouse }: Copy) => {
      const { partitions, public: published } = await readWholeVersion(warehouse);
      return [...partitions.flatMap((one) => [one.archive, one.aggregates]), ...published.files].map(
        (one) => one.sha256,
      );
    };

    test.each([
      ['archive', november],
      ['hours', hours],
    ] as const)('this month’s %s, missing: publishes what the undisturbed night publishes', async (_, file) => {
      const [copy, whole] = [await copyOf(building), await copyOf(building)];
      await copy.change(exclusion);
      await whole.change(exclusion);
      await lose(await file(copy));
      const { code, stderr } = await copy.run('aggregate-publish');
      expect(stderr.includes('partition-healed')).toBe(file === november);
      expect(code).toBe(0);
      expect((await whole.run('aggregate-publish')).code).toBe(0);
      expect(await content(copy)).toEqual(await content(whole));
    });

    test('hours of a month that the night does not touch are made with the flags of its archive', async () => {
      const copy = await copyOf(building);
      const its = await hours(copy);
      const before = await fileTree(copy.warehouse);
      await copy.change(exclusion);
      await lose(its);
      const { code } = await copy.run('heal');
      expect(code).toBe(0);
      expect(await fileTree(copy.warehouse)).toEqual(before);
    });
  });

  test('a dry run says what it would put back, and changes nothing', async () => {
    const copy = await copyOf(building);
    await lose(await november(copy));
    const before = await fileTree(copy.warehouse);
    const { code, stderr } = await copy.run('aggregate-publish', ['--dry-run']);
    expect(stderr).toMatch(/heal: would restore sm2drive:Warehouse\/archive\/indoor\/2024-11\.r2/);
    expect(code).toBe(0);
    expect(await fileTree(copy.warehouse)).toEqual(before);
  });
});

describe('hours of a month that the night does not touch', () => {
  let building: Building;
  beforeAll(async () => {
    building = await publishedBuilding();
    await waitingNight(building.warehouse);
    const { code } = await building.run('aggregate-publish');
    if (code !== 0) throw new Error('no night');
  }, 120_000);
  afterAll(() => building.remove());

  test.each([
    ['missing', lose],
    ['with another byte', flipByte],
  ] as const)('%s, are put back from its archive', async (_, damage) => {
    const copy = await copyOf(building);
    await handOver(copy.warehouse, 4, [{ datasource: 'indoor', from: '2024-11-13T00:00:00Z', hours: 3 }]);
    const { partitions } = await readWholeVersion(copy.warehouse);
    await damage(join(copy.warehouse, partitions.find(({ month }) => month === '2024-10')!.aggregates.path));
    const { code, stderr } = await copy.run('aggregate-publish');
    expect(stderr).toContain('partition-healed');
    expect(code).toBe(0);
    expect((await readWholeVersion(copy.warehouse)).generation).toBe(4);
  });
});
