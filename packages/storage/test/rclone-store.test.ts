import { createHash } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openRcloneStore, type RcloneTool, requireRcloneVersion } from '@sensor-warehouse/storage/rclone-store';
import type { Store } from '@sensor-warehouse/storage/store';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { failureOf } from '../../model/test/support/failure-of';
import {
  clientConfig,
  deadPort,
  PASSWORD,
  type Protocol,
  type ServedRemote,
  serve,
} from '../../model/test/support/served-remote';

const rclone = process.env.RCLONE ?? '';

let scratch: string;
beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'rclone-store-'));
});
afterAll(() => rm(scratch, { recursive: true, force: true }));

async function toolWith(config: string, name: string): Promise<RcloneTool> {
  const configFile = join(scratch, `${name}.conf`);
  await writeFile(configFile, config, { mode: 0o600 });
  return { program: rclone, configFile, betweenTries: 500 };
}

let files = 0;
async function fileHere(text: string): Promise<string> {
  const file = join(scratch, `here-${files++}.txt`);
  await writeFile(file, text);
  return file;
}

const ODD_NAMES = [
  'Graph 01 | Obj. 1 (°C).csv',
  '--config=evil.csv',
  "quote's.csv",
  '100%25.csv',
  '#hash.csv',
  '; a comment.csv',
  'Žluťoučký kůň.csv',
  '\u{1f321}.csv',
];

