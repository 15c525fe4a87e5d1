import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { openActionsCache } from '@sensor-warehouse/action-kit/actions-cache';
import { providePythonEnvironment } from '@sensor-warehouse/action-kit/python-environment';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { detailsOf } from '../../model/test/support/failure-of';
import { type CacheService, startCacheService } from './cache-service';

const before = { ...process.env };
const restore = () => {
  for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
  Object.assign(process.env, before);
};
afterEach(restore);

it('a runner without Python is a configuration failure: a retry does not install one', async () => {
  process.env.PATH = mkdtempSync(join(tmpdir(), 'no-python-'));
  const made = providePythonEnvironment({ name: 'dbt', lock: '', probe: ['--version'] }, undefined);
  const details = await detailsOf(made);
  expect(details).toMatchObject({ stage: 'dbt', class: 'config', code: 'python-missing' });
  expect(details.what).toContain('python3 cannot be started');
});

const WHEEL = 'answer-1.0-py3-none-any.whl';

/** A wheel of one module, as pip takes it. */
function makeWheel(folder: string, module: string): Buffer {
  const file = join(folder, WHEEL);
  const script = [
    'import sys, zipfile',
    "with zipfile.ZipFile(sys.argv[1], 'w') as wheel:",
    "    info = 'answer-1.0.dist-info/'",
    "    wheel.writestr('answer.py', sys.argv[2])",
    "    wheel.writestr(info + 'METADATA', 'Metadata-Version: 2.1\\nName: answer\\nVersion: 1.0\\n')",
    "    wheel.writestr(info + 'WHEEL', 'Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n')",
    "    wheel.writestr(info + 'RECORD', '')",
  ].join('\n');
  execFileSync('python3', ['-c', script, file, module]);
  return readFileSync(file);
}

