import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openLocalStore } from '@sensor-warehouse/storage/local-store';
import { openRcloneStore } from '@sensor-warehouse/storage/rclone-store';
import { openRemotes } from '@sensor-warehouse/storage/remotes';
import type { Store } from '@sensor-warehouse/storage/store';
import { storeBelow } from '@sensor-warehouse/storage/store-below';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { failureOf } from '../../model/test/support/failure-of';

const LEADING_OUT = [
  '..',
  '../outside',
  'raw/..',
  'raw/../../outside',
  '../store-evil/x',
  '.',
  './a',
  'raw/./a',
  '/etc/passwd',
  'raw//a',
  'raw/',
  '/',
  'nul\0',
  'line\nbreak',
  'carriage\rreturn',
  'raw\n/a',
  'escape\u001b[2J',
  'delete\u007f',
  'next line\u0085',
  'line\u2028separator',
  'half a character \ud800',
];

let scratch: string;
let folder: string;
let asked: string;
beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'store-paths-'));
  folder = join(scratch, 'store');
  await mkdir(join(folder, 'below'), { recursive: true });
  asked = join(scratch, 'asked');
  await mkdir(asked);
  const program = join(scratch, 'rclone');
  await writeFile(program, `#!/bin/sh\necho "$@" > "${asked}/$$"\nprintf '[]'\n`);
  await chmod(program, 0o755);
});
afterAll(() => rm(scratch, { recursive: true, force: true }));

const rclone = () => ({ program: join(scratch, 'rclone'), configFile: undefined });
const STORES: Readonly<Record<string, () => Store>> = {
  'a local store': () => openLocalStore(folder, 'drive:Warehouse'),
  'a store behind rclone': () => openRcloneStore(rclone(), 'sm2drive', 'Warehouse', 'sm2drive:Warehouse'),
  'a remote': () => openRemotes(new Map(), rclone()).open('sm2drive:Warehouse'),
  'a bound remote': () => openRemotes(new Map([['sm2drive', folder]]), undefined).open('sm2drive:'),
  'a folder of a local store': () => storeBelow(openLocalStore(folder), 'below'),
  'a folder of a store behind rclone': () =>
    storeBelow(openRcloneStore(rclone(), 'sm2drive', '', 'sm2drive:'), 'below'),
};

describe.each(Object.keys(STORES))('%s', (kind) => {
  const store = STORES[kind]!;
  const methods: Readonly<Record<string, (path: string) => Promise<unknown>>> = {
    list: (path) => store().list(path),
    listHere: (path) => store().listHere(path),
    survey: (path) => store().survey(path),
    readText: (path) => store().readText(path),
    download: (path) => store().download(path, join(scratch, 'copy')),
    downloadAll: (path) =>
      store().downloadAll(
        new Map([
          ['a', join(scratch, 'copy-a')],
          [path, join(scratch, 'copy')],
        ]),
      ),
    upload: (path) => store().upload(join(scratch, 'rclone'), path),
    uploadOnce: (path) => store().uploadOnce(join(scratch, 'rclone'), path),
    uploadAll: (path) => store().uploadAll(scratch, path, ['rclone']),
    'uploadAll of a name': (path) => store().uploadAll(scratch, 'a', [path]),
    copyAll: (path) => store().copyAll('a', path, ['b']),
    'copyAll from': (path) => store().copyAll(path, 'a', ['b']),
    'copyAll of a name': (path) => store().copyAll('a', 'b', [path]),
    remove: (path) => store().remove(path),
    removeAll: (path) => store().removeAll(['a', path]),
  };

  test.each(LEADING_OUT)('refuses %j before anything is requested, for every operation', async (path) => {
    const before = [await readdir(scratch), await readdir(asked)];
    for (const work of Object.values(methods)) {
      const { details, message } = await failureOf(work(path));
      expect(details).toMatchObject({ class: 'input', code: 'path-escape' });
      expect(message).not.toMatch(/[\p{Cc}\u2028]/u);
    }
    expect([await readdir(scratch), await readdir(asked)]).toEqual(before);
  });

  test('refuses the folder itself as a file', async () => {
    for (const name of [
      'readText',
      'download',
      'upload',
      'uploadOnce',
      'uploadAll of a name',
      'copyAll',
      'remove',
      'removeAll',
    ])
      expect((await failureOf(methods[name]!(''))).details.code).toBe('path-escape');
  });

  test('takes files into the folder itself', async () => {
    await expect(methods.uploadAll!('')).resolves.toBeUndefined();
  });
});

describe('a location', () => {
  const BEYOND = ['sm2drive:..', 'sm2drive:../outside', 'sm2drive:a/../../b', 'sm2drive:a/./b', 'sm2drive:a//b'];
  test.each(BEYOND)('%s is refused, whether its remote is bound or not', async (address) => {
    for (const bindings of [new Map(), new Map([['sm2drive', folder]])])
      expect(() => openRemotes(bindings, rclone()).open(address)).toThrow(/code=remote-config/);
  });

  test('may begin and end with a slash', async () => {
    const store = openRemotes(new Map([['sm2drive', scratch]]), undefined).open('sm2drive:/store/');
    expect(await store.isThere()).toBe(true);
  });
});
