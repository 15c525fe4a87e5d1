import { execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, symlink, truncate, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Failure } from '@sensor-warehouse/model/findings/failure';
import { openLocalStore } from '@sensor-warehouse/storage/local-store';
import type { Store } from '@sensor-warehouse/storage/store';
import { storeBelow } from '@sensor-warehouse/storage/store-below';
import { partialOf } from '@sensor-warehouse/storage/unfinished';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { detailsOf } from '../../model/test/support/failure-of';

let scratch: string;
let folder: string;
let elsewhere: string;
let store: Store;

beforeEach(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'local-store-attacks-'));
  folder = join(scratch, 'store');
  elsewhere = join(scratch, 'elsewhere');
  await mkdir(folder);
  await mkdir(elsewhere);
  store = openLocalStore(folder, 'drive:Warehouse');
});
afterEach(() => rm(scratch, { recursive: true, force: true, maxRetries: 5 }));

async function fileHere(text: string, name = 'here.txt'): Promise<string> {
  await writeFile(join(scratch, name), text);
  return join(scratch, name);
}

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

describe('a folder of a store that is a link', () => {
  const WHERE: readonly (readonly [depth: string, link: string])[] = [
    ['directly in it', 'normalized'],
    ['deeper', 'public/versions'],
    ['with folders below', 'facts'],
  ];
  test.each(WHERE)('%s is refused, for writing, reading, listing and removing', async (_, at) => {
    await mkdir(join(elsewhere, 'below'));
    await writeFile(join(elsewhere, 'a.csv'), 'theirs');
    await writeFile(join(elsewhere, 'below', 'a.csv'), 'theirs');
    await mkdir(join(folder, 'public'));
    await symlink(elsewhere, join(folder, at));
    const mine = await fileHere('mine');
    for (const path of [`${at}/a.csv`, `${at}/below/a.csv`, `${at}/new/a.csv`]) {
      const works = [
        () => store.upload(mine, path),
        () => store.uploadOnce(mine, path),
        () => store.download(path, join(scratch, 'copy')),
        () => store.readText(path),
        () => store.remove(path),
        () => store.removeSame(path, sha256('theirs')),
        () => store.listHere(path.replace('/a.csv', '')),
        () => store.list(path.replace('/a.csv', '')),
        () => storeBelow(store, at).upload(mine, 'b.csv'),
      ];
      for (const work of works)
        expect(await detailsOf(work())).toMatchObject({
          class: 'remote-permanent',
          code: 'link-in-store',
          where: `${folder}/${at}`,
        });
    }
    expect(await readFile(join(elsewhere, 'a.csv'), 'utf8')).toBe('theirs');
    expect((await readdir(elsewhere)).sort()).toEqual(['a.csv', 'below']);
  });

  test('is reported by a survey, and nothing behind it is listed', async () => {
    await writeFile(join(elsewhere, 'a.csv'), 'theirs');
    await symlink(elsewhere, join(folder, 'normalized'));
    expect(await store.list('')).toEqual([]);
    expect((await store.survey('')).others).toEqual([{ path: 'normalized', kind: 'symbolic link' }]);
  });

  test('does no harm as the whole store: people keep a warehouse on another disk', async () => {
    const link = join(scratch, 'link');
    await symlink(folder, link);
    const linked = openLocalStore(link, 'drive:Warehouse');
    await linked.upload(await fileHere('mine'), 'public/a.csv');
    expect(await readFile(join(folder, 'public/a.csv'), 'utf8')).toBe('mine');
    expect(await linked.readText('public/a.csv')).toBe('mine');
  });
});

describe('while somebody swaps what is in the folder', () => {
  /** Swaps two entries of a folder as fast as it goes, in a process of its own, until it is stopped. */
  async function swapping(work: () => Promise<void>, milliseconds: number, setUp: string): Promise<void> {
    const child = spawn('sh', ['-c', `cd "$0"; ${setUp}`, folder], { stdio: 'ignore', detached: true });
    const ended = once(child, 'exit');
    try {
      for (const until = performance.now() + milliseconds; performance.now() < until; ) await work();
    } finally {
      // The shell, and the program that it has started last.
      process.kill(-child.pid!, 'SIGKILL');
      await ended;
    }
  }

  test('a file for a link, no copy ever holds what the link leads to', async () => {
    await writeFile(join(elsewhere, 'secret'), 'secret');
    await writeFile(join(folder, 'good'), 'good');
    await symlink(join(elsewhere, 'secret'), join(folder, 'bad'));
    const copies = { good: 0, refused: 0 };
    await swapping(
      async () => {
        const copy = join(scratch, 'copy');
        try {
          await store.download('Graph.csv', copy);
          expect(await readFile(copy, 'utf8')).toBe('good');
          copies.good++;
        } catch (error) {
          if (!(error instanceof Failure)) throw error;
          copies.refused++;
        }
      },
      1500,
      'while :; do ln good .n 2>/dev/null; mv -T .n Graph.csv; cp -d bad .n; mv -T .n Graph.csv; done',
    );
    expect(copies.good).toBeGreaterThan(0);
    expect(copies.refused).toBeGreaterThan(0);
  });

  test('a folder for a link, nothing is ever written where the link leads', async () => {
    await mkdir(join(folder, 'real'));
    await symlink(elsewhere, join(folder, 'bad'));
    const mine = await fileHere('mine');
    let written = 0;
    await swapping(
      async () => {
        await store.upload(mine, 'normalized/a.csv').then(
          () => written++,
          (error: unknown) => expect(error).toBeInstanceOf(Failure),
        );
      },
      1500,
      'while :; do mv -T real normalized; mv -T normalized real; mv -T bad normalized; mv -T normalized bad; done',
    );
    expect(written).toBeGreaterThan(0);
    expect(await readdir(elsewhere)).toEqual([]);
  });
});

