import { createHash } from 'node:crypto';
import { mkdir, rm, stat, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { warning } from '@actions/core';
import { childFailure } from '@sensor-warehouse/model/findings/child-failure';
import { causeChain, Failure } from '@sensor-warehouse/model/findings/failure';
import { printable } from '@sensor-warehouse/model/findings/finding';
import { ioFailure, isAbsence } from '@sensor-warehouse/model/findings/io-failure';
import { makeScratch, removeScratch } from '@sensor-warehouse/model/scratch-folder';
import { PROXIES } from '@sensor-warehouse/model/secrets/child-environment';
import type { ActionsCache } from './actions-cache';
import { say } from './log';
import { ProgramFailed, runProgram } from './run-program';
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
 * The Python of the environment: that of this machine, or of one that is made now. What is made holds only wheels whose
 * SHA-256 the lock names. The cache keeps wheels, never what was installed: nothing that comes from it runs unjudged, and
 * a miss, a refused save, a damaged or a forged entry costs time and nothing else.
 */
export async function providePythonEnvironment(
  environment: PythonEnvironment,
  cache: ActionsCache | undefined,
): Promise<string> {
  const { name } = environment;
  const digest = await digestOf(environment);
  const folder = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'sensor-warehouse', `${name}-${digest}`);
  if (await works(folder, environment)) return pythonOf(folder);
  const key = `sensor-warehouse-${name}-wheels-${process.platform}-${process.arch}-${digest}`;
  await makeEnvironment(
    folder,
    environment,
    cache === undefined ? install : (made) => installWithCache(made, cache, key),
  );
  if (!(await works(folder, environment))) throw unusable(name, 'the new environment does not work');
  return pythonOf(folder);
}

/** Runs a Python that imports nothing from the folder of the run, nor from the user's own packages. */
const runIsolated = (python: string, args: readonly string[], names?: readonly string[]) =>
  runProgram(python, ['-I', ...args], names);

export const pythonOf = (folder: string) => join(folder, 'bin', 'python');

/** An environment while it is made. */
interface Making {
  readonly folder: string;
  readonly environment: PythonEnvironment;
}

/**
 * Makes the environment in a folder, which is emptied first.
 * @throws Failure (config) without a Python, (remote-temporary) if the packages are not to be had
 */
export async function makeEnvironment(
  folder: string,
  environment: PythonEnvironment,
  fill: (making: Making) => Promise<void> = install,
): Promise<void> {
  await pythonVersion(environment.name);
  say(`${environment.name}: creating the environment`);
  try {
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true });
    await runIsolated('python3', ['-m', 'venv', folder]);
    await writeFile(join(folder, 'requirements.txt'), environment.lock);
    await fill({ folder, environment });
    await writeFile(join(folder, '.complete'), '');
  } catch (cause) {
    const { name } = environment;
    throw refusedEnvironment(name, folder, cause) ?? unusable(name, 'the environment cannot be created', cause);
  }
}

/** Installs what the lock names, from the package index or from a folder of wheels alone. */
async function install({ folder }: Making, wheels?: string): Promise<void> {
  await pip(folder, ['install', ...(wheels === undefined ? [] : ['--no-index', '--find-links', wheels])]);
}

async function installWithCache(making: Making, cache: ActionsCache, key: string): Promise<void> {
  const wheels = await makeScratch('wheels', process.env.RUNNER_TEMP || tmpdir());
  try {
    if (await installFromCache(making, cache, key, wheels)) return;
    await pip(making.folder, ['download', '--dest', wheels]);
    await install(making, wheels);
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

/** Whether the cache had all wheels. Each is judged twice: before it is written, and by pip before it is unpacked. */
async function installFromCache(making: Making, cache: ActionsCache, key: string, wheels: string): Promise<boolean> {
  const { name, lock } = making.environment;
  try {
    const packed = await cache.restore(key);
    if (packed === undefined) return false;
    await unpackWheels(packed, lock, wheels);
    await install(making, wheels);
    say(`${name}: installed from the cache; every wheel matches the lock`);
    return true;
  } catch (error) {
    const why = printable(causeChain(error));
    warning(`the cache entry ${key} is not used: ${why}; if this happens again, delete the entry`, { title: 'cache' });
    return false;
  }
}

/** Where packages come from, and where pip keeps them. */
const OF_PIP = [...PROXIES, 'PIP_*', 'XDG_CACHE_HOME'];

async function pip(folder: string, args: readonly string[]): Promise<void> {
  const quietly = ['--quiet', '--no-input', '--disable-pip-version-check'];
  const exactly = ['--require-hashes', '--only-binary', ':all:', '-r', join(folder, 'requirements.txt')];
  await runIsolated(pythonOf(folder), ['-m', 'pip', ...args, ...quietly, ...exactly], OF_PIP);
}

/** Names the lock and the Python that it is for: an environment of one cannot serve another. */
async function digestOf({ name, lock }: PythonEnvironment): Promise<string> {
  const version = await pythonVersion(name);
  return createHash('sha256').update(`${lock}\0python ${version}\0`).digest('hex').slice(0, 12);
}

async function pythonVersion(name: string): Promise<string> {
  const ask = ['-c', 'import sys; print("%d.%d" % sys.version_info[:2])'];
  const version = await runIsolated('python3', ask).catch((cause: unknown) => {
    throw noPython(name, cause);
  });
  return version.trim();
}

async function works(folder: string, { probe }: PythonEnvironment): Promise<boolean> {
  try {
    await stat(join(folder, '.complete'));
    await runIsolated(pythonOf(folder), probe);
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
