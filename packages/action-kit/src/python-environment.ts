import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { warning } from '@actions/core';
import { childFailure } from '@sensor-warehouse/model/findings/child-failure';
import { causeChain, Failure } from '@sensor-warehouse/model/findings/failure';
import { printable } from '@sensor-warehouse/model/findings/finding';
import { ioFailure, isAbsence } from '@sensor-warehouse/model/findings/io-failure';
import { makeScratch, removeScratch } from '@sensor-warehouse/model/scratch-folder';
import type { ActionsCache } from './actions-cache';
import { say } from './log';
import { ProgramFailed, runProgram } from './run-program';
import {
  askPython,
  digestOf,
  isComplete,
  makeEnvironment,
  type Python,
  pythonOf,
  type Run,
  type Wheels,
} from './virtual-environment.mjs';
import { packWheels, unpackWheels } from './wheels';

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
 * Provides the Python of an environment with dbt: an existing one, or one created now. A new environment contains only
 * wheels whose SHA-256 the lock names. The cache keeps wheels, never installed packages: nothing from it runs
 * unchecked, and a miss, a refused save, a damaged or a forged entry costs only time.
 */
export async function providePythonEnvironment(
  environment: PythonEnvironment,
  cache: ActionsCache | undefined,
): Promise<string> {
  const { name, lock } = environment;
  const python = await findPython(name);
  const digest = digestOf(lock, python.version);
  const folder = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'sensor-warehouse', `${name}-${digest}`);
  if (await works(folder, environment)) return pythonOf(folder);
  const key = `sensor-warehouse-${name}-wheels-${process.platform}-${process.arch}-${digest}`;
  const making = { folder, environment, python };
  await (cache === undefined ? make(making) : makeWithCache(making, cache, key));
  if (!(await works(folder, environment))) throw unusable(name, 'the new environment does not work');
  return pythonOf(folder);
}

/**
 * Makes the environment in a folder, which is emptied first, from the package index.
 * @throws Failure (config) without a Python, (remote-temporary) if the packages are not to be had
 */
export async function makePythonEnvironment(folder: string, environment: PythonEnvironment): Promise<void> {
  await make({ folder, environment, python: await findPython(environment.name) });
}

/** An environment while it is made. */
interface Making {
  readonly folder: string;
  readonly environment: PythonEnvironment;
  readonly python: Python;
}

const run: Run = (program, args, { names, given } = { names: [], given: {} }) =>
  runProgram(program, args, names, given);

async function make({ folder, environment, python }: Making, wheels?: Wheels): Promise<void> {
  const { name, lock } = environment;
  say(`${name}: creating the environment`);
  try {
    await makeEnvironment({ folder, lock, python, run, say: (line) => say(`${name}: ${printable(line)}`) }, wheels);
  } catch (cause) {
    throw refusedEnvironment(name, folder, cause) ?? unusable(name, 'the environment cannot be created', cause);
  }
}

async function makeWithCache(making: Making, cache: ActionsCache, key: string): Promise<void> {
  const wheels = await makeScratch('wheels', process.env.RUNNER_TEMP || tmpdir());
  try {
    if (await madeFromCache(making, cache, key, wheels)) return;
    await make(making, { folder: wheels, there: false });
    await cache
      .save(key, await packWheels(wheels))
      .then(() => say(`saved as ${key}`))
      .catch((error: unknown) => {
        say(`the cache did not accept ${key}; the next run downloads again: ${printable(causeChain(error))}`);
      });
  } finally {
    await removeScratch(wheels);
  }
}

/** Whether the cache had all wheels. Each is judged twice: before it is written, and again before it is unpacked. */
async function madeFromCache(making: Making, cache: ActionsCache, key: string, wheels: string): Promise<boolean> {
  const { name, lock } = making.environment;
  try {
    const packed = await cache.restore(key);
    if (packed === undefined) return false;
    await unpackWheels(packed, lock, wheels);
    await make(making, { folder: wheels, there: true });
    say(`${name}: installed from the cache; every wheel matches the lock`);
    return true;
  } catch (error) {
    const why = printable(causeChain(error));
    warning(`the cache entry ${key} is not used: ${why}; if this happens again, delete the entry`, { title: 'cache' });
    return false;
  }
}

async function findPython(name: string): Promise<Python> {
  return askPython('python3', run).catch((cause: unknown) => {
    throw noPython(name, cause);
  });
}

async function works(folder: string, { probe }: PythonEnvironment): Promise<boolean> {
  try {
    if (!isComplete(folder)) return false;
    await run(pythonOf(folder), ['-I', ...probe]);
    return true;
  } catch {
    return false;
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

/** No room for it, or no memory: reported as that. */
function refusedEnvironment(name: string, folder: string, cause: unknown): Failure | undefined {
  const doing = { stage: name, where: folder, folder };
  if (!(cause instanceof ProgramFailed)) return isAbsence(cause) ? undefined : ioFailure(cause, doing);
  return childFailure('creating the environment', cause.ended, doing);
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
