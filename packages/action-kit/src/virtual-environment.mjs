// @ts-check
// Virtual environments, for the actions and for `npm run setup`, which runs before anything is installed: hence plain
// JavaScript that imports only Node.

import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { devNull } from 'node:os';
import { join } from 'node:path';

/**
 * Runs a program to its end and resolves to its standard output; rejects if it fails.
 * @typedef {(program: string, args: readonly string[], variables?: Variables) => Promise<string>} Run
 */

/**
 * What a program gets besides what every program does.
 * @typedef {object} Variables
 * @property {readonly string[]} names of variables of ours, each whole or a beginning such as `PIP_*`
 * @property {Readonly<Record<string, string>>} given
 */

/**
 * An environment to make: exactly what the lock names, from wheels whose SHA-256 it names.
 * @typedef {object} Making
 * @property {string} folder emptied first; made in place, because scripts inside hold its path
 * @property {string} lock text of a requirements file with hashes
 * @property {boolean} [lacksDependencies] whether the lock leaves out what its packages ask for
 * @property {Python} python
 * @property {Run} run
 * @property {(line: string) => void} say
 */

/**
 * A folder of wheels: they are there, and nothing else is installed, or they are to be downloaded into it first.
 * @typedef {{ readonly folder: string, readonly there: boolean }} Wheels
 */

/** @typedef {{ readonly program: string, readonly version: string }} Python */

const windows = process.platform === 'win32';

/** @type {(environment: string, name: string) => string} */
export const programOf = (environment, name) =>
  windows ? join(environment, 'Scripts', `${name}.exe`) : join(environment, 'bin', name);

/** @type {(environment: string) => string} */
export const pythonOf = (environment) => programOf(environment, 'python');

/**
 * Whether it was made to its end. existsSync follows links: one whose Python was removed is not.
 * @param {string} environment
 */
export const isComplete = (environment) =>
  existsSync(join(environment, '.complete')) && existsSync(pythonOf(environment));

/**
 * The Python that this command starts, with its version as `3.11`.
 * @param {string} command
 * @param {Run} run
 * @returns {Promise<Python>}
 */
export async function askPython(command, run) {
  const ask = 'import sys; print(sys.executable); print("%d.%d" % sys.version_info[:2])';
  const [program, version] = (await run(command, ['-I', '-c', ask])).trim().split(/\r?\n/);
  return { program: program ?? command, version: version ?? '' };
}

/**
 * Names the lock and the Python that it is for: an environment of one cannot serve another.
 * @param {string} lock
 * @param {string} version of Python
 */
export const digestOf = (lock, version) =>
  createHash('sha256').update(`${lock}\0python ${version}\0`).digest('hex').slice(0, 12);

/**
 * Makes an environment: with uv where it is on PATH, which takes seconds, else with venv and pip, which take half a minute.
 * Either compares every wheel with the lock, builds nothing, reads no file of settings and leaves the same packages. uv
 * cannot download wheels without installing them, so pip does that.
 * @param {Making} making
 * @param {Wheels} [wheels] from the package index by default
 */
export async function makeEnvironment(making, wheels) {
  if ((wheels === undefined || wheels.there) && (await canUseUv(making.run))) {
    try {
      return await complete(making, () => fillWithUv(making, wheels?.folder));
    } catch (error) {
      making.say(`uv failed, so pip is used: ${error instanceof Error ? error.message.split('\n', 1)[0] : error}`);
    }
  }
  await complete(making, () => fillWithPip(making, wheels));
}

/**
 * @param {Making} making
 * @param {() => Promise<void>} fill
 */
async function complete({ folder }, fill) {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await fill();
  // Last, so that what was cut short is begun again.
  await writeFile(join(folder, '.complete'), '');
}

/** @param {Making} making */
async function writeLock({ folder, lock, lacksDependencies = false }) {
  const file = join(folder, 'requirements.txt');
  await writeFile(file, lock);
  const alone = lacksDependencies ? ['--no-deps'] : [];
  return ['--require-hashes', '--only-binary', ':all:', ...alone, '-r', file];
}

const PROXIES = ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY', 'NO_PROXY'].flatMap((name) => [name, name.toLowerCase()]);

