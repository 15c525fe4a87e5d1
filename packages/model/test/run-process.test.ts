import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runProcess } from '../src/processes/run-process';

const sh = (script: string) => ({ program: '/bin/sh', args: ['-c', script], deadline: 30_000 });

/** A process that has ended stays in the list until its parent, or who inherits it, asks for its end. */
function isAlive(pid: number): boolean {
  const { stdout } = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' });
  return stdout.trim() !== '' && !stdout.startsWith('Z');
}

async function untilGone(pid: number): Promise<boolean> {
  for (let tries = 0; tries < 50 && isAlive(pid); tries++) await setTimeout(20);
  return !isAlive(pid);
}

test('a program gets its input, and returns its exit code and its output', async () => {
  const done = await runProcess({ ...sh('cat; echo no >&2; exit 3'), input: 'yes' });
  expect(done).toEqual({ exit: 3, signal: null, stdout: Buffer.from('yes'), stderr: 'no\n' });
});

test('a program gets the variables that are named and given, and no other', async () => {
  process.env.OF_NOBODY = 'secret';
  const { stdout } = await runProcess({ ...sh('env'), given: { GIVEN: 'here' } });
  delete process.env.OF_NOBODY;
  expect(stdout.toString()).toContain('GIVEN=here');
  expect(stdout.toString()).not.toContain('OF_NOBODY');
});

test('a program that does not end is ended at its deadline, with the programs it started', async () => {
  const done = await runProcess({ ...sh('sleep 600 & echo $!; wait'), deadline: 200 });
  expect(done.cut).toEqual({ limit: 'deadline', most: '0.2 seconds', why: 'did not end within 0.2 seconds' });
  expect(await untilGone(Number(done.stdout))).toBe(true);
});

test('a program that prints nothing for too long is ended long before its deadline', async () => {
  const done = await runProcess({ ...sh('echo one; exec sleep 600'), silence: 200 });
  expect(done.cut?.why).toBe('printed nothing for 0.2 seconds');
  expect(done.stdout.toString()).toBe('one\n');
});

test('a program that always prints something is not ended for its silence', async () => {
  const done = await runProcess({ ...sh('for n in 1 2 3 4 5 6; do echo $n; sleep 0.2; done'), silence: 1000 });
  expect(done).toMatchObject({ exit: 0, stdout: Buffer.from('1\n2\n3\n4\n5\n6\n') });
  expect(done.cut).toBeUndefined();
});

test('a program that prints without an end is ended', async () => {
  const done = await runProcess({ ...sh('exec yes'), silence: 30_000 });
  expect(done.cut?.why).toBe('printed more than 256 MiB');
});

test('a program that cannot be started gives the system error', async () => {
  await expect(runProcess({ program: '/nowhere/dbt', args: [], deadline: 1000 })).rejects.toMatchObject({
    code: 'ENOENT',
  });
});

describe('a program that runs while we end', () => {
  const folder = mkdtempSync(join(tmpdir(), 'processes-'));
  const us = join(folder, 'us.mjs');
  beforeAll(async () => {
    const source = fileURLToPath(new URL('../src/processes/run-process.ts', import.meta.url));
    const script = `import { runProcess } from ${JSON.stringify(source)};
      const args = ['-c', 'echo $$ > pid.new; mv pid.new pid; exec sleep 600'];
      const folder = process.argv[2];
      runProcess({ program: '/bin/sh', args, folder, deadline: 600_000 });`;
    const stdin = { contents: script, resolveDir: folder };
    await build({ stdin, outfile: us, bundle: true, platform: 'node', format: 'esm', logLevel: 'error' });
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('is ended too when %s ends us', async (signal) => {
    const work = mkdtempSync(join(folder, 'one-'));
    const ours = spawn(process.execPath, [us, work], { stdio: 'inherit' });
    const ended = once(ours, 'close');
    for (let tries = 0; tries < 250 && !existsSync(join(work, 'pid')); tries++) await setTimeout(20);
    const pid = Number(readFileSync(join(work, 'pid'), 'utf8'));
    expect(isAlive(pid)).toBe(true);
    ours.kill(signal);
    expect((await ended)[1]).toBe(signal);
    expect(await untilGone(pid)).toBe(true);
  });
});
