import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { Failure } from '@sensor-warehouse/model/findings/failure';
import { openRcloneStore } from '@sensor-warehouse/storage/rclone-store';
import type { Store } from '@sensor-warehouse/storage/store';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { failureOf } from '../../model/test/support/failure-of';

const rclone = process.env.RCLONE ?? '';

let scratch: string;
let drive: string;
beforeEach(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'rclone-lies-'));
  drive = join(scratch, 'drive');
  await mkdir(drive);
  await writeFile(join(scratch, 'rclone.conf'), `[sm2drive]\ntype = alias\nremote = ${drive}\n`);
});
afterEach(() => rm(scratch, { recursive: true, force: true }));

/**
 * A store behind a program that wraps the real rclone.
 * @param script a shell script; `real "$@"` is rclone, `$1` its command, `$last` the last argument
 */
async function storeBehind(script: string, say?: (line: string) => void): Promise<Store> {
  const program = join(scratch, 'rclone.sh');
  const head = `real() { ${rclone} "$@"; }\nfor last; do :; done\ncd "${scratch}"\n`;
  await writeFile(program, `#!/bin/sh\n${head}${script}\n`);
  await chmod(program, 0o755);
  const tool = { program, configFile: join(scratch, 'rclone.conf'), ...(say === undefined ? {} : { say }) };
  return openRcloneStore(tool, 'sm2drive', '', 'sm2drive:');
}

async function onDrive(path: string, text: string): Promise<void> {
  await mkdir(dirname(join(drive, path)), { recursive: true });
  await writeFile(join(drive, path), text);
}

const EXPORT = 'Date;A\r\n2024-10-27 01:00;1\r\n2024-10-27 02:00;2\r\n';
const wanted = () => new Map([['Graph.csv', join(scratch, 'work', '000001')]]);

describe.skipIf(rclone === '')('an export', () => {
  test('that arrives cut at the end of a line is not taken for whole', async () => {
    await onDrive('Graph.csv', EXPORT);
    const store = await storeBehind('real "$@"; [ "$1" = copy ] && sed -i \'$d\' "$last"/*.csv; exit 0');
    const { details } = await failureOf(store.downloadAll(wanted()));
    expect(details).toMatchObject({
      class: 'remote-temporary',
      code: 'arrived-differs',
      where: 'sm2drive:/Graph.csv',
      found: `${EXPORT.length - 20} bytes`,
      expected: `${EXPORT.length} bytes, as listed`,
    });
    expect(await readdir(join(scratch, 'work'))).toEqual([]);
  });

  test('that arrives with another byte is found by the hash that the remote knows', async () => {
    await onDrive('Graph.csv', EXPORT);
    const store = await storeBehind('real "$@"; [ "$1" = copy ] && sed -i "s/;2/;3/" "$last"/*.csv; exit 0');
    const { details } = await failureOf(store.downloadAll(wanted()));
    expect(details).toMatchObject({ class: 'remote-temporary', code: 'arrived-differs' });
    expect(details.found).toMatch(/^MD5 /);
  });

  test('that does not arrive at all is not skipped, whatever rclone reports', async () => {
    await onDrive('Graph.csv', EXPORT);
    const store = await storeBehind('[ "$1" = copy ] && exit 0; real "$@"');
    expect((await failureOf(store.downloadAll(wanted()))).details).toMatchObject({
      code: 'arrived-differs',
      found: 'nothing',
    });
  });

  test('that was replaced between the listing and the copy is fetched again', async () => {
    await onDrive('Graph.csv', EXPORT);
    const replace = `[ "$1" = copy ] && [ ! -e done ] && echo longer than before, by far, and new >> ${'drive'}/Graph.csv && touch done`;
    const store = await storeBehind(`${replace}; real "$@"`);
    await store.downloadAll(wanted());
    expect(await readFile(join(scratch, 'work', '000001'), 'utf8')).toBe(
      await readFile(join(drive, 'Graph.csv'), 'utf8'),
    );
  });

  test('arrives whole even if the remote does not give its size', async () => {
    await onDrive('Graph.csv', EXPORT);
    const store = await storeBehind('real "$@" | sed \'s/"Size":[ 0-9]*/"Size":-1/; s/"Hashes"/"None"/\'');
    expect(await store.list('')).toMatchObject([{ path: 'Graph.csv', bytes: undefined }]);
    await store.downloadAll(wanted());
    expect(await readFile(join(scratch, 'work', '000001'), 'utf8')).toBe(EXPORT);
    expect(await store.readText('Graph.csv')).toBe(EXPORT);
  });
});