describe.skipIf(rclone === '').concurrent.each<Protocol>(['webdav', 'sftp', 's3'])(
  'a store behind rclone and %s',
  (protocol) => {
    let served: ServedRemote;
    let store: Store;
    beforeAll(async () => {
      const folder = join(scratch, protocol);
      await mkdir(folder);
      served = await serve(rclone, protocol, folder);
      store = openRcloneStore(await toolWith(served.config, protocol), 'served', 'building', 'sm2drive:Warehouse');
    });
    afterAll(() => served.stop());
    const onServer = (path: string) => join(served.folder, 'building', path);

    test('what is uploaded arrives byte for byte, and a later upload of the same size replaces it', async () => {
      await store.upload(await fileHere('old bytes'), 'public/a.csv');
      await store.upload(await fileHere('new bytes'), 'public/a.csv');
      expect(await readFile(onServer('public/a.csv'), 'utf8')).toBe('new bytes');
      expect(await store.readText('public/a.csv')).toBe('new bytes');
    });

    test('an absent folder is distinguished from an empty one, if the remote keeps folders', async () => {
      const tool = await toolWith(served.config, `${protocol}-absent`);
      const absent = openRcloneStore(tool, 'served', 'building/absent', 'sm2drive:Absent');
      expect(await absent.listHere('')).toEqual([]);
      expect(await absent.isThere()).toBe(protocol === 's3');
      await mkdir(onServer('empty'), { recursive: true });
      expect(await openRcloneStore(tool, 'served', 'building/empty', 'sm2drive:Empty').isThere()).toBe(true);
    });

    test('a file written once accepts the same bytes again and refuses others of the same length', async () => {
      await store.uploadOnce(await fileHere('first'), 'raw/once.csv');
      await store.uploadOnce(await fileHere('first'), 'raw/once.csv');
      const { details } = await failureOf(store.uploadOnce(await fileHere('other'), 'raw/once.csv'));

      expect(details).toMatchObject({ class: 'remote-permanent', code: 'write-once-violated' });
      expect(details.where).toBe('sm2drive:Warehouse/raw/once.csv');
      expect(await readFile(onServer('raw/once.csv'), 'utf8')).toBe('first');
    });

    test('files are sent and copied together, and one that is missing is left out', async () => {
      const here = join(scratch, protocol, 'together');
      await mkdir(here, { recursive: true });
      for (const name of ['a.csv', 'b c.csv', 'left.csv']) await writeFile(join(here, name), `of ${name}`);
      await store.uploadAll(here, 'public/versions/1', ['a.csv', 'b c.csv']);
      await store.copyAll('public/versions/1', 'public/versions/2', ['b c.csv', 'gone.csv']);

      expect((await store.list('public/versions')).map(({ path }) => path)).toEqual([
        ...['public/versions/1/a.csv', 'public/versions/1/b c.csv', 'public/versions/2/b c.csv'],
      ]);
      expect(await readFile(onServer('public/versions/2/b c.csv'), 'utf8')).toBe('of b c.csv');
    });

    test('odd names are listed in the order of code points and come back as they are', async () => {
      for (const name of ODD_NAMES) await store.upload(await fileHere(name), `odd/${name}`);
      const listed = (await store.listHere('odd')).map(({ path }) => path);
      const wanted = new Map(ODD_NAMES.map((name, index) => [`odd/${name}`, join(scratch, protocol, `back-${index}`)]));
      await store.downloadAll(wanted);

      expect(listed).toEqual(
        ODD_NAMES.map((name) => `odd/${name}`).sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))),
      );
      for (const [path, here] of wanted) expect(`odd/${await readFile(here, 'utf8')}`).toBe(path);
    });

    test('a listing says size and modification time, by which uploads are ordered', async () => {
      await mkdir(onServer('uploads'), { recursive: true });
      await writeFile(onServer('uploads/Graph.csv'), '12345');
      const modified = new Date('2024-10-27T01:00:00Z');
      await utimes(onServer('uploads/Graph.csv'), modified, modified);
      expect(await store.listHere('uploads')).toEqual([
        { path: 'uploads/Graph.csv', bytes: 5, modified: modified.getTime() },
      ]);
    });

    test('a listing of everything goes into folders, one of a folder does not', async () => {
      for (const name of ['tree/a', 'tree/b/c']) await store.upload(await fileHere(name), name);
      expect((await store.list('tree')).map(({ path }) => path)).toEqual(['tree/a', 'tree/b/c']);
      expect((await store.listHere('tree')).map(({ path }) => path)).toEqual(['tree/a']);
    });

    test('an upload is removed only if it is the one that was hashed', async () => {
      await store.upload(await fileHere('hashed'), 'uploads-of-a/Graph.csv');
      await store.upload(await fileHere('newer'), 'uploads-of-b/Graph.csv');
      const sha256 = createHash('sha256').update('hashed').digest('hex');
      const removed = ['a', 'b', 'c'].map((one) => store.removeSame(`uploads-of-${one}/Graph.csv`, sha256));

      expect(await Promise.all(removed)).toEqual([true, false, false]);
      expect(await store.list('uploads-of-a')).toEqual([]);
      expect((await store.list('uploads-of-b')).map(({ path }) => path)).toEqual(['uploads-of-b/Graph.csv']);
    });

    test('files are removed together, whatever their names, the others stay, and one that is missing is no failure', async () => {
      const names = [...ODD_NAMES, 'stays.csv'];
      const from = join(scratch, protocol, 'removed');
      await mkdir(from);
      for (const name of names) await writeFile(join(from, name), name);
      await store.uploadAll(from, 'removed/1', names);
      await store.uploadAll(from, 'removed/2', ['stays.csv']);
      await store.removeAll([
        'removed/none.csv',
        'never-was/none.csv',
        ...ODD_NAMES.map((name) => `removed/1/${name}`),
      ]);
      await store.removeAll([]);

      expect((await store.list('removed')).map(({ path }) => path)).toEqual([
        'removed/1/stays.csv',
        'removed/2/stays.csv',
      ]);
    });

    test('what is absent has no text, an empty listing, and may be removed twice', async () => {
      await store.upload(await fileHere('x'), 'gone/a.csv');
      await store.remove('gone/a.csv');
      await store.remove('gone/a.csv');
      expect(await store.readText('gone/a.csv')).toBeUndefined();
      expect(await store.list('never-was')).toEqual([]);
    });

    test('an empty file is not an absent one: a pointer that was cut off must not look like a new warehouse', async () => {
      await mkdir(onServer(''), { recursive: true });
      await writeFile(onServer('empty.json'), '');
      expect(await store.readText('empty.json')).toBe('');
    });

    test('a missing file cannot be downloaded: the failure names it', async () => {
      const { details } = await failureOf(store.download('archive/2024-10.parquet', join(scratch, 'copy')));
      expect(details).toMatchObject({ class: 'remote-permanent', code: 'remote-not-found' });
      expect(details.where).toBe('sm2drive:Warehouse/archive/2024-10.parquet');
    });

    test('one missing file of many is a failure, not a shorter list', async () => {
      await store.upload(await fileHere('x'), 'many/a.csv');
      const wanted = new Map(['many/a.csv', 'many/b.csv'].map((path) => [path, join(scratch, protocol, path)]));
      const { details } = await failureOf(store.downloadAll(wanted));
      expect(details).toMatchObject({ class: 'remote-permanent', code: 'remote-not-found' });
      expect(details.where).toBe('sm2drive:Warehouse/many/b.csv');
    });
  },
);