describe('an environment with the Actions cache', () => {
  const scratch = mkdtempSync(join(tmpdir(), 'environments-'));
  const index = join(scratch, 'index');
  const victim = join(scratch, 'victim');
  const lockOf = (wheel: Buffer) => `answer==1.0 --hash=sha256:${createHash('sha256').update(wheel).digest('hex')}\n`;
  let service: CacheService;
  let genuine: Buffer;
  let forged: Buffer;
  let key: string;
  let saved: Buffer;
  let machines = 0;
  let machine = '';

  beforeAll(async () => {
    service = await startCacheService();
    for (const folder of ['index', 'index/answer', 'forged', 'bin']) mkdirSync(join(scratch, folder));
    genuine = makeWheel(join(index, 'answer'), 'said = "genuine"\n');
    writeFileSync(join(index, 'answer', 'index.html'), `<a href="${WHEEL}">${WHEEL}</a>`);
    forged = makeWheel(join(scratch, 'forged'), `said = "forged"\nopen(${JSON.stringify(victim)}, "w")\n`);
    // One virtual environment is made, and copied for each that is asked for.
    execFileSync('python3', ['-m', 'venv', join(scratch, 'venv')]);
    const python = join(scratch, 'bin', 'python3');
    const real = execFileSync('python3', ['-c', 'import sys; print(sys.executable)'], { encoding: 'utf8' }).trim();
    const script = [
      '#!/bin/sh',
      `if [ "$*" = "-I -m venv $4" ]; then exec cp -a ${scratch}/venv/. "$4"; fi`,
      `if [ "$2" = -c ]; then ${real} "$@" | sed "1s|.*|$0|"; else exec ${real} "$@"; fi`,
    ];
    writeFileSync(python, `${script.join('\n')}\n`);
    // Here pip is at work; virtual-environment.test.ts is about both.
    symlinkSync('/bin/false', join(scratch, 'bin', 'uv'));
    chmodSync(python, 0o755);
  }, 60_000);
  afterAll(() => service.close());
  beforeEach(() => {
    for (const name of Object.keys(process.env)) if (name.startsWith('PIP_')) delete process.env[name];
    Object.assign(process.env, service.environment, { PIP_INDEX_URL: pathToFileURL(index).href });
    process.env.PATH = `${join(scratch, 'bin')}:${process.env.PATH}`;
    process.env.XDG_CACHE_HOME = machine = join(scratch, `machine-${machines++}`);
    service.asked.length = 0;
    if (saved !== undefined) service.entries.set(key, saved);
  });

  /** What the package says that the environment of this machine holds. */
  const said = async () => {
    const environment = { name: 'test', lock: lockOf(genuine), probe: ['-c', 'import answer'] };
    const python = await providePythonEnvironment(environment, openActionsCache());
    return execFileSync(python, ['-c', 'import answer; print(answer.said)'], { encoding: 'utf8' }).trim();
  };

  it('saves its wheels when it was made from the package index', async () => {
    expect(await said()).toBe('genuine');
    expect(service.asked).toEqual(['GetCacheEntryDownloadURL', 'CreateCacheEntry', 'FinalizeCacheEntryUpload']);
    [[key, saved]] = [...service.entries] as [[string, Buffer]];
  }, 60_000);

  it('is installed from them on the next machine, which needs no package index', async () => {
    process.env.PIP_INDEX_URL = 'file:///nowhere';
    expect(await said()).toBe('genuine');
    expect(service.asked).toEqual(['GetCacheEntryDownloadURL']);
  }, 60_000);

  it('contains only what the lock names, and runs nothing from a forged entry', async () => {
    const list = Buffer.from(`${JSON.stringify([{ name: WHEEL, bytes: forged.length }])}\n`);
    service.entries.set(key, Buffer.concat([list, forged]));
    expect(await said()).toBe('genuine');
    expect(existsSync(victim)).toBe(false);
  }, 60_000);

  it('unpacks nothing from an entry that is an archive, which could write anywhere', async () => {
    const archive = join(scratch, 'archive.tar.gz');
    writeFileSync(join(scratch, 'planted'), '#!/bin/sh\n');
    execFileSync('tar', ['-czPf', archive, '--transform', `s|^.*$|${machine}-planted|`, join(scratch, 'planted')]);
    service.entries.set(key, readFileSync(archive));
    expect(await said()).toBe('genuine');
    expect(existsSync(`${machine}-planted`)).toBe(false);
  }, 60_000);

  it('is made from the package index when the entry lacks a wheel', async () => {
    service.entries.set(key, Buffer.from('[]\n'));
    expect(await said()).toBe('genuine');
  }, 60_000);

  it.each([
    ['none', undefined, false],
    ['write-only', undefined, true],
    ['read', 'what is kept', false],
    ['write', 'what is kept', true],
    ['', 'what is kept', true],
  ])('uses the cache only as far as cache-mode «%s» allows', async (mode, restored, saves) => {
    process.env.ACTIONS_CACHE_MODE = mode;
    service.entries.set('kept', Buffer.from('what is kept'));
    const cache = openActionsCache()!;
    expect((await cache.restore('kept'))?.toString()).toBe(restored);
    await cache.save(`new with ${mode}`, Buffer.from('new')).catch(() => undefined);
    expect(service.entries.has(`new with ${mode}`)).toBe(saves);
  });

  it('runs no module that is in the folder of the run', async () => {
    const folder = mkdtempSync(join(scratch, 'checkout-'));
    for (const module of ['pip', 'venv', 'ensurepip', 'answer', 'ast'])
      writeFileSync(
        join(folder, `${module}.py`),
        `open(${JSON.stringify(join(folder, 'ran'))}, "w").write(__name__)\n`,
      );
    const here = process.cwd();
    process.chdir(folder);
    const environment = { name: 'test', lock: lockOf(genuine), probe: ['-c', 'import answer; answer.said'] };
    const made = await providePythonEnvironment(environment, undefined).finally(() => process.chdir(here));
    expect(existsSync(join(folder, 'ran'))).toBe(false);
    expect(made).toContain(machine);
  }, 60_000);

  it('is made without the cache on a runner that has none', () => {
    delete process.env.ACTIONS_RESULTS_URL;
    expect(openActionsCache()).toBeUndefined();
  });
});
