import { spawn } from 'node:child_process';

/**
 * Runs a program without a shell and gives its standard output.
 * @throws Error with its exit code and the last line of its standard error
 */
export function runProgram(program: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    // One that the system has no room to start has no streams.
    child.stdout?.on('data', (chunk: Buffer) => out.push(chunk));
    child.stderr?.on('data', (chunk: Buffer) => err.push(chunk));
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) return resolve(Buffer.concat(out).toString('utf8'));
      const lastWords = Buffer.concat(err).toString('utf8').trim().split('\n').at(-1) ?? '';
      reject(new Error(`exit code ${code}: ${lastWords}`));
    });
  });
}
