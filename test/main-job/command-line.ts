import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../../', import.meta.url)).replace(/\/$/, '');

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Surroundings {
  readonly env?: Readonly<Record<string, string>>;
  /** Options of node, before the program. */
  readonly node?: readonly string[];
  readonly uid?: number;
  /** The folder to stand in; the project's root if none is given. */
  readonly cwd?: string;
}

/** Runs a program of node in a folder, as a person would. */
export function runNode(program: string, args: readonly string[], around: Surroundings = {}): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [...(around.node ?? []), program, ...args], {
      cwd: around.cwd ?? root,
      env: { ...process.env, ...around.env },
      stdio: ['ignore', 'pipe', 'pipe'],
      ...(around.uid === undefined ? {} : { uid: around.uid, gid: around.uid }),
    });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
    child.on('error', reject);
    child.on('close', (code, signal) =>
      resolve({ code, signal, stdout: Buffer.concat(out).toString(), stderr: Buffer.concat(err).toString() }),
    );
  });
}

/** Runs the command line `warehouse`. */
export function warehouse(args: readonly string[], around: Surroundings = {}): Promise<Ended> {
  return runNode(join(root, 'bin', 'warehouse'), args, around);
}
