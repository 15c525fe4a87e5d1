import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Kept, keptWarehouse } from '../support/kept';

/** Four nights of version 0.1.0. */
let kept: Kept;
beforeEach(async () => {
  kept = await keptWarehouse('moved-in');
});
afterEach(() => kept.remove());

const inPublic = (...path: readonly string[]) => join(kept.warehouse, 'public', ...path);

async function versions(): Promise<readonly string[]> {
  return (await readdir(inPublic('versions'))).sort();
}

/** The files that readers find under the stable names, beside the marker. */
async function shown(): Promise<Record<string, string>> {
  const names = (await readdir(inPublic(), { withFileTypes: true })).filter((one) => one.isFile());
  return filesOf(
    inPublic(),
    names.map(({ name }) => name).filter((name) => name !== 'latest.json'),
  );
}

async function filesOf(folder: string, names: string[]): Promise<Record<string, string>> {
  const texts = names.sort().map(async (name) => [name, (await readFile(join(folder, name))).toString('base64')]);
  return Object.fromEntries(await Promise.all(texts));
}

const version = async (name: string) => filesOf(inPublic('versions', name), await readdir(inPublic('versions', name)));

describe('an older version that is published again', () => {
  test('takes the stable names, and the warehouse has no doubt', async () => {
    const [, , older, newest] = await versions();
    const ended = await kept.run('publish', ['previous']);
    expect([ended.code, ended.stdout]).toEqual([
      0,
      `readers see version ${older} instead of ${newest}, until \`warehouse publish --unpin\`\n`,
    ]);
    expect(await shown()).toEqual(await version(older!));
    expect((await kept.run('verify', ['--every-byte'])).code).toBe(0);
    expect((await kept.run('status')).stdout).toContain(`readers see version ${older}, which is pinned`);
    expect(JSON.parse((await kept.run('publish', [older!, '--json'])).stdout).changed).toBe(false);
  });

  test('changes nothing in a dry run', async () => {
    const before = await shown();
    const pointer = await readFile(join(kept.warehouse, 'warehouse.json'), 'utf8');
    const ended = await kept.run('publish', ['previous', '--dry-run']);
    expect(ended.stdout).toMatch(/^readers would see version/);
    expect(await shown()).toEqual(before);
    expect(await readFile(join(kept.warehouse, 'warehouse.json'), 'utf8')).toBe(pointer);
  });

  test.skipIf(!process.env.DBT_PYTHON)('stays while nights publish newer ones, until it is unpinned', async () => {
    const [oldest] = await versions();
    const old = await version(oldest!);
    await kept.run('publish', [oldest!]);
    await kept.layNext();
    const night = await kept.run('run');
    expect(night.code, night.stderr).toBe(0);
    expect(await shown()).toEqual(old);
    const newest = (await versions()).at(-1)!;
    expect(await versions()).toContain(oldest);
    expect(JSON.parse(await readFile(join(kept.warehouse, 'warehouse.json'), 'utf8'))).toMatchObject({
      public: { version: newest },
      pinned: { version: oldest },
    });
    expect((await kept.run('publish', ['--unpin'])).code).toBe(0);
    expect(await shown()).toEqual(await version(newest));
    expect((await kept.run('verify', ['--every-byte'])).code).toBe(0);
    // The one that was pinned last is none the newer for it.
    const before = (await versions()).at(-2)!;
    expect((await kept.run('publish', ['previous', '--dry-run'])).stdout).toContain(`version ${before} instead of`);
  });

  test('must be whole', async () => {
    const [, , older] = await versions();
    const before = await shown();
    await rm(inPublic('versions', older!, 'LICENSE'));
    const ended = await kept.run('publish', [older!]);
    expect([ended.code, /code=version-incomplete/.test(ended.stderr)]).toEqual([5, true]);
    expect(await shown()).toEqual(before);
  });

  test('leaves files alone that a person put beside the dataset', async () => {
    await writeFile(inPublic('index.html'), 'a page');
    await kept.run('publish', ['previous']);
    expect(Object.keys(await shown())).toContain('index.html');
  });

  test('is named, or unpinned, and nothing is unpinned that is not pinned', async () => {
    expect((await kept.run('publish')).code).toBe(3);
    expect((await kept.run('publish', ['latest', '--unpin'])).code).toBe(3);
    const ended = await kept.run('publish', ['--unpin']);
    expect([ended.code, /no version is pinned/.test(ended.stderr)]).toEqual([3, true]);
  });
});
