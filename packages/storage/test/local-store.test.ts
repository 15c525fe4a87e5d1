import { execFileSync } from 'node:child_process';
import { link, mkdir, mkdtemp, open, readdir, readFile, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openLocalStore } from '@sensor-warehouse/storage/local-store';
import type { Store } from '@sensor-warehouse/storage/store';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { detailsOf } from '../../model/test/support/failure-of';

let scratch: string;
let folder: string;
let store: Store;

beforeEach(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'local-store-'));
  folder = join(scratch, 'store');
  store = openLocalStore(folder, 'drive:Warehouse');
});
afterEach(() => rm(scratch, { recursive: true, force: true }));

async function fileHere(text: string): Promise<string> {
  const file = join(scratch, 'here.txt');
  await writeFile(file, text);
  return file;
}

test('a store whose folder is absent lists nothing, and reports it as absent', async () => {
  expect(await store.listHere('')).toEqual([]);
  expect(await store.isThere()).toBe(false);
  await mkdir(folder);
  expect(await store.isThere()).toBe(true);
});

test.runIf(process.platform === 'linux')('a name that is not UTF-8 hides no other file, and is reported', async () => {
  await mkdir(folder);
  for (const name of ['good.csv', Buffer.from('bad\xff.csv', 'latin1')])
    await writeFile(Buffer.concat([Buffer.from(`${folder}/`), Buffer.from(name)]), '');

  expect((await store.listHere('')).map(({ path }) => path)).toEqual(['good.csv']);
  expect((await store.survey('')).others).toEqual([{ path: 'bad\ufffd.csv', kind: 'name that is not UTF-8' }]);
});

describe('writing to a local store', () => {
  test('a reader who opened the old file reads the old bytes to their end', async () => {
    await store.upload(await fileHere('old bytes'), 'public/a.csv');
    const reader = await open(join(folder, 'public/a.csv'), 'r');
    await store.upload(await fileHere('new, and longer'), 'public/a.csv');
    const seen = await reader.readFile('utf8').finally(() => reader.close());

    expect(seen).toBe('old bytes');
    expect(await store.readText('public/a.csv')).toBe('new, and longer');
  });

  test('an upload that fails leaves nothing under the final name and no remains beside it', async () => {
    await detailsOf(store.upload(join(scratch, 'does not exist'), 'public/a.csv'));
    expect(await readdir(join(folder, 'public'))).toEqual([]);
  });

  test('a name that is too long for the folder is reported as that', async () => {
    const failure = await detailsOf(store.upload(await fileHere('bytes'), `raw/${'x'.repeat(250)}.csv`));
    expect(failure).toMatchObject({
      class: 'remote-permanent',
      code: 'local-io',
      what: expect.stringContaining('ENAMETOOLONG'),
    });
  });

  test('what a killed writer left half-written is in no listing', async () => {
    await store.upload(await fileHere('whole'), 'facts/1/fact.parquet');
    await writeFile(join(folder, 'facts/1/manifest.json.partial-0a1b2c3d4e5f'), '{"form');
    expect((await store.list('facts')).map(({ path }) => path)).toEqual(['facts/1/fact.parquet']);
  });

  test('what looks like a half-written file and was not left by us is listed', async () => {
    await store.upload(await fileHere('whole'), 'Upload/Graph.partial-2024.csv');
    expect((await store.list('Upload')).map(({ path }) => path)).toEqual(['Upload/Graph.partial-2024.csv']);
  });

  test('a writer removes leftovers of killed writers in the folder once they are a day old', async () => {
    await mkdir(join(folder, 'facts'), { recursive: true });
    const [old, young] = ['a.partial-0a1b2c3d4e5f', 'b.partial-0a1b2c3d4e5f'];
    for (const name of [old, young, 'c.partial-x']) await writeFile(join(folder, 'facts', name), '{"form');
    const twoDaysAgo = new Date(Date.now() - 48 * 3_600_000);
    for (const name of [old, 'c.partial-x']) await utimes(join(folder, 'facts', name), twoDaysAgo, twoDaysAgo);
    await store.upload(await fileHere('whole'), 'facts/d');

    expect((await readdir(join(folder, 'facts'))).sort()).toEqual([young, 'c.partial-x', 'd']);
  });

  test('a file written once accepts the same bytes again and refuses others', async () => {
    await store.uploadOnce(await fileHere('first'), 'raw/a.csv');
    await store.uploadOnce(await fileHere('first'), 'raw/a.csv');
    const failure = await detailsOf(store.uploadOnce(await fileHere('second'), 'raw/a.csv'));

    expect(failure).toMatchObject({
      class: 'remote-permanent',
      code: 'write-once-violated',
      where: 'drive:Warehouse/raw/a.csv',
    });
    expect(await store.readText('raw/a.csv')).toBe('first');
  });

  test('copies have the same bytes and replace existing files; missing files are left out', async () => {
    await store.upload(await fileHere('first'), 'public/versions/1/a.parquet');
    await store.upload(await fileHere('old'), 'public/versions/2/a.parquet');
    for (const to of [2, 3]) await store.copyAll('public/versions/1', `public/versions/${to}`, ['a.parquet', 'gone']);

    for (const version of [1, 2, 3]) expect(await store.readText(`public/versions/${version}/a.parquet`)).toBe('first');
    expect((await store.list('')).length).toBe(3);
  });

  test('a folder in the way of a file is a failure that names the file', async () => {
    await store.upload(await fileHere('x'), 'archive/2024-10.parquet/inside');
    const failure = await detailsOf(store.upload(await fileHere('y'), 'archive/2024-10.parquet'));
    expect(failure).toMatchObject({ class: 'remote-permanent', where: 'drive:Warehouse/archive/2024-10.parquet' });
  });
});

