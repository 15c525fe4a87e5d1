// npm run setup: everything the warehouse needs on this machine. What is there already is left alone,
// so a second run needs no network and takes a second.

import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import {
  askPython,
  digestOf,
  isComplete,
  makeEnvironment,
  pythonOf,
} from '../packages/action-kit/src/virtual-environment.mjs';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
export const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'sensor-warehouse');

const windows = process.platform === 'win32';
const inRoot = (...parts) => join(root, ...parts);
export const readJson = (path) => JSON.parse(readFileSync(path, 'utf8'));

/** Something the reader has to do before this can work: shown without a stack, exit code 3. */
export class NotReady extends Error {}

/** Runs a program without a shell. Resolves to its code and output; `show` lets the output through instead. */
export function run(program, args, { cwd = root, env = {}, show = false } = {}) {
  return new Promise((resolve) => {
    const stdio = ['ignore', show ? 'inherit' : 'pipe', show ? 'inherit' : 'pipe'];
    const child = spawn(program, args, { cwd, env: { ...process.env, ...env }, stdio });
    let output = '';
    child.stdout?.setEncoding('utf8').on('data', (text) => (output += text));
    child.stderr?.setEncoding('utf8').on('data', (text) => (output += text));
    child.on('error', (error) => resolve({ code: 127, output: `${output}${program}: ${error.message}\n` }));
    child.on('close', (code, signal) => resolve({ code: code ?? 1, output: signal ? `${output}${signal}\n` : output }));
  });
}

/** Runs a program that must succeed. */
export async function must(program, args, options) {
  const { code, output } = await run(program, args, options);
  if (code !== 0) throw new Error(`${basename(program)} ${args.join(' ')}: exit code ${code}\n${output.trimEnd()}`);
  return output;
}

/** Does one step and prints one line with its seconds. The step returns what it has to say. */
export async function step(name, work) {
  const start = performance.now();
  const said = await work();
  console.log(`${name.padEnd(12)} ${((performance.now() - start) / 1000).toFixed(1).padStart(5)} s  ${said}`);
}

function checkNode() {
  if (Number(process.versions.node.split('.')[0]) < 20) {
    throw new NotReady(`Node 20 or newer is needed, this is ${process.versions.node}.`);
  }
  return process.versions.node;
}

/** Runs what makes an environment. Of the variables that steer pip and uv it gets only those that it names. */
const runForEnvironment = (program, args, { names = [], given = {} } = {}) => {
  const isNamed = (name) => names.some((one) => (one.endsWith('*') ? name.startsWith(one.slice(0, -1)) : name === one));
  const others = Object.keys(process.env).filter((name) => /^(PIP|UV)_/.test(name) && !isNamed(name));
  return must(program, args, { env: { ...Object.fromEntries(others.map((name) => [name, undefined])), ...given } });
};

/** The first Python that is new enough: PYTHON if it is set, otherwise what PATH gives. */
export async function findPython() {
  const seen = [];
  for (const name of process.env.PYTHON ? [process.env.PYTHON] : ['python3', 'python']) {
    const python = await askPython(name, runForEnvironment).catch(() => undefined);
    if (python === undefined) continue;
    const [major, minor] = python.version.split('.').map(Number);
    if (major === 3 && minor >= 10) return python;
    seen.push(`${name} is ${python.version}`);
  }
  throw new NotReady(
    `Python 3.10 or newer is needed${seen.length ? ` (${seen.join(', ')})` : ', and none was found'}.`,
  );
}

/**
 * The folder of a virtual environment that holds exactly these requirements. Its name says what is inside, so it is made
 * once for each lock and Python.
 * @param lacksDependencies whether the lock leaves out what packages ask for, because what the tests use of them needs none
 */
export async function virtualEnvironment(folder, name, requirements, python, lacksDependencies = false) {
  const lock = readFileSync(requirements, 'utf8');
  const environment = join(folder, `${name}-${digestOf(lock, python.version)}`);
  if (isComplete(environment)) return environment;
  if ((await run(python.program, ['-I', '-c', 'import ensurepip, venv'])).code !== 0) {
    throw new NotReady(`Python ${python.version} cannot make virtual environments: install python3-venv.`);
  }
  const say = (line) => console.log(`${name}: ${line}`);
  await makeEnvironment({ folder: environment, lock, lacksDependencies, python, run: runForEnvironment, say });
  return environment;
}

export function sha256(...contents) {
  const hash = createHash('sha256');
  for (const content of contents) hash.update(content).update('\0');
  return hash.digest('hex');
}

/** Installs exactly what the lockfile in this folder names, without running any of it. */
export async function npmCi(folder) {
  const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund'];
  // Started by npm, its own path is known; this spares the search for npm.cmd on Windows.
  const npm = process.env.npm_execpath;
  if (npm?.endsWith('npm-cli.js')) await must(process.execPath, [npm, ...args], { cwd: folder });
  else await must('npm', args, { cwd: folder });
}

async function installPnpm() {
  const folder = inRoot('tools', 'pnpm');
  const wanted = readJson(join(folder, 'package.json')).dependencies.pnpm;
  const installed = join(folder, 'node_modules', 'pnpm', 'package.json');
  if (existsSync(installed) && readJson(installed).version === wanted) return `${wanted}, was there`;
  await npmCi(folder);
  return `${wanted}, installed`;
}

