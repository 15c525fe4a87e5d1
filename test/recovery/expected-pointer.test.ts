import { copyFile, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pointerDigest } from '@sensor-warehouse/warehouse/layout/pointer';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Kept, keptWarehouse } from '../support/kept';

describe('the pointer that was published last, known outside the warehouse', () => {
  let kept: Kept;
  /** Of each copy of the pointer in order, its file and how a publication named it. */
  let copies: { readonly file: string; readonly name: string }[];
  beforeAll(async () => {
    kept = await keptWarehouse('moved-in');
    const folder = join(kept.warehouse, 'pointers');
    const files = (await readdir(folder)).map((name) => join(folder, name)).sort();
    copies = await Promise.all(
      files.map(async (file) => ({ file, name: pointerDigest(await readFile(file, 'utf8')) })),
    );
  });
  afterAll(() => kept.remove());

  const verify = async (expected: string) => {
    const { code, stderr } = await kept.run('verify', ['--expected-pointer', expected]);
    return { code, stderr };
  };

  it('is the one that is there, or an earlier one', async () => {
    expect(copies.length).toBeGreaterThan(1);
    expect(await verify(copies.at(-1)!.name)).toMatchObject({ code: 0 });
    expect(await verify(copies[0]!.name)).toMatchObject({ code: 0 });
  });

  it('shows that an older pointer was put back, until the copy of that generation is', async () => {
    const pointer = join(kept.warehouse, 'warehouse.json');
    const newest = copies.at(-1)!;
    await copyFile(copies[0]!.file, pointer);
    const { code, stderr } = await verify(newest.name);
    expect(code).toBe(5);
    expect(stderr).toContain(`expected ${newest.name}, or a later generation`);
    expect(stderr).toContain('code=pointer-older');

    await copyFile(newest.file, pointer);
    expect(await verify(newest.name)).toMatchObject({ code: 0 });
  });

  it('shows that another pointer of the same generation was put in its place', async () => {
    const other = copies.at(-1)!.name.replace(/.$/, (digit) => (digit === '0' ? '1' : '0'));
    expect((await verify(other)).stderr).toContain('code=pointer-older');
  });

  it.each(['', '12', 'none', `1-${'g'.repeat(64)}`, `1-${'0'.repeat(63)}`])('is refused as «%s»', async (name) => {
    const { code, stderr } = await verify(name);
    expect(code).toBe(3);
    expect(stderr).toContain('--expected-pointer is not GENERATION-SHA256');
  });
});
