import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { type Kept, type KeptName, keptWarehouse } from '../support/kept';
import { fileTree } from '../support/published';

/*
 * Warehouses of 0.1.0 and the program of today: what leaves them as they are. What publishes is in kept-nights.test.ts.
 */

let kept: Kept;
afterEach(() => kept.remove());

const BOTH: readonly KeptName[] = ['example', 'moved-in'];

/** Results of checks are kept, whatever happens. */
const withoutQuality = (tree: Record<string, string>) =>
  Object.fromEntries(Object.entries(tree).filter(([path]) => !path.startsWith('quality/')));

const STATUS: Readonly<Record<KeptName, readonly string[]>> = {
  example: [
    'generation 1, public version 000001-d3fe196f',
    'ventilation: 3 months 2024-03 to 2024-11, 1296 readings, 1296 hours',
    'indoor: 1 months 2024-10 to 2024-10, 17463 readings, 292 hours',
  ],
  'moved-in': [
    'generation 4, public version 000004-93cc1c1d',
    'ventilation: 2 months 2024-09 to 2024-10, 960 readings, 480 hours, HELD',
    'indoor: 2 months 2024-09 to 2024-10, 860 readings, 144 hours',
    'waiting: ventilation 000003-3d397cc1, 240 facts, held',
  ],
};

describe.each(BOTH)('the kept warehouse %s', (name) => {
  test('is read: status names its sources, what waits and what is held', async () => {
    kept = await keptWarehouse(name);
    const { code, stdout } = await kept.run('status');
    expect(code).toBe(0);
    expect(stdout.split('\n')).toEqual(expect.arrayContaining([...STATUS[name]]));
  });

  test('is what its pointer and manifests say, by every byte', async () => {
    kept = await keptWarehouse(name);
    const before = await fileTree(kept.drive);
    const { code, stderr } = await kept.run('verify', ['--every-byte']);
    expect(stderr).not.toMatch(/warning|error/);
    expect(code).toBe(0);
    expect(await fileTree(kept.drive)).toEqual(before);
  });

  // The levels of one of them are dbt models.
  test.skipIf(name === 'moved-in' && !process.env.DBT_PYTHON)('gets every byte back by heal', async () => {
    kept = await keptWarehouse(name);
    const whole = await fileTree(kept.warehouse);
    await rm(join(kept.warehouse, 'warehouse.json'));
    await rm(join(kept.warehouse, 'normalized', 'nonadditive_2024-10.daily.csv'));
    await rm(join(kept.warehouse, 'public', 'sm2_public_dataset.csv.gz'));
    for (const { archive, aggregates } of await partitionsOf('2024-10')) {
      await rm(join(kept.warehouse, archive.path));
      await rm(join(kept.warehouse, aggregates.path));
    }
    const { code, stderr } = await kept.run('heal');
    expect(stderr).not.toContain('class=');
    expect(code).toBe(0);
    expect(withoutQuality(await fileTree(kept.warehouse))).toEqual(withoutQuality(whole));
  });

  test('loses nothing by a sweep that anything refers to', async () => {
    kept = await keptWarehouse(name);
    const before = await fileTree(kept.warehouse);
    const dry = await kept.run('sweep');
    expect(await fileTree(kept.warehouse)).toEqual(before);
    const swept = await kept.run('sweep', ['--yes']);
    expect(swept.stdout.replace(/removed\n$/, '')).toBe(dry.stdout.replace(/would be removed\n$/, ''));
    const after = await fileTree(kept.warehouse);
    const removed = Object.keys(before).filter((path) => !(path in after));
    expect(removed.map((path) => path.split('/')[0])).toEqual(SWEPT[name]);
    expect((await kept.run('verify', ['--every-byte'])).code).toBe(0);
  });
});

/**
 * Folders of what a sweep removes: months that were rebuilt and never published, hours of a revision before, the staged
 * backfill.
 */
const SWEPT: Readonly<Record<KeptName, readonly string[]>> = {
  example: [],
  'moved-in': [
    'aggregates',
    'aggregates',
    'aggregates',
    'aggregates',
    'archive',
    'facts',
    'facts',
    'staging',
    'staging',
  ],
};

async function partitionsOf(month: string) {
  const [copy] = (await readdir(join(kept.warehouse, 'pointers'))).sort().reverse();
  const { partitions } = JSON.parse(await readFile(join(kept.warehouse, 'pointers', copy!), 'utf8')) as {
    partitions: { month: string; archive: { path: string }; aggregates: { path: string } }[];
  };
  return partitions.filter((one) => one.month === month);
}
