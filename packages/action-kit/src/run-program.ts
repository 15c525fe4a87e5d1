import { spawn } from 'node:child_process';
import type { ChildEnd } from '@sensor-warehouse/model/findings/child-failure';
import { childEnvironment } from '@sensor-warehouse/model/secrets/child-environment';

/** A program that ended otherwise than with 0. */
export class ProgramFailed extends Error {
  constructor(readonly ended: ChildEnd) {
    const lastWords = ended.said.trim().split('\n').at(-1) ?? '';
    super(`${ended.signal ?? `exit code ${ended.exit}`}: ${lastWords}`);
  }
}

/**
 * Runs a program without a shell and gives its standard output.
 * @param names of variables that it gets besides those that every program does
 * @throws ProgramFailed with its exit code and the last line of its standard error; what the system refused its start with
 */
export function runProgram(program: string, args: readonly string[], names: readonly string[] = []): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { env: childEnvironment({}, names), stdio: ['ignore', 'pipe', 'pipe'] });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    // One that the system has no room to start has no streams.
    child.stdout?.on('data', (chunk: Buffer) => out.push(chunk));
    child.stderr?.on('data', (chunk: Buffer) => err.push(chunk));
    child.on('error', reject);
    child.on('close', (code, signal) => {
      if (code === 0) return resolve(Buffer.concat(out).toString('utf8'));
      reject(new ProgramFailed({ exit: code, signal, said: Buffer.concat(err).toString('utf8') }));
    });
  });
}
