import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { makeScratch, withScratch } from '../src/scratch-folder';

const DAY = 24 * 3600;

let parent: string;
beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'scratch-test-'));
});
afterEach(() => rm(parent, { recursive: true, force: true }));

/** A name like those of this process, in another folder: each folder is tidied once. */
async function nameOfOurs(): Promise<string[]> {
  const elsewhere = await mkdtemp(join(tmpdir(), 'scratch-test-'));
  const name = basename(await makeScratch('work', elsewhere));
  await rm(elsewhere, { recursive: true });
  return name.split('-');
}

/** Puts a folder there that a process of this number, begun then, would have made. */
async function put({ pid, start = '1' }: { readonly pid: number; readonly start?: string }): Promise<string> {
  const [program, use, processes, , , random] = await nameOfOurs();
  const name = [program, use, processes, pid, start, random].join('-');
  await mkdir(join(parent, name));
  await writeFile(join(parent, name, 'large'), 'x');
  return name;
}

async function deadPid(): Promise<number> {
  const child = spawn('true');
  await once(child, 'close');
  return child.pid!;
}

/** Gives a folder to another user, as root or by sudo where that asks for no password. Whether that was allowed. */
function giveTo(user: number, folder: string): boolean {
  const chown = ['chown', '-R', String(user), folder];
  const [program, ...rest] = process.getuid?.() === 0 ? chown : ['sudo', '-n', ...chown];
  return spawnSync(program!, rest, { stdio: 'ignore' }).status === 0;
}

/** What is left in the folder after somebody made a scratch folder there. */
async function leftBeside(): Promise<string[]> {
  const made = basename(await makeScratch('work', parent));
  return (await readdir(parent)).filter((name) => name !== made);
}

describe('of the folders of other processes', () => {
  let living: ChildProcess;
  beforeEach(() => {
    living = spawn('sleep', ['60']);
  });
  afterEach(() => {
    living.kill();
  });
  const startOf = async (pid: number) =>
    (await readFile(`/proc/${pid}/stat`, 'utf8')).replace(/^.*\) /s, '').split(' ')[19]!;

  test('those of dead ones are removed', async () => {
    await put({ pid: await deadPid() });
    expect(await leftBeside()).toEqual([]);
  });

  test('those of living ones stay', async () => {
    const name = await put({ pid: living.pid!, start: await startOf(living.pid!) });
    expect(await leftBeside()).toEqual([name]);
  });

  test('those of a dead one go although another process has its number by now', async () => {
    await put({ pid: living.pid! });
    expect(await leftBeside()).toEqual([]);
  });

  test('those of another container stay for a week, for its processes cannot be seen', async () => {
    const others = [2, 8].map((days) => ({ name: `warehouse-work-0123456${days}-7-7-abcdef`, days }));
    for (const { name, days } of others) {
      await mkdir(join(parent, name));
      const then = Date.now() / 1000 - days * DAY;
      await utimes(join(parent, name), then, then);
    }
    expect(await leftBeside()).toEqual([others[0]!.name]);
  });

  test('those that only look like one are not touched', async () => {
    const name = await put({ pid: await deadPid() });
    const target = join(parent, 'precious');
    await mkdir(target);
    await writeFile(join(target, 'kept'), '');
    await rm(join(parent, name), { recursive: true });
    await symlink(target, join(parent, name));
    for (const one of ['warehouse-backup', 'warehouse-abc123', `${name}.old`, `my-${name}`])
      await mkdir(join(parent, one));
    const before = (await readdir(parent)).sort();
    expect((await leftBeside()).sort()).toEqual(before);
    expect(await readdir(target)).toEqual(['kept']);
  });

  test('those of another user stay', async ({ skip }) => {
    const name = await put({ pid: await deadPid() });
    if (!giveTo(65_534, join(parent, name))) skip('this user may give no folder to another');
    expect(await leftBeside()).toEqual([name]);
    giveTo(process.getuid!(), join(parent, name));
  });
});

test('a scratch folder is gone after its use, also when that fails', async () => {
  let used = '';
  const failing = withScratch('gzip', async (folder) => {
    used = folder;
    await writeFile(join(folder, 'text'), 'x');
    throw new Error('of its use');
  });
  await expect(failing).rejects.toThrow('of its use');
  expect(basename(used)).toMatch(/^warehouse-gzip-/);
  expect(await readdir(tmpdir())).not.toContain(basename(used));
});