describe('what is not a file', () => {
  test.each(['warehouse.json', 'facts/000001-0a1b2c3d/manifest.json'])(
    'in place of %s is reported at once: a pipe never ends',
    async (path) => {
      await mkdir(join(folder, 'facts/000001-0a1b2c3d'), { recursive: true });
      execFileSync('mkfifo', [join(folder, path)]);
      for (const work of [() => store.readText(path), () => store.download(path, join(scratch, 'copy'))])
        expect(await detailsOf(work())).toMatchObject({ code: 'local-io', found: 'a pipe' });
    },
  );

  test('is not read as a document, nor written through', async () => {
    await writeFile(join(elsewhere, 'secret'), 'secret');
    await symlink(join(elsewhere, 'secret'), join(folder, 'warehouse.json'));
    expect(await detailsOf(store.readText('warehouse.json'))).toMatchObject({ code: 'link-in-store' });
    expect(await detailsOf(store.uploadOnce(await fileHere('secret'), 'warehouse.json'))).toMatchObject({
      code: 'link-in-store',
    });
    await store.upload(await fileHere('mine'), 'warehouse.json');
    expect(await readFile(join(elsewhere, 'secret'), 'utf8')).toBe('secret');
  });

  test('a document that is too large to be one is not read', async () => {
    await writeFile(join(folder, 'warehouse.json'), '{}');
    await truncate(join(folder, 'warehouse.json'), (64 << 20) + 1);
    expect(await detailsOf(store.readText('warehouse.json'))).toMatchObject({
      class: 'remote-permanent',
      code: 'document-too-large',
    });
  });

  test('a message names the file that people know, not the path by which it was opened', async () => {
    await mkdir(join(folder, 'facts'));
    const failure = await detailsOf(
      store
        .upload(await fileHere('x'), 'facts/a.csv/b.csv')
        .then(() => store.upload(join(scratch, 'here.txt'), 'facts/a.csv')),
    );
    expect(failure.where).toBe('drive:Warehouse/facts/a.csv');
    expect(failure.found).toContain(join(folder, 'facts'));
    expect(failure.found).not.toContain('/proc/');
  });
});

describe('a leftover of a killed writer', () => {
  const OF_ANOTHER_MACHINE = 'fact.parquet.partial-0a1b2c3d4e5f';

  /** What a process of this machine with that number would call a half-written file. */
  function partialOfProcess(pid: number): string {
    return partialOf('fact.parquet').replace(/\w{8}$/, `${pid.toString(16).padStart(6, '0')}00`);
  }

  async function plant(name: string, hours: number): Promise<void> {
    await mkdir(join(folder, 'facts/1'), { recursive: true });
    await writeFile(join(folder, 'facts/1', name), 'half');
    const then = new Date(Date.now() - hours * 3_600_000);
    await utimes(join(folder, 'facts/1', name), then, then);
  }

  const endedPid = () =>
    new Promise<number>((resolve) => {
      const child = spawn('true');
      child.on('close', () => resolve(child.pid!));
    });

  test('is removed by the next writer of the store, in any folder, once its process is gone', async () => {
    await plant(partialOfProcess(await endedPid()), 0);
    await openLocalStore(folder).upload(await fileHere('whole'), 'public/a.csv');
    expect(await readdir(join(folder, 'facts/1'))).toEqual([]);
  });

  test('stays while its process runs, and is in no listing', async () => {
    const name = partialOfProcess(process.pid);
    await plant(name, 1);
    const next = openLocalStore(folder);
    await next.upload(await fileHere('whole'), 'facts/1/fact.parquet');
    expect((await readdir(join(folder, 'facts/1'))).sort()).toEqual(['fact.parquet', name]);
    expect((await next.list('')).map(({ path }) => path)).toEqual(['facts/1/fact.parquet']);
    expect(await next.listAbandoned(Date.now())).toEqual([]);
  });

  test('on another machine stays for a day, and is listed as abandoned then', async () => {
    await plant(OF_ANOTHER_MACHINE, 23);
    const next = openLocalStore(folder);
    await next.upload(await fileHere('whole'), 'public/a.csv');
    expect(await readdir(join(folder, 'facts/1'))).toEqual([OF_ANOTHER_MACHINE]);
    const abandoned = await next.listAbandoned(Date.now() + 2 * 3_600_000);
    expect(abandoned).toMatchObject([{ path: `facts/1/${OF_ANOTHER_MACHINE}`, bytes: 4 }]);
    await next.remove(abandoned[0]!.path);
    expect(await readdir(join(folder, 'facts/1'))).toEqual([]);
  });
});