describe('a survey of a local store', () => {
  test('reports names that no store accepts, and returns the other files', async () => {
    await mkdir(join(folder, 'line\nbreak'), { recursive: true });
    for (const name of ['good.csv', 'escape\u001b[31m.csv', 'line\nbreak/a.csv'])
      await writeFile(join(folder, name), 'x');
    const { files, others } = await store.survey('');
    expect(files.map(({ path }) => path)).toEqual(['good.csv']);
    expect(others).toEqual([
      { path: 'escape\u001b[31m.csv', kind: 'name that no store accepts' },
      { path: 'line\nbreak', kind: 'name that no store accepts' },
    ]);
  });

  test('of a tree that is too deep for its paths gives what can be reached, where a listing fails', async () => {
    await mkdir(folder);
    await writeFile(join(folder, 'good.csv'), 'x');
    // Deeper than a path may be long: made from inside.
    const dig = 'import os\nfor _ in range(25):\n os.mkdir("x" * 200)\n os.chdir("x" * 200)';
    execFileSync('python3', ['-c', dig], { cwd: folder });
    const { files, others } = await store.survey('');
    expect(files.map(({ path }) => path)).toEqual(['good.csv']);
    expect(others.map(({ kind }) => kind)).toEqual(['folder that cannot be listed']);
    expect(await detailsOf(store.list(''))).toMatchObject({ code: 'local-io' });
    execFileSync('rm', ['-rf', folder]);
  });
});

describe('listing a local store', () => {
  test('gives the order of code points, whatever the order of writing', async () => {
    const names = ['b/2', 'Z', 'a', 'é', 'b/10', '\u{1f321}', '\ufb01', 'B'];
    for (const name of names) await store.upload(await fileHere(name), name);
    const listed = (await store.list('')).map(({ path }) => path);

    expect(listed).toEqual(['B', 'Z', 'a', 'b/10', 'b/2', 'é', '\ufb01', '\u{1f321}']);
  });

  test('a listing here leaves out what is in folders below', async () => {
    for (const name of ['raw/a.csv', 'raw/indoor/b.csv']) await store.upload(await fileHere(name), name);
    expect((await store.listHere('raw')).map(({ path }) => path)).toEqual(['raw/a.csv']);
    expect((await store.list('raw')).map(({ path }) => path)).toEqual(['raw/a.csv', 'raw/indoor/b.csv']);
  });

  test('says size and modification time, by which uploads are ordered', async () => {
    await store.upload(await fileHere('12345'), 'a.csv');
    const modified = new Date('2024-10-27T01:00:00.250Z');
    await utimes(join(folder, 'a.csv'), modified, modified);
    expect(await store.list('')).toEqual([{ path: 'a.csv', bytes: 5, modified: modified.getTime() }]);
  });

  test('an absent folder is an empty one', async () => {
    expect(await store.list('quarantine')).toEqual([]);
    expect(await store.listHere('quarantine')).toEqual([]);
  });

  test('a file where a folder should be is not a list of files', async () => {
    await store.upload(await fileHere('x'), 'facts');
    expect(await store.list('facts/000001')).toEqual([]);
  });
});

