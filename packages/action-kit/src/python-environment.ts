import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, rm, stat, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { isFeatureAvailable, restoreCache, saveCache } from '@actions/cache';
import { info, warning } from '@actions/core';
import { causeChain, Failure } from '@sensor-warehouse/model/failure';
import { printable } from '@sensor-warehouse/model/finding';

/**
 * The Python of a virtual environment that holds exactly what a hash-locked file names. It is looked for on this
 * machine, then in the Actions cache, then made. A miss, a refused save or a damaged entry costs time and nothing else.
 *
 * @param name begins the folder's name
 * @param lock text of a requirements file with hashes
 * @param probe arguments with which the environment's Python proves that it works
 */
export async function providePythonEnvironment(
  name: string,
  lock: string,
  probe: readonly string[],
  useCache: boolean,
): Promise<string> {
  const version = (await run('python3', ['-c', 'import sys; print("%d.%d" % sys.version_info[:2])'])).trim();
  const digest = createHash('sha256')
    .update(lock)
    .update('\0')
    .update(`python ${version}`)
    .update('\0')
    .digest('hex')
    .slice(0, 12);
  const folder = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'sensor-warehouse', `${name}-${digest}`);
  const python = join(folder, 'bin', 'python');
  if (await works(folder, python, probe)) return python;
  const key = `sensor-warehouse-${name}-${process.platform}-${process.arch}-${digest}`;
  const cached = useCache && isFeatureAvailable();
  if (cached && (await restored(folder, key)) && (await works(folder, python, probe))) {
    info(`${name}: restored from the cache`);
    return python;
  }
  await make(folder, python, lock, name);
  if (!(await works(folder, python, probe))) throw unusable(name, 'the new environment does not work');
  if (cached) await save(folder, key);
  return python;
}

async function works(folder: string, python: string, probe: readonly string[]): Promise<boolean> {
  const complete = await stat(join(folder, '.complete')).then(
    () => true,
    () => false,
  );
  if (!complete) return false;
  return run(python, probe).then(
    () => true,
    () => false,
  );
}

async function make(folder: string, python: string, lock: string, name: string): Promise<void> {
  info(`${name}: making the environment`);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  try {
    await run('python3', ['-m', 'venv', folder]);
    const file = join(folder, 'requirements.txt');
    await writeFile(file, lock);
    await run(python, [
      '-m',
      'pip',
      'install',
      '--quiet',
      '--no-input',
      '--disable-pip-version-check',
      '--require-hashes',
      '--only-binary',
      ':all:',
      '-r',
      file,
    ]);
    await writeFile(join(folder, '.complete'), '');
  } catch (cause) {
    throw unusable(name, 'the environment cannot be made', cause);
  }
}

async function restored(folder: string, key: string): Promise<boolean> {
  try {
    return (await restoreCache([folder], key)) !== undefined;
  } catch (error) {
    warning(`the cache entry ${key} cannot be used: ${printable(causeChain(error))}`);
    return false;
  }
}

/** saveCache does not throw when the cache refuses: it returns -1. */
async function save(folder: string, key: string): Promise<void> {
  const saved = await saveCache([folder], key).catch((error: unknown) => {
    info(`the cache did not take ${key}: ${printable(causeChain(error))}`);
    return -1;
  });
  info(saved === -1 ? `the cache did not take ${key}; the next run makes the environment again` : `saved as ${key}`);
}

function unusable(name: string, what: string, cause?: unknown): Failure {
  return new Failure({
    stage: name,
    what: cause === undefined ? what : `${what}: ${printable(causeChain(cause))}`,
    fix: 'run it again; check that Python 3.10 or newer with venv is there and that packages can be installed',
    class: 'remote-temporary',
    code: 'environment',
    cause,
  });
}

function run(program: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve(Buffer.concat(out).toString('utf8'));
      else
        reject(new Error(`exit code ${code}: ${Buffer.concat(err).toString('utf8').trim().split('\n').at(-1) ?? ''}`));
    });
  });
}