describe('the removal of an upload', () => {
  test('takes the file that was hashed', async () => {
    await writeFile(join(folder, 'Graph.csv'), 'hashed');
    expect(await store.removeSame('Graph.csv', sha256('hashed'))).toBe(true);
    expect(await readdir(folder)).toEqual([]);
  });

  test('leaves a file that replaced it, under its name, with its time', async () => {
    await writeFile(join(folder, 'Graph.csv'), 'newer');
    const then = new Date('2024-10-27T01:00:00Z');
    await utimes(join(folder, 'Graph.csv'), then, then);
    expect(await store.removeSame('Graph.csv', sha256('hashed'))).toBe(false);
    expect(await store.listHere('')).toEqual([{ path: 'Graph.csv', bytes: 5, modified: then.getTime() }]);
  });

  test('of a missing file, or in a missing folder, does nothing', async () => {
    expect(await store.removeSame('Graph.csv', sha256('hashed'))).toBe(false);
    expect(await store.removeSame('raw/indoor/Graph.csv', sha256('hashed'))).toBe(false);
  });

  test('never takes a link for the file that it leads to', async () => {
    await writeFile(join(elsewhere, 'Graph.csv'), 'hashed');
    await symlink(join(elsewhere, 'Graph.csv'), join(folder, 'Graph.csv'));
    expect(await detailsOf(store.removeSame('Graph.csv', sha256('hashed')))).toMatchObject({ code: 'link-in-store' });
    expect(await readdir(folder)).toEqual(['Graph.csv']);
  });

  test('that was interrupted is repaired by the next survey', async () => {
    await writeFile(join(folder, 'Graph.csv.removing-0a1b2c3d4e5f'), 'x');
    const then = new Date(Date.now() - 2 * 86_400_000);
    await utimes(join(folder, 'Graph.csv.removing-0a1b2c3d4e5f'), then, then);
    expect((await store.survey('')).files.map(({ path }) => path)).toEqual(['Graph.csv']);
  });

  test('that was interrupted never overwrites a newer file', async () => {
    await writeFile(join(folder, 'Graph.csv.removing-0a1b2c3d4e5f'), 'older');
    const then = new Date(Date.now() - 2 * 86_400_000);
    await utimes(join(folder, 'Graph.csv.removing-0a1b2c3d4e5f'), then, then);
    await writeFile(join(folder, 'Graph.csv'), 'newer');
    await store.survey('');
    expect(await readFile(join(folder, 'Graph.csv'), 'utf8')).toBe('newer');
    expect(await readdir(folder)).toHaveLength(2);
  });

  test('of a file with the longest name works like any other', async () => {
    const longest = `${'x'.repeat(251)}.csv`;
    await writeFile(join(folder, longest), 'newer');
    expect(await store.removeSame(longest, sha256('hashed'))).toBe(false);
    expect(await readdir(folder)).toEqual([longest]);
    expect(await store.removeSame(longest, sha256('newer'))).toBe(true);
    expect(await readdir(folder)).toEqual([]);
  });

  test('of a file with the longest name that was interrupted is repaired by the next survey', async () => {
    const longest = `${'x'.repeat(251)}.csv`;
    const aside = join(folder, '.removing-0a1b2c3d4e5f', longest);
    await mkdir(join(folder, '.removing-0a1b2c3d4e5f'));
    await writeFile(aside, 'x');
    const then = new Date(Date.now() - 2 * 86_400_000);
    await utimes(aside, then, then);
    expect((await store.survey('')).files.map(({ path }) => path)).toEqual([longest]);
    expect(await readdir(folder)).toEqual([longest]);
  });

  test('loses nothing while an uploader replaces the file all the time', async () => {
    let uploads = 0;
    let removed = 0;
    const latest = join(scratch, 'next.csv');
    for (let night = 0; night < 200; night++) {
      await writeFile(join(folder, 'Graph.csv'), `upload ${uploads}`);
      const hashed = sha256(`upload ${uploads}`);
      await writeFile(latest, `upload ${uploads + 1}`);
      const [, wasRemoved] = await Promise.all([
        rename(latest, join(folder, 'Graph.csv')),
        store.removeSame('Graph.csv', hashed),
      ]);
      if (wasRemoved) removed++;
      uploads++;
      // The newer one is there, whoever was first.
      expect(await readFile(join(folder, 'Graph.csv'), 'utf8')).toBe(`upload ${uploads}`);
      expect((await readdir(folder)).filter((name) => name !== 'Graph.csv')).toEqual([]);
    }
    expect(uploads).toBe(200);
    expect(removed).toBeLessThanOrEqual(200);
  });
});