test.skipIf(rclone === '')('a document that arrives cut is not read as a damaged one', async () => {
  await onDrive('warehouse.json', '{"format":1}\n');
  const store = await storeBehind('if [ "$1" = cat ]; then real "$@" | head -c 5; else real "$@"; fi');
  expect((await failureOf(store.readText('warehouse.json'))).details).toMatchObject({
    class: 'remote-temporary',
    code: 'arrived-differs',
    where: 'sm2drive:/warehouse.json',
    found: '5 bytes',
  });
});

test.skipIf(rclone === '')('a name that rclone would take for a pattern is read as it is', async () => {
  const store = await storeBehind('real "$@"');
  await onDrive('other.csv', 'another file');
  for (const name of ['a[1]{b,c}*?.csv', 'back\\slash.csv', 'blank at the end ', '- x.csv', 'raw/{{.*}}.csv']) {
    await onDrive(name, name);
    expect(await store.readText(name)).toBe(name);
    expect(await store.readText(`${name}x`)).toBeUndefined();
  }
});

describe('a listing', () => {
  const LIES = ['', 'null', '[{"Path":"Graph.csv","Si', '{}', '[null]', '[5]', '"text"', '[{"Path":5}]', '<html>'];
  test.each(LIES)('that is %j is reported as that, whatever was asked', async (text) => {
    await writeFile(join(scratch, 'answer'), text);
    const store = await storeBehind('cat answer');
    const works = [
      () => store.list(''),
      () => store.listHere('raw'),
      () => store.survey(''),
      () => store.listAbandoned(0),
      () => store.downloadAll(wanted()),
    ];
    for (const work of works) {
      const { details } = await failureOf(work());
      expect(details).toMatchObject({ class: 'remote-temporary', code: 'listing-unreadable' });
      expect(details.where).toMatch(/^sm2drive:/);
    }
  });

  test('with two files of one name: a survey reports them and returns the others, and a warehouse never guesses', async () => {
    const file = (path: string) => ({ Path: path, Size: 5, ModTime: '2024-10-27T01:00:00Z' });
    await writeFile(join(scratch, 'answer'), JSON.stringify([file('a.csv'), file('b.csv'), file('a.csv')]));
    const store = await storeBehind('cat answer');
    const { files, others } = await store.survey('');
    expect(files.map(({ path }) => path)).toEqual(['b.csv']);
    expect(others).toEqual([{ path: 'a.csv', kind: 'name that two files have' }]);
    const failures = [
      () => store.list(''),
      () => store.listHere(''),
      () => store.downloadAll(new Map([['a.csv', join(scratch, 'a')]])),
      () => store.readText('a.csv'),
    ];
    for (const work of failures)
      expect((await failureOf(work())).details).toMatchObject({ code: 'same-name-twice', where: 'sm2drive:/a.csv' });
  });

  test('without an end is given up', async () => {
    const store = await storeBehind('yes "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["');
    expect((await failureOf(store.list(''))).details).toMatchObject({
      code: 'listing-unreadable',
      found: 'an endless answer',
    });
  });
});

describe('a remote that never answers', () => {
  afterEach(() => vi.useRealTimers());

  /** Lets the clock run until something settles; the program itself is real, and sleeps. */
  async function timeUntil(work: Promise<unknown>): Promise<{ failure: Failure; seconds: number }> {
    let settled = false;
    const failing = failureOf(work).finally(() => {
      settled = true;
    });
    let seconds = 0;
    for (; !settled && seconds < 3600; seconds += 5) {
      await setTimeout(5);
      await vi.advanceTimersByTimeAsync(5_000);
      // What the program does takes real time.
      if (seconds % 50 === 0) await setTimeout(100);
    }
    return { failure: await failing, seconds };
  }

  test.each<[string, (store: Store) => Promise<unknown>, number]>([
    ['lists', (store) => store.list(''), 200],
    ['reads', (store) => store.readText('warehouse.json'), 200],
    ['removes', (store) => store.remove('Graph.csv'), 200],
    ['writes', (store) => store.upload(join(scratch, 'rclone.conf'), 'Graph.csv'), 300],
  ])('ends what %s, and says meanwhile that it waits', async (_, work, limit) => {
    const said: string[] = [];
    const store = await storeBehind('exec sleep 1000', (line) => said.push(line));
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'performance'] });
    const { failure, seconds } = await timeUntil(work(store));
    expect(failure.details).toMatchObject({ class: 'remote-temporary', code: 'remote-slow' });
    expect(seconds).toBeLessThan(limit);
    expect(said[0]).toMatch(/^rclone: waiting for .*, 30 s$/);
    expect(said.length).toBeGreaterThan(1);
  });
});

