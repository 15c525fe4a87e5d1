import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import type { Ended } from './command-line';

/** Runs lines of a page as a person does who copies them into a shell; stops at the first that fails. */
export async function inShell(lines: string, cwd: string, env: Readonly<Record<string, string>> = {}): Promise<Ended> {
  const child = spawn('bash', ['-euc', lines], {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise<Pick<Ended, 'code' | 'signal'>>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal }));
  });
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { ...(await ended), stdout, stderr };
}
