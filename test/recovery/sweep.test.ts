import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { EMBEDDED } from '@sensor-warehouse/warehouse/engines/engine';
import { readPointer } from '@sensor-warehouse/warehouse/layout/pointer';
import { knownReadings } from '@sensor-warehouse/warehouse/partitions/heal-partition';
import { sweep } from '@sensor-warehouse/warehouse/upkeep/sweep';
import { verify } from '@sensor-warehouse/warehouse/upkeep/verify';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Building, newBuilding } from '../support/building';
import { flipByte, writeRawCopies } from '../support/damaged';
import { handOver } from '../support/made-facts';
import { openNight } from '../support/made-night';
import { fileTree, readWholeVersion } from '../support/published';
import { copyOf } from '../support/published-past';
import { checkQuality, influxAggregate, publishParquet } from '../support/stages';

const TWO_DAYS = 2 * 86_400_000;

describe('a sweep', () => {
  let building: Building;
  beforeAll(async () => {
    building = await newBuilding();
    for (let night = 1; night <= 4; night++) {
      const facts = { datasource: 'indoor', from: `2024-10-1${night}T00:00:00Z`, hours: 3 } as const;
      await handOver(building.warehouse, night, [facts]);
      await writeRawCopies(building.warehouse);
      const { code, stderr } = await building.run('aggregate-publish');
      if (code !== 0) throw new Error(stderr);
    }
  }, 120_000);
  afterAll(() => building.remove());

  const later = ['--now', new Date(Date.now() + TWO_DAYS).toISOString().replace(/\.\d+Z/, 'Z')];

  test('only lists what it would remove, with bytes and a reason', async () => {
    const before = await fileTree(building.warehouse);
    const { code, stdout } = await building.run('sweep', later);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^ +\d+ {2}old revision +archive\/indoor\/2024-10\.r1-\w{8}\.parquet$/m);
    expect(stdout).toMatch(/^ +\d+ {2}named by no pointer +aggregates\/indoor\/2024-10\.\w{8}\.parquet$/m);
    expect(stdout).toMatch(/^ +\d+ {2}consumed facts +facts\/000001-\w{8}\/fact\.parquet$/m);
    expect(stdout).toMatch(/\d+ files, \d+ bytes would be removed\n$/);
    expect(await fileTree(building.warehouse)).toEqual(before);
  });

  test('leaves alone what was written within a day', async () => {
    const today = ['--now', new Date().toISOString().replace(/\.\d+Z/, 'Z'), '--yes'];
    expect((await building.run('sweep', today)).stdout).toBe('0 files, 0 bytes removed\n');
  });

  test('keeps the published revision, the previous one and the facts between them, and all else that is needed', async () => {
    const copy = await copyOf(building);
    // Copies have the times of what they were copied from.
    expect((await copy.run('sweep', [...later, '--yes'])).code).toBe(0);
    const revisions = (await readdir(join(copy.warehouse, 'archive', 'indoor'))).map((name) => name.slice(0, 10));
    expect(revisions).toEqual(['2024-10.r3', '2024-10.r4']);
    const tree = Object.keys(await fileTree(join(copy.warehouse, 'facts')));
    expect(tree.filter((path) => path.endsWith('fact.parquet')).map((path) => path.slice(0, 6))).toEqual(['000004']);
    expect(tree.filter((path) => path.endsWith('manifest.json'))).toHaveLength(4);
    expect((await copy.run('verify', ['--every-byte'])).code).toBe(0);
    expect((await readWholeVersion(copy.warehouse)).generation).toBe(4);
    expect((await copy.run('sweep', [...later, '--yes'])).stdout).toBe('0 files, 0 bytes removed\n');
  });

  test.each(['0', 'two'])('is not asked to keep %s revisions', async (count) => {
    const { code, stderr } = await building.run('sweep', ['--keep-revisions', count]);
    expect(stderr).toContain('--keep-revisions is not a number from 1 to 9999');
    expect(code).toBe(3);
  });
});

type Step = { readonly month: number; readonly day: number } | 'sweep';

const STEP: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({ month: fc.integer({ min: 9, max: 11 }), day: fc.integer({ min: 10, max: 20 }) }),
  },
  { weight: 1, arbitrary: fc.constant('sweep' as const) },
);

test('after any nights and sweeps verify has no doubt, and a damaged month is rebuilt or said to need the raw copies', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(STEP, { minLength: 3, maxLength: 8 }),
      fc.integer({ min: 1, max: 3 }),
      fc.nat(),
      async (steps, keep, chosen) => {
        const building = await newBuilding();
        try {
          let number = 0;
          for (const step of [...steps, 'sweep' as const]) {
            const night = await openNight(building);
            if (step === 'sweep') {
              await sweep({ ...night, now: Date.now() + TWO_DAYS }, keep);
              continue;
            }
            const from = `2024-${String(step.month).padStart(2, '0')}-${step.day}T00:00:00Z`;
            await handOver(building.warehouse, ++number, [{ datasource: 'indoor', from, hours: 2 }]);
            await writeRawCopies(building.warehouse);
            await checkQuality(night);
            await influxAggregate(night, EMBEDDED);
            await publishParquet(night);
          }
          const night = await openNight(building);
          const { findings } = await verify(night, true);
          expect(findings.filter(({ severity }) => severity !== 'info')).toEqual([]);
          const { pointer } = await readPointer(night.warehouse);
          const partition = pointer.partitions[chosen % Math.max(1, pointer.partitions.length)];
          if (partition === undefined) return;
          const before = await fileTree(building.warehouse);
          await flipByte(join(building.warehouse, partition.archive.path));
          const said = await knownReadings(night, pointer, partition).then(
            () => 'healed',
            (error: Error) => error.message,
          );
          if (said === 'healed') expect(await fileTree(building.warehouse)).toEqual(before);
          else expect(said).toContain('from the raw copies');
          // A month with a revision before it never needs the raw copies, nor does one that is not over.
          if (partition.previous !== undefined || !partition.complete) expect(said).toBe('healed');
        } finally {
          await building.remove();
        }
      },
    ),
    {
      numRuns: 12,
      endOnFailure: true,
      examples: [
        // Facts that changed nothing are swept, and stand between a revision and the previous one.
        [
          [{ month: 11, day: 12 }, { month: 11, day: 12 }, 'sweep', { month: 10, day: 20 }, { month: 11, day: 17 }],
          2,
          3,
        ],
      ],
    },
  );
}, 240_000);