describe.skipIf(rclone === '').concurrent('a store behind rclone and a web server that only reads', () => {
  let served: ServedRemote;
  let store: Store;
  beforeAll(async () => {
    await mkdir(join(scratch, 'http'));
    served = await serve(rclone, 'http', join(scratch, 'http'));
    await writeFile(join(served.folder, 'building', 'Graph.csv'), 'Date;A\r\n');
    store = openRcloneStore(await toolWith(served.config, 'http'), 'served', 'building', 'web:Upload');
  });
  afterAll(() => served.stop());

  test('gives its files', async () => {
    expect((await store.listHere('')).map(({ path }) => path)).toEqual(['Graph.csv']);
    await store.download('Graph.csv', join(scratch, 'Graph.csv'));
    expect(await readFile(join(scratch, 'Graph.csv'), 'utf8')).toBe('Date;A\r\n');
  });

  test('takes none: the upload fails and names the file', async () => {
    const { message } = await failureOf(store.upload(await fileHere('x'), 'new.csv'));
    expect(message).toContain('web:Upload/new.csv');
  });
});

describe.skipIf(rclone === '').concurrent('a remote that fails', () => {
  const open = (tool: RcloneTool) => openRcloneStore(tool, 'served', 'building', 'sm2drive:Warehouse');

  test('a stopped server is temporary, for listing, reading and writing, and the retries end', {
    timeout: 240_000,
  }, async () => {
    const store = open(await toolWith(await clientConfig(rclone, 'webdav', await deadPort(), PASSWORD), 'stopped'));
    const started = performance.now();
    const failures = await Promise.all([
      failureOf(store.list('')),
      failureOf(store.readText('warehouse.json')),
      failureOf(store.upload(await fileHere('x'), 'a.csv')),
    ]);
    const seconds = (performance.now() - started) / 1000;

    expect(failures.map(({ details }) => [details.class, details.code])).toEqual(
      Array(3).fill(['remote-temporary', 'remote-unreachable']),
    );
    expect(failures[0]!.message).toContain('connection refused');
    expect(seconds).toBeLessThan(200);
  });

  test.each<Protocol>(['webdav', 'sftp', 's3'])(
    'a wrong password for %s is permanent: waiting does not help',
    async (protocol) => {
      const folder = join(scratch, `wrong-${protocol}`);
      await mkdir(folder);
      const served = await serve(rclone, protocol, folder);
      try {
        const port = Number(/:(\d+)|port = (\d+)/.exec(served.config)!.slice(1).find(Boolean));
        const wrong = await clientConfig(rclone, protocol, port, 'wrong-password');
        const failure = await failureOf(open(await toolWith(wrong, `wrong-${protocol}`)).list(''));

        expect(failure.details).toMatchObject({ class: 'remote-permanent', code: 'remote-refused' });
        expect(failure.message).not.toContain('wrong-password');
      } finally {
        await served.stop();
      }
    },
  );

  test('a remote that the configuration lacks is a configuration failure', async () => {
    const { details } = await failureOf(open(await toolWith('', 'empty')).list(''));
    expect(details).toMatchObject({ class: 'config', code: 'rclone-usage' });
  });

  test.each([
    ['what may pass is asked again', 5, 2],
    ['what is absent is not', 4, 1],
    ['what is refused for good is not', 7, 1],
  ])('%s', async (_, exitCode, calls) => {
    const folder = join(scratch, `ends-with-${exitCode}`);
    await mkdir(folder);
    const program = join(folder, 'rclone.sh');
    const called = join(folder, 'called.txt');
    // Fails the first time, and only then.
    await writeFile(
      program,
      `#!/bin/sh\nif [ -e ${called} ]; then echo >> ${called}; printf '{}'; exit 0; fi\necho >> ${called}\nexit ${exitCode}\n`,
    );
    await chmod(program, 0o755);
    await open({ program, configFile: undefined, betweenTries: 500 })
      .readText('warehouse.json')
      .catch(() => undefined);
    expect(await readFile(called, 'utf8')).toBe('\n'.repeat(calls));
  });

  test('a server that dies between two uploads fails the second and keeps the first', {
    timeout: 120_000,
  }, async () => {
    const folder = join(scratch, 'dies');
    await mkdir(folder);
    const served = await serve(rclone, 'webdav', folder);
    const store = open(await toolWith(served.config, 'dies'));
    await store.upload(await fileHere('first'), 'a.csv');
    await served.stop();
    const { details } = await failureOf(store.readText('a.csv'));

    expect(details).toMatchObject({ class: 'remote-temporary', where: 'sm2drive:Warehouse/a.csv' });
    expect(await readFile(join(served.folder, 'building', 'a.csv'), 'utf8')).toBe('first');
  });
});