describe('names in a local store', () => {
  const odd = [
    'Graph 01 | Obj. 1 (°C).csv',
    '--config=evil.csv',
    '-rf',
    'quote\'s and "quotes".csv',
    '100%25.csv',
    '#hash?query.csv',
    '$(touch x)`y`.csv',
    'Žluťoučký kůň.csv',
    'e\u0301 decomposed.csv',
    '\u{1f321}.csv',
    ' leading and trailing ',
    '..hidden',
    'back\\slash.csv',
    ':local:etc',
    'CON',
    'trailing dot.',
  ];
  test.each(odd)('%j goes in and comes out unchanged', async (name) => {
    await store.uploadOnce(await fileHere(name), `Upload/${name}`);
    await store.download(`Upload/${name}`, join(scratch, 'back', 'copy'));

    expect((await store.listHere('Upload')).map(({ path }) => path)).toEqual([`Upload/${name}`]);
    expect(await readFile(join(scratch, 'back', 'copy'), 'utf8')).toBe(name);
    await store.remove(`Upload/${name}`);
    expect(await store.list('')).toEqual([]);
  });
});

describe('links in a local store', () => {
  test('a symbolic link is not listed and cannot be downloaded', async () => {
    const secret = await fileHere('a file of this machine');
    await mkdir(join(folder, 'Upload'), { recursive: true });
    await symlink(secret, join(folder, 'Upload', 'Graph.csv'));

    expect(await store.listHere('Upload')).toEqual([]);
    const failure = await detailsOf(store.download('Upload/Graph.csv', join(scratch, 'copy')));
    expect(failure).toMatchObject({ class: 'remote-permanent', where: 'drive:Warehouse/Upload/Graph.csv' });
  });

  test('an entry that is neither a file nor a folder can be listed by name and kind', async () => {
    await store.upload(await fileHere('x'), 'Upload/deep/a.csv');
    await store.upload(await fileHere('x'), 'Upload/b.csv');
    await symlink(join(scratch, 'here.txt'), join(folder, 'Upload', 'Graph.csv'));
    await symlink(join(scratch, 'nowhere'), join(folder, 'Upload', 'Broken.csv'));
    await symlink(scratch, join(folder, 'Upload', 'Everything'));
    execFileSync('mkfifo', [join(folder, 'Upload', 'Pipe.csv')]);

    expect((await store.survey('Upload')).others).toEqual([
      { path: 'Upload/Broken.csv', kind: 'symbolic link' },
      { path: 'Upload/Everything', kind: 'symbolic link' },
      { path: 'Upload/Graph.csv', kind: 'symbolic link' },
      { path: 'Upload/Pipe.csv', kind: 'pipe' },
    ]);
    expect(await store.survey('absent')).toEqual({ files: [], others: [] });
  });

  test('a listing does not follow a link to a folder', async () => {
    await mkdir(join(scratch, 'elsewhere'));
    await writeFile(join(scratch, 'elsewhere', 'secret.csv'), 'x');
    await mkdir(folder);
    await symlink(join(scratch, 'elsewhere'), join(folder, 'raw'));
    expect(await store.list('')).toEqual([]);
  });

  test('an upload over a hard link leaves the other name alone', async () => {
    const precious = await fileHere('precious');
    await mkdir(folder);
    await link(precious, join(folder, 'a.csv'));
    const other = join(scratch, 'other.txt');
    await writeFile(other, 'new');
    await store.upload(other, 'a.csv');
    expect(await readFile(precious, 'utf8')).toBe('precious');
  });
});

describe('a missing file in a local store', () => {
  test('has no text', async () => {
    expect(await store.readText('warehouse.json')).toBeUndefined();
  });

  test('cannot be downloaded: the failure names it', async () => {
    const failure = await detailsOf(store.download('archive/2024-10.parquet', join(scratch, 'copy')));
    expect(failure).toMatchObject({ class: 'remote-permanent', where: 'drive:Warehouse/archive/2024-10.parquet' });
  });

  test('may be removed again, after an interrupted run', async () => {
    await store.upload(await fileHere('x'), 'a.csv');
    await store.remove('a.csv');
    await store.remove('a.csv');
    expect(await store.list('')).toEqual([]);
  });
});
