import { createHash } from 'node:crypto';
import { mkdir, rm, stat, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { childFailure } from '@sensor-warehouse/model/child-failure';
import { causeChain, Failure } from '@sensor-warehouse/model/failure';
import { printable } from '@sensor-warehouse/model/finding';
import { ioFailure, isAbsence } from '@sensor-warehouse/model/io-failure';
import type { EnvironmentCache } from './environment-cache';
import { say } from './log';
import { ProgramFailed, runProgram } from './run-program';

/** A virtual environment that holds exactly what a hash-locked file names. */
export interface PythonEnvironment {
  /** Begins the folder's name and the messages. */
  readonly name: string;
  /** Text of a requirements file with hashes. */
  readonly lock: string;
  /** Arguments with which the environment's Python proves that it works. */
  readonly probe: readonly string[];
}

/**
 * The Python of the environment. It is looked for on this machine, then in the cache, then made.
 * A miss, a refused save or a damaged entry costs time and nothing else.
 */
export async function providePythonEnvironment(
  environment: PythonEnvironment,
  cache: EnvironmentCache | undefined,
): Promise<string> {
  const { name } = environment;
  const digest = await digestOf(environment);
  const folder = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'sensor-warehouse', `${name}-${digest}`);
  if (await works(folder, environment)) return pythonOf(folder);
  const key = `sensor-warehouse-${name}-${process.platform}-${process.arch}-${digest}`;
  if ((await cache?.restore(folder, key)) && (await works(folder, environment))) {
    say(`${name}: restored from the cache`);
    return pythonOf(folder);
  }
  await make(folder, environment);
  if (!(await works(folder, environment))) throw unusable(name, 'the new environment does not work');
  await cache?.save(folder, key);
  return pythonOf(folder);
}

/** Names the lock and the Python that it is for: an environment of one cannot serve another. */
async function digestOf({ name, lock }: PythonEnvironment): Promise<string> {
  const version = await runProgram('python3', ['-c', 'import sys; print("%d.%d" % sys.version_info[:2])']).catch(
    (cause: unknown) => {
      throw noPython(name, cause);
    },
  );
  return createHash('sha256').update(`${lock}\0python ${version.trim()}\0`).digest('hex').slice(0, 12);
}

const pythonOf = (folder: string) => join(folder, 'bin', 'python');

async function works(folder: string, { probe }: PythonEnvironment): Promise<boolean> {
  try {
    await stat(join(folder, '.complete'));
    await runProgram(pythonOf(folder), probe);
    return true;
  } catch {
    return false;
  }
}

async function make(folder: string, { name, lock }: PythonEnvironment): Promise<void> {
  say(`${name}: making the environment`);
  const install = ['-m', 'pip', 'install', '--quiet', '--no-input', '--disable-pip-version-check'];
  const requirements = join(folder, 'requirements.txt');
  try {
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true });
    await runProgram('python3', ['-m', 'venv', folder]);
    await writeFile(requirements, lock);
    const exactly = ['--require-hashes', '--only-binary', ':all:', '-r', requirements];
    await runProgram(pythonOf(folder), [...install, ...exactly]);
    await writeFile(join(folder, '.complete'), '');
  } catch (cause) {
    throw refusedEnvironment(name, folder, cause) ?? unusable(name, 'the environment cannot be made', cause);
  }
}

/** Time does not install a Python: nothing to try again. */
function noPython(name: string, cause: unknown): Failure {
  return new Failure({
    stage: name,
    what: `python3 cannot be started: ${printable(causeChain(cause))}`,
    fix: 'install Python 3.10 or newer with venv, or use a runner that has it',
    class: 'config',
    code: 'python-missing',
    cause,
  });
}

/** No room for it, or no memory: told as that. */
function refusedEnvironment(name: string, folder: string, cause: unknown): Failure | undefined {
  const doing = { stage: name, where: folder, folder };
  if (!(cause instanceof ProgramFailed)) return isAbsence(cause) ? undefined : ioFailure(cause, doing);
  return childFailure('making the environment', cause.ended, doing);
}

function unusable(name: string, what: string, cause?: unknown): Failure {
  return new Failure({
    stage: name,
    what: cause === undefined ? what : `${what}: ${printable(causeChain(cause))}`,
    fix: 'run it again; check that Python is 3.10 or newer with venv and that packages can be installed',
    class: 'remote-temporary',
    code: 'environment',
    cause,
  });
}