/** The oldest uv with all the options used here. */
const UV = [0, 6];

/** What says where packages come from in a way that only pip understands. */
const ONLY_PIP = ['CONFIG_FILE', 'NO_INDEX', 'PROXY', 'CLIENT_CERT', 'TRUSTED_HOST'].map((name) => `PIP_${name}`);

/** @param {Run} run */
async function canUseUv(run) {
  if (ONLY_PIP.some((name) => process.env[name])) return false;
  const answer = await run('uv', ['--version']).catch(() => '');
  const [, major, minor] = /^uv (\d+)\.(\d+)\./.exec(answer)?.map(Number) ?? [];
  if (major === undefined || minor === undefined) return false;
  return major > UV[0] || (major === UV[0] && minor >= UV[1]);
}

/**
 * uv's cache keeps wheels unpacked, and trusts what it finds there, so it is not used. uv neither chooses nor downloads a Python.
 * @param {Making} making
 * @param {string} [wheels] a folder, the only source then
 */
async function fillWithUv(making, wheels) {
  const { folder, python, run } = making;
  const common = ['--quiet', '--no-cache', '--no-config', '--no-python-downloads'];
  await run('uv', ['venv', ...common, '--no-project', '--python', python.program, folder], uvVariables());
  const from = wheels === undefined ? [] : ['--no-index', '--find-links', wheels];
  const into = ['--python', pythonOf(folder), '--link-mode', 'copy'];
  const exactly = await writeLock(making);
  await run('uv', ['pip', 'install', ...common, ...into, ...from, ...exactly], uvVariables());
}

/**
 * Where uv finds packages: where pip's variables say, unless uv's own do. The lock settles version and hash of each, so it
 * does not matter which index has it.
 * @returns {Variables}
 */
function uvVariables() {
  const { PIP_INDEX_URL, PIP_EXTRA_INDEX_URL, PIP_FIND_LINKS, PIP_CERT, PIP_DEFAULT_TIMEOUT } = process.env;
  const asPip = {
    UV_DEFAULT_INDEX: PIP_INDEX_URL,
    UV_INDEX: PIP_EXTRA_INDEX_URL,
    UV_FIND_LINKS: PIP_FIND_LINKS?.trim().split(/\s+/).join(),
    UV_HTTP_TIMEOUT: PIP_DEFAULT_TIMEOUT,
    SSL_CERT_FILE: PIP_CERT,
  };
  const given = Object.entries(asPip).flatMap(([name, value]) => (value && !process.env[name] ? [[name, value]] : []));
  return {
    names: [...PROXIES, 'UV_DEFAULT_INDEX', 'UV_INDEX', 'UV_INDEX_*', 'UV_FIND_LINKS', 'UV_HTTP_TIMEOUT'],
    given: { ...Object.fromEntries(given), UV_INDEX_STRATEGY: 'unsafe-best-match' },
  };
}

/**
 * @param {Making} making
 * @param {Wheels} [wheels]
 */
async function fillWithPip(making, wheels) {
  const { folder, python, run } = making;
  await run(python.program, ['-I', '-m', 'venv', folder]);
  const exactly = await writeLock(making);
  /** @param {readonly string[]} args */
  const pip = (...args) =>
    run(
      pythonOf(folder),
      ['-I', '-m', 'pip', ...args, '--quiet', '--no-input', '--disable-pip-version-check'],
      // A file of settings is read only if it is named.
      {
        names: [...PROXIES, 'PIP_*', 'XDG_CACHE_HOME'],
        given: process.env.PIP_CONFIG_FILE ? {} : { PIP_CONFIG_FILE: devNull },
      },
    );
  if (wheels !== undefined && !wheels.there) await pip('download', '--dest', wheels.folder, ...exactly);
  const from = wheels === undefined ? [] : ['--no-index', '--find-links', wheels.folder];
  await pip('install', ...from, ...exactly);
  await pip('uninstall', '--yes', ...toolsOfVenv(making.lock));
}

/**
 * What venv installs and the lock does not: an environment of uv's has neither.
 * @param {string} lock
 */
const toolsOfVenv = (lock) => ['setuptools', 'pip'].filter((name) => !new RegExp(`^${name}\\b *==`, 'mi').test(lock));
