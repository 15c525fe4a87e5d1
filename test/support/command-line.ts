import { AsyncLocalStorage } from 'node:async_hooks';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { main } from '@sensor-warehouse/cli/main';

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
  /** The folder to be in; the project's root if none is given. */
  readonly cwd?: string;
  /** A process of its own, though nothing else here needs one. */
  readonly process?: true;
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

/**
 * Runs the command line `warehouse` as a process, as a person would: for tests of what only a process shows, such as what
 * `npm run setup` bundled, how it ends and what it leaves.
 */
export function warehouseProcess(args: readonly string[], around: Surroundings = {}): Promise<Ended> {
  return runNode(join(root, 'bin', 'warehouse'), args, around);
}

/**
 * What only a process has, and so what makes `warehouse` start one: surroundings that are read as node starts, a server of
 * its own, the thread that is beside the bundle.
 */
const NEEDS_PROCESS = {
  environment: ['NODE_EXTRA_CA_CERTS', 'NODE_OPTIONS', 'TZ', 'INFLUX_TOKEN'],
  words: ['--engine', 'compare', 'import-legacy'],
};

/** The output of the command that an asynchronous call belongs to. */
const outputs = new AsyncLocalStorage<{ readonly stdout: string[]; readonly stderr: string[] }>();
for (const name of ['stdout', 'stderr'] as const) {
  const write = process[name].write.bind(process[name]) as (...args: unknown[]) => boolean;
  process[name].write = (...args: unknown[]) => {
    const output = outputs.getStore();
    if (output === undefined) return write(...args);
    output[name].push(String(args[0]));
    return true;
  };
}

let running = 0;

/**
 * Runs the command line `warehouse`: its main function, in this process, which saves the start of node and the loading of the
 * program, most of what a command costs. A second command beside it, and one that needs a process, gets one.
 */
export async function warehouse(args: readonly string[], around: Surroundings = {}): Promise<Ended> {
  const { env = {}, cwd = root, ...others } = around;
  const needsProcess =
    running > 0 ||
    Object.keys(others).length > 0 ||
    NEEDS_PROCESS.environment.some((name) => name in env) ||
    args.some((arg) => NEEDS_PROCESS.words.includes(arg));
  if (needsProcess) return warehouseProcess(args, around);
  const before = { ...process.env };
  const folder = process.cwd();
  const output = { stdout: [] as string[], stderr: [] as string[] };
  running++;
  try {
    process.chdir(cwd);
    Object.assign(process.env, env);
    const code = await outputs.run(output, () => main(args));
    return { code, signal: null, stdout: output.stdout.join(''), stderr: output.stderr.join('') };
  } finally {
    running--;
    process.chdir(folder);
    // A command may take from the environment what nobody after it is to read.
    for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
    Object.assign(process.env, before);
  }
}