describe.skipIf(rclone === '')('how rclone is called', () => {
  test('no secret of the configuration is in its arguments, and no RCLONE_ variable reaches it', async () => {
    const folder = join(scratch, 'recorded');
    await mkdir(folder);
    const served = await serve(rclone, 'webdav', folder);
    const seen = join(folder, 'seen.txt');
    const recorder = join(folder, 'recorder.sh');
    await writeFile(
      recorder,
      `#!/bin/sh\nprintf '%s\\n' "$@" >> ${seen}\nenv | grep ^RCLONE_ >> ${seen}\nexec ${rclone} "$@"\n`,
    );
    await chmod(recorder, 0o755);
    const { configFile } = await toolWith(served.config, 'recorded');
    process.env.RCLONE_CONFIG_SERVED_PASS = PASSWORD;
    try {
      const store = openRcloneStore({ program: recorder, configFile }, 'served', 'building', 'sm2drive:Warehouse');
      await store.upload(await fileHere('x'), '--max-depth=0');
      await store.list('');
    } finally {
      delete process.env.RCLONE_CONFIG_SERVED_PASS;
      await served.stop();
    }
    const recorded = await readFile(seen, 'utf8');
    const obscured = /^pass = (.+)$/m.exec(served.config)![1]!;
    expect(recorded).toContain('--\n');
    expect(recorded).toContain(`--config=${configFile}`);
    expect(recorded).not.toContain(PASSWORD);
    expect(recorded).not.toContain(obscured);
    expect(recorded).not.toMatch(/^RCLONE_/m);
  });

  test('a version with known vulnerabilities is refused, whatever is on PATH', async () => {
    const old = join(scratch, 'old-rclone.sh');
    await writeFile(old, '#!/bin/sh\necho rclone v1.60.1-DEV\n');
    await chmod(old, 0o755);
    const { details } = await failureOf(requireRcloneVersion({ program: old, configFile: undefined }));
    expect(details).toMatchObject({ class: 'config', code: 'rclone-version', found: 'rclone v1.60.1-DEV' });
  });

  test('a missing program is a configuration failure that says what to do', async () => {
    const store = openRcloneStore(
      { program: join(scratch, 'no-rclone'), configFile: undefined },
      'served',
      '',
      'sm2drive:',
    );
    const { details } = await failureOf(store.list(''));
    expect(details).toMatchObject({ class: 'config', code: 'rclone-missing' });
    expect(details.fix).toContain('install rclone');
  });
});
