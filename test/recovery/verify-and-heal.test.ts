import { readFile, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import type { Pointer } from '@sensor-warehouse/warehouse/layout/pointer';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Building } from '../support/building';
import { fileOf, flipByte, lose, publishedBuilding } from '../support/damaged';
import { editDocument } from '../support/edit-document';
import { fileTree, readWholeVersion } from '../support/published';
import { type Copy, copyOf } from '../support/published-past';

describe('a published warehouse', () => {
  let building: Building;
  let whole: Record<string, string>;
  beforeAll(async () => {
    building = await publishedBuilding();
    whole = await fileTree(building.warehouse);
  }, 120_000);
  afterAll(() => building.remove());

  test('is what its pointer says, by names and by every byte, and verify changes nothing', async () => {
    for (const options of [[], ['--every-byte']]) {
      const { code, stdout, stderr } = await building.run('verify', options);
      expect(stderr).not.toContain('warning');
      expect([code, stdout.split('\n')[0]]).toEqual([0, 'generation 2']);
    }
    expect(await fileTree(building.warehouse)).toEqual(whole);
  });

  const pointed = async ({ warehouse }: Copy, kind: 'archive' | 'aggregates', month: string) => {
    const text = await readFile(join(warehouse, 'warehouse.json'), 'utf8');
    const { partitions } = JSON.parse(text) as Awaited<ReturnType<typeof readWholeVersion>>;
    return join(warehouse, partitions.find((one) => one.month === month)![kind].path);
  };
  const version = async ({ warehouse }: Copy) => {
    const { public: published } = await readWholeVersion(warehouse);
    return join(warehouse, published.files.find(({ path }) => path.endsWith('.parquet'))!.path);
  };

  /** What is damaged, how, and what verify says of it. */
  const damages: readonly [string, (copy: Copy) => Promise<void>, RegExp][] = [
    ['an archive, missing', async (copy) => lose(await pointed(copy, 'archive', '2024-11')), /file-absent/],
    [
      'an archive, with another byte',
      async (copy) => flipByte(await pointed(copy, 'archive', '2024-10')),
      /file-damaged/,
    ],
    ['hours, missing', async (copy) => lose(await pointed(copy, 'aggregates', '2024-11')), /file-absent/],
    [
      'an archive and its hours',
      async (copy) => {
        const hours = await pointed(copy, 'aggregates', '2024-11');
        await truncate(await pointed(copy, 'archive', '2024-11'), 10);
        await lose(hours);
      },
      /file-damaged.*|file-absent/,
    ],
    ['a file of the public version', async (copy) => flipByte(await version(copy)), /file-damaged/],
    [
      'a file of the public version and its copy under its stable name',
      async (copy) => {
        await flipByte(await version(copy));
        await lose(join(copy.warehouse, 'public/sm2_public_dataset.parquet'));
      },
      /file-absent[\s\S]*file-damaged/,
    ],
    [
      'a monthly CSV',
      async ({ warehouse }) => lose(await fileOf(warehouse, 'normalized', 'nonadditive_2024-10.hourly')),
      /file-absent/,
    ],
    [
      'the dataset under its stable name',
      async ({ warehouse }) => truncate(join(warehouse, 'public/sm2_public_dataset.parquet'), 9),
      /file-damaged/,
    ],
    ['the pointer, missing', ({ warehouse }) => lose(join(warehouse, 'warehouse.json')), /pointer-missing/],
    [
      'the pointer and a month',
      async (copy) => {
        await lose(await pointed(copy, 'archive', '2024-11'));
        await lose(join(copy.warehouse, 'warehouse.json'));
      },
      /pointer-missing/,
    ],
    ['the pointer, cut off', ({ warehouse }) => truncate(join(warehouse, 'warehouse.json'), 50), /pointer-damaged/],
    [
      'the copy of the pointer',
      async ({ warehouse }) => lose(await fileOf(warehouse, 'pointers', '000002')),
      /pointer-copy-absent/,
    ],
  ];

  test.each(damages)('with %s is doubted by verify, and heal gives it every byte back', async (_, damage, says) => {
    const copy = await copyOf(building);
    await damage(copy);
    const damaged = await fileTree(copy.warehouse);
    const doubted = await copy.run('verify', ['--every-byte']);
    expect(doubted.stderr).toMatch(says);
    expect(doubted.code).toBe(5);

    const dry = await copy.run('heal', ['--dry-run']);
    expect(dry.code).toBe(0);
    expect(await fileTree(copy.warehouse)).toEqual(damaged);

    const healed = await copy.run('heal');
    expect(healed.stderr).not.toContain('class=');
    expect(healed.code).toBe(0);
    expect(await fileTree(copy.warehouse)).toEqual(whole);
    expect((await copy.run('verify', ['--every-byte'])).code).toBe(0);
  });

  test('gets a text of its version back although the seeds that it was made of say something else now', async () => {
    const copy = await copyOf(building);
    const { public: published } = await readWholeVersion(copy.warehouse);
    await lose(join(copy.warehouse, published.files.find(({ path }) => path.endsWith('/README.md'))!.path));
    await copy.change({ dataset: (seed) => seed.replace('title,', 'title,Newly called: ') });
    const { code, stderr } = await copy.run('heal');
    expect({ code, stderr }).toMatchObject({ code: 0, stderr: expect.stringContaining('its stable copy') });
    expect(await fileTree(copy.warehouse)).toEqual(whole);
  });

  test('without its pointer and every copy of it is named, and left as it is', async () => {
    const copy = await copyOf(building);
    await lose(join(copy.warehouse, 'warehouse.json'));
    for (const number of [1, 2]) await flipByte(await fileOf(copy.warehouse, 'pointers', `00000${number}`));
    const before = await fileTree(copy.warehouse);
    const { code, stderr } = await copy.run('heal');
    expect(stderr).toContain('code=pointer-lost');
    expect(code).toBe(5);
    expect(await fileTree(copy.warehouse)).toEqual(before);
  });

  test('that is whole is left alone by heal', async () => {
    expect((await building.run('heal')).code).toBe(0);
    expect(await fileTree(building.warehouse)).toEqual(whole);
  });

  test('with a damaged revision before no longer names it after heal', async () => {
    const copy = await copyOf(building);
    await flipByte(await fileOf(copy.warehouse, 'archive/indoor', '2024-11.r1'));
    expect((await copy.run('verify', ['--every-byte'])).code).toBe(5);
    expect((await copy.run('heal')).code).toBe(0);
    expect((await readWholeVersion(copy.warehouse)).generation).toBe(3);
  });

  test('with a lost raw copy stays doubted: nothing else has its bytes', async () => {
    const copy = await copyOf(building);
    const [generation] = Object.keys(whole).flatMap((path) => /^raw\/indoor\/([^/]+)\//.exec(path)?.[1] ?? []);
    await lose(await fileOf(copy.warehouse, `raw/indoor/${generation}`, ''));
    const { code, stderr } = await copy.run('heal');
    expect(stderr).toContain('code=verify-doubts');
    expect(code).toBe(5);
  });

  test('whose pointer counts other hours than its files have is doubted', async () => {
    const copy = await copyOf(building);
    await editDocument<Pointer>(join(copy.warehouse, 'warehouse.json'), ({ partitions, ...pointer }) => ({
      ...pointer,
      partitions: partitions.map((one) => ({ ...one, aggregates: { ...one.aggregates, rows: 6 } })),
    }));
    const { code, stderr } = await copy.run('verify', ['--every-byte']);
    expect(stderr).toContain('row-count');
    expect(code).toBe(5);
  });
});