describe.skipIf(rclone === '')('the removal of an upload on a remote', () => {
  const sha256 = createHash('sha256').update(EXPORT).digest('hex');

  test('takes the file that was hashed', async () => {
    await onDrive('Graph.csv', EXPORT);
    expect(await (await storeBehind('real "$@"')).removeSame('Graph.csv', sha256)).toBe(true);
    expect(await readdir(drive)).toEqual([]);
  });

  test('of a missing file does nothing', async () => {
    expect(await (await storeBehind('real "$@"')).removeSame('Graph.csv', sha256)).toBe(false);
  });

  test.each(['moveto', 'copyto', 'deletefile', 'lsjson'])(
    'leaves a file that replaces it just before rclone runs %s',
    async (command) => {
      await onDrive('Graph.csv', EXPORT);
      const store = await storeBehind(
        `[ "$1" = ${command} ] && [ ! -e done ] && echo newer > drive/Graph.csv && touch done; real "$@"`,
      );
      await store.removeSame('Graph.csv', sha256);
      expect(await readdir(drive)).toEqual(['Graph.csv']);
      expect(await readFile(join(drive, 'Graph.csv'), 'utf8')).toBe('newer\n');
    },
  );

  test('that was interrupted is repaired by the next survey', async () => {
    await onDrive('Graph.csv', EXPORT);
    const killed = await storeBehind('[ "$1" = copyto ] && touch done && exit 7; [ -e done ] && exit 7; real "$@"');
    await failureOf(killed.removeSame('Graph.csv', sha256));
    expect(await readdir(drive)).toEqual([expect.stringMatching(/^Graph\.csv\.removing-/)]);
    const { files } = await (await storeBehind('real "$@"')).survey('');
    expect(files.map(({ path }) => path)).toEqual(['Graph.csv']);
  });
});

describe.skipIf(rclone === '')('what a killed rclone left half-written', () => {
  test('is in no listing, and goes away a day later', { timeout: 60_000 }, async () => {
    await writeFile(join(scratch, 'large'), Buffer.alloc(4 << 20, 'x'));
    // The arguments are those of the store, slowed down.
    const store = await storeBehind('echo "$@" > args; real "$@"');
    await store.upload(join(scratch, 'rclone.conf'), 'facts/1/manifest.json');
    const suffix = /--partial-suffix=\S+/.exec(await readFile(join(scratch, 'args'), 'utf8'))![0];
    const config = `--config=${join(scratch, 'rclone.conf')}`;
    const to = 'sm2drive:facts/1/fact.parquet';
    const child = spawn(rclone, ['copyto', config, suffix, '--bwlimit=100k', '--', join(scratch, 'large'), to]);
    while ((await readdir(join(drive, 'facts/1'))).length < 2) await setTimeout(50);
    child.kill('SIGKILL');
    const half = (await readdir(join(drive, 'facts/1'))).find((name) => name !== 'manifest.json')!;

    expect((await store.list('')).map(({ path }) => path)).toEqual(['facts/1/manifest.json']);
    expect(await store.listAbandoned(Date.now())).toEqual([]);
    expect(await store.listAbandoned(Date.now() + 2 * 86_400_000)).toMatchObject([{ path: `facts/1/${half}` }]);

    const then = new Date(Date.now() - 2 * 86_400_000);
    await utimes(join(drive, 'facts/1', half), then, then);
    await store.list('facts');
    await store.upload(join(scratch, 'rclone.conf'), 'public/a.csv');
    expect(await readdir(join(drive, 'facts/1'))).toEqual(['manifest.json']);
  });
});
