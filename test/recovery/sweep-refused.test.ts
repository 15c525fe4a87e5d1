import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Failure } from '@sensor-warehouse/model/findings/failure';
import { sha256OfBytes } from '@sensor-warehouse/storage/file-hash';
import { documentText } from '@sensor-warehouse/warehouse/layout/read-document';
import { heal } from '@sensor-warehouse/warehouse/upkeep/heal';
import { sweep } from '@sensor-warehouse/warehouse/upkeep/sweep';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fileTree } from '../support/published';
import { linkedCopy, makeSmallWarehouse, replaceFile, withNight, withoutDbt } from '../support/small-warehouse';

const TWO_DAYS = 2 * 86_400_000;

type Edit = (pointer: Record<string, unknown>) => object;
const emptied: Edit = (pointer) => ({ ...pointer, partitions: [] });

describe('a sweep with a pointer that names too little', () => {
  let folder: string;
  let whole: string;
  let copies = 0;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sweep-'));
    whole = join(folder, 'whole');
    await makeSmallWarehouse(whole);
  });
  afterAll(() => rm(folder, { recursive: true }));

  const copy = async () => {
    const drive = join(folder, `copy-${++copies}`);
    await linkedCopy(whole, drive);
    return drive;
  };
  /** Writes the pointer again, and with it the copy that its writer would have made. */
  const rewrite = async (drive: string, edit: Edit, withCopy: boolean) => {
    const path = join(drive, 'Warehouse', 'warehouse.json');
    const pointer = JSON.parse(await readFile(path, 'utf8')) as Record<string, unknown>;
    const text = documentText(edit(pointer));
    await replaceFile(path, Buffer.from(text));
    const { generation } = JSON.parse(text) as { generation: number };
    const name = `${String(generation).padStart(6, '0')}-${sha256OfBytes(text).slice(0, 8)}.json`;
    if (withCopy) await writeFile(join(drive, 'Warehouse', 'pointers', name), text);
  };
  const swept = (drive: string) =>
    withNight(drive, (night) => sweep({ ...night, now: Date.now() + TWO_DAYS }, 2)).then(
      (removed) => `${removed.length} files`,
      (error: unknown) => {
        if (error instanceof Failure && error.details.class === 'remote-permanent') return error.message;
        throw error;
      },
    );

  const cases: readonly [string, (drive: string) => Promise<void>, RegExp][] = [
    ['without its partitions', (drive) => rewrite(drive, emptied, false), /code=pointer-changed$/],
    [
      'without one partition, of the generation that would follow',
      (drive) =>
        rewrite(drive, (one) => ({ ...one, generation: 3, partitions: (one.partitions as object[]).slice(1) }), false),
      /code=pointer-changed$/,
    ],
    [
      'without its partitions, and with a copy that says the same',
      (drive) => rewrite(drive, (one) => ({ ...emptied(one), generation: 3 }), true),
      /3 of 3 months would lose their file: indoor\/2024-10, indoor\/2024-11, ventilation\/2024-10,.*code=sweep-refused$/,
    ],
    [
      'that was restored from an older copy',
      async (drive) => {
        const pointers = join(drive, 'Warehouse', 'pointers');
        const [oldest] = (await readdir(pointers)).sort();
        await replaceFile(join(drive, 'Warehouse', 'warehouse.json'), await readFile(join(pointers, oldest!)));
      },
      /its generation is 1, that of its newest copy 2; indoor has consumed 1, and had consumed 2.*code=sweep-refused$/,
    ],
    [
      'none of whose copies is there',
      (drive) => rm(join(drive, 'Warehouse', 'pointers'), { recursive: true }),
      /without a copy in pointers\/.*code=sweep-refused$/,
    ],
  ];
  test.each(cases)('%s: is refused, and nothing is removed', async (_, damage, says) => {
    const drive = await copy();
    await damage(drive);
    const before = await fileTree(join(drive, 'Warehouse'));
    expect(await swept(drive)).toMatch(says);
    expect(await fileTree(join(drive, 'Warehouse'))).toEqual(before);
  });

  test('does its work once the pointer has its copy again, as heal makes it', async () => {
    const drive = await copy();
    await rm(join(drive, 'Warehouse', 'pointers'), { recursive: true });
    await withNight(drive, (night) => heal(night, withoutDbt));
    expect(await swept(drive)).toMatch(/^[1-9]\d* files$/);
  });

  test('does its work over a restored pointer once the newer copy is removed, as its advice says', async () => {
    const drive = await copy();
    const pointers = join(drive, 'Warehouse', 'pointers');
    const [oldest, newest] = (await readdir(pointers)).sort();
    await replaceFile(join(drive, 'Warehouse', 'warehouse.json'), await readFile(join(pointers, oldest!)));
    const [, removed] = /to do without it, remove (pointers\/[^;]+);/.exec(await swept(drive))!;
    expect(removed).toBe(`pointers/${newest}`);
    await rm(join(drive, 'Warehouse', removed!));
    expect(await swept(drive)).toMatch(/^\d+ files$/);
  });
});