async function installPackages() {
  const stamp = inRoot('node_modules', '.setup-stamp');
  const manifests = ['packages', 'actions'].flatMap((folder) =>
    existsSync(inRoot(folder)) ? readdirSync(inRoot(folder)).map((name) => inRoot(folder, name, 'package.json')) : [],
  );
  const files = [inRoot('pnpm-lock.yaml'), inRoot('pnpm-workspace.yaml'), inRoot('package.json'), ...manifests.sort()];
  const state = sha256(...files.filter(existsSync).map((file) => readFileSync(file)));
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === state) return 'as the lockfile says, was there';
  const pnpm = inRoot('tools', 'pnpm', 'node_modules', 'pnpm', 'bin', 'pnpm.cjs');
  // CI=true: pnpm asks nothing, also when it has to remake node_modules.
  const env = { CI: 'true' };
  await must(process.execPath, [pnpm, 'install', '--frozen-lockfile', '--ignore-scripts'], { env });
  writeFileSync(stamp, state);
  return 'as the lockfile says, installed';
}

/** What a source names as a file that lies beside it: a program that it starts, or a part of the page. */
const PROGRAM = /new URL\('\.\/([\w-]+\.(?:py|mjs|js|css))', import\.meta\.url\)/g;

/** The programs that these sources start, which are files also where the sources are one bundle. */
function programsOf(sources) {
  const named = sources.flatMap((source) =>
    Array.from(readFileSync(source, 'utf8').matchAll(PROGRAM), ([, name]) => join(dirname(source), name)),
  );
  // One that is not there is bundled, as parquet-thread is.
  return named.filter(existsSync);
}

/**
 * Bundles the command into one file, and puts beside it the programs that it starts and the WebAssembly that parquet-wasm
 * reads at its start.
 */
export async function bundle(
  entry = inRoot('packages', 'cli', 'src', 'bin.ts'),
  out = inRoot('build', 'warehouse.mjs'),
) {
  const esbuild = await import('esbuild');
  const { metafile } = await esbuild.build({
    absWorkingDir: root,
    entryPoints: [entry],
    outfile: out,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    metafile: true,
    sourcemap: true, // for debuggers: breakpoints stand in the sources
    logLevel: 'error',
    // CommonJS dependencies expect these three; __dirname is also where parquet-wasm looks for its .wasm.
    banner: {
      js: [
        "import { createRequire as __createRequire } from 'node:module';",
        "import { dirname as __pathDirname } from 'node:path';",
        "import { fileURLToPath as __toPath } from 'node:url';",
        'const require = __createRequire(import.meta.url);',
        'const __filename = __toPath(import.meta.url);',
        'const __dirname = __pathDirname(__filename);',
      ].join('\n'),
    },
  });
  const parquet = Object.keys(metafile.inputs).find((path) => path.endsWith('parquet-wasm/node/parquet_wasm.js'));
  if (parquet) {
    const wasm = 'parquet_wasm_bg.wasm';
    copyFileSync(join(root, dirname(parquet), wasm), join(dirname(out), wasm));
  }
  const sources = Object.keys(metafile.inputs).filter((path) => path.endsWith('.ts'));
  for (const program of programsOf(sources.map((path) => join(root, path))))
    copyFileSync(program, join(dirname(out), basename(program)));
  return out;
}

/**
 * Where `npm test` puts the InfluxDB server that it builds (see influxd.mjs). The folder's name says from what.
 */
export function influxdProgram() {
  const sources = ['go.mod', 'go.sum', 'main.go'].map((name) => readFileSync(inRoot('test', 'influxd', name)));
  return join(cache, 'tools', `influxd-${sha256(...sources).slice(0, 12)}`, windows ? 'influxd.exe' : 'influxd');
}

/** Tells bin/warehouse what it needs and cannot find by itself. */
export function writeEnvironment(dbtPython) {
  const influxd = influxdProgram();
  const environment = { DBT_PYTHON: dbtPython, ...(existsSync(influxd) ? { INFLUXD: influxd } : {}) };
  writeFileSync(inRoot('build', 'environment.json'), `${JSON.stringify(environment, null, 2)}\n`);
}

/** Makes the machine ready. Returns what other scripts need to know. */
export async function setup() {
  let python;
  let dbt;
  await step('node', checkNode);
  await step('python', async () => {
    python = await findPython();
    return python.version;
  });
  await step('pnpm', installPnpm);
  await step('packages', installPackages);
  await step('dbt', async () => {
    const requirements = inRoot('actions', 'transform', 'requirements.txt');
    dbt = await virtualEnvironment(cache, 'dbt', requirements, python);
    return dbt;
  });
  await step('command', async () => {
    const { buildExplorer } = await import('./build-explorer.mjs');
    await buildExplorer();
    await bundle();
    await bundle(
      inRoot('packages', 'warehouse', 'src', 'moving-in', 'parquet-thread.ts'),
      inRoot('build', 'parquet-thread.mjs'),
    );
    writeEnvironment(pythonOf(dbt));
    return 'bin/warehouse';
  });
  return { python, dbtPython: pythonOf(dbt) };
}

/** Runs a script's main function: a NotReady is printed in one line, with exit code 3. */
export async function main(work) {
  try {
    process.exitCode = (await work()) ?? 0;
  } catch (error) {
    console.error(error instanceof NotReady ? error.message : error);
    process.exitCode = error instanceof NotReady ? 3 : 1;
  }
}

export const calledDirectly = (url) => process.argv[1] !== undefined && pathToFileURL(process.argv[1]).href === url;

if (calledDirectly(import.meta.url)) {
  await main(async () => {
    await setup();
  });
}
