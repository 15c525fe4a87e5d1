// npm test: setup, the tools that the tests use, and every check of this repository, or the parts of it that are named.

import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { buildFresh } from './build-actions.mjs';
import { changedFiles, reach } from './changed.mjs';
import { CHECKS } from './checks.mjs';
import { memoryFolder } from './memory-folder.mjs';
import { PARTS, partOf, testFiles } from './parts.mjs';
import { calledDirectly, main, NotReady, readJson, root, run, setup, writeEnvironment } from './setup.mjs';
import { provision } from './test-tools.mjs';

const help = `npm test [-- <arguments for vitest>]
npm test -- --part NAME [--part NAME …]
npm test -- --changed [COMMIT]

Sets the machine up, then checks format, lint and types, runs the tests, and audits the workflows.
Exit code 0 if nothing failed, 1 if something did, 3 if the machine lacks Node or Python, or there is no such part or commit.

  npm test -- packages/model           only the tests of these files
  npm test -- -t 'doubled hour'        only the tests with this name
  npm test -- --part lint              only this part: ${PARTS.map(({ name }) => name).join(', ')}
  npm test -- --changed                every check, and the tests that what is not committed can break
  npm test -- --changed main           the same of all that differs from main
  REQUIRE_ALL=1 npm test               whatever is left out for lack of a tool is a failure

InfluxDB is built for the tests, once (six minutes with Go and Rust). INFLUXD names another program; INFLUX_URL, INFLUX_ORG and
INFLUX_TOKEN name a server that runs already: then the tests that stop and kill one are left out.

The tests write in memory where /dev/shm has six gigabytes; TMPDIR names another place.
`;

/** Runs the tests, and counts them from vitest's own report. Without one, the run itself is what failed. */
async function runTests(args, env, related) {
  const report = join(root, 'build', 'vitest.json');
  rmSync(report, { force: true });
  mkdirSync(join(root, 'build'), { recursive: true });
  const command = related ? ['related', '--run'] : ['run'];
  const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
  const { code } = await run(process.execPath, [vitest, ...command, ...args], { env, show: true });
  if (!existsSync(report)) {
    console.log('\nthe tests left no report: they did not run, or other reporters were asked for');
    return { passed: 0, failed: 1, skipped: 0 };
  }
  const { numPassedTests: passed, numFailedTests, numPendingTests, numTodoTests } = readJson(report);
  // A file that does not load, or an error outside any test, fails the run without a failed test.
  const failed = code !== 0 && numFailedTests === 0 ? 1 : numFailedTests;
  return { passed, failed, skipped: numPendingTests + numTodoTests };
}

/** What to do: the parts, the arguments for vitest, whether those leave tests out on purpose, and whether they are sources. */
export function order(args) {
  const given = args[0] === '--' ? args.slice(1) : args;
  if (given[0] === '--changed' && given.length <= 2) {
    const from = reach(changedFiles(given[1]));
    return from === undefined
      ? { parts: PARTS, vitest: [], selects: false }
      : { parts: PARTS, vitest: from.map((file) => join(root, file)), selects: true, related: true };
  }
  if (!given.includes('--part')) return { parts: PARTS, vitest: given, selects: given.length > 0 };
  const names = given.filter((_, index) => index % 2 === 1);
  const known = PARTS.map(({ name }) => name);
  const pairs = given.every((one, index) => (index % 2 === 0 ? one === '--part' : known.includes(one)));
  if (!pairs || given.length % 2 === 1) {
    throw new NotReady(`Write only --part NAME, as often as you like; NAME is one of: ${known.join(', ')}.`);
  }
  const parts = PARTS.filter(({ name }) => names.includes(name));
  const files = testFiles().filter((file) => parts.includes(partOf(file)));
  // Whole paths: vitest takes a filter for a piece of a path.
  return { parts, vitest: files.map((file) => join(root, file)), selects: false };
}

/** Runs these checks beside each other, those that are `alone` after the others. Resolves to a row for each. */
async function runChecks(names, found) {
  const rows = [];
  const start = async (name) => {
    const from = performance.now();
    const row = { name, passed: 0, failed: 0 };
    rows.push(row);
    const { code, output } = await CHECKS[name].work(found).catch((error) => ({ code: 1, output: error.message }));
    if (code !== 0) console.log(`\n--- ${name} failed\n${output.trimEnd()}\n`);
    row[code === 0 ? 'passed' : 'failed'] = 1;
    row.seconds = (performance.now() - from) / 1000;
  };
  const possible = names.filter((name) => CHECKS[name].tool === undefined || found[CHECKS[name].tool]);
  await Promise.all(possible.filter((name) => !CHECKS[name].alone).map(start));
  for (const name of possible.filter((one) => CHECKS[one].alone)) await start(name);
  return rows;
}

export async function test(args) {
  if (args.includes('--help') || args.includes('-h')) {
    console.log(help);
    return 0;
  }
  const { parts, vitest, selects, related } = order(args);
  const leftOut = [];
  const { python, dbtPython } = await setup();
  const found = await provision([...new Set(parts.flatMap(({ tools }) => tools))], python, leftOut);
  writeEnvironment(dbtPython); // influxd may be new
  const checks = parts.flatMap((part) => part.checks);
  const rows = await runChecks(checks, found);

  if (parts.some(({ tests }) => tests.length > 0)) {
    if (parts.some(({ builds }) => builds)) await buildFresh();
    // A zone west of Greenwich, where nobody who wrote this lives: a local time that slips in shows itself.
    const memory = process.env.TMPDIR ? undefined : memoryFolder();
    const place = memory === undefined ? {} : { TMPDIR: memory };
    const env = { ...found, ...place, DBT_PYTHON: dbtPython, TZ: 'America/Los_Angeles', NO_COLOR: '1' };
    const start = performance.now();
    const { passed, failed, skipped } = await runTests(vitest, env, related).finally(() => {
      if (memory !== undefined) rmSync(memory, { recursive: true, force: true });
    });
    rows.push({ name: 'tests', passed, failed, seconds: (performance.now() - start) / 1000 });
    if (skipped > 0 && !selects) leftOut.push({ name: 'tests', reason: `${skipped} skipped` });
  }
  // What was not found is no failure by itself, only where everything is required.
  if (process.env.REQUIRE_ALL === '1' && leftOut.length > 0) {
    rows.push({ name: 'nothing left out', passed: 0, failed: leftOut.length, seconds: 0 });
  }
  return tell(rows, leftOut);
}

/** Prints the table and the sums; returns the exit code. */
function tell(rows, leftOut) {
  console.log('\ncheck              seconds  passed  failed');
  for (const { name, seconds, passed, failed } of rows) {
    const numbers = [seconds.toFixed(1), passed, failed].map((number) => String(number).padStart(8));
    console.log(name.padEnd(18) + numbers.join(''));
  }
  console.log();
  for (const { name, reason } of leftOut) console.log(`left out: ${name}: ${reason}`);
  const sum = (key) => rows.reduce((total, row) => total + row[key], 0);
  console.log(`${sum('passed')} passed, ${sum('failed')} failed`);
  return sum('failed') > 0 ? 1 : 0;
}

if (calledDirectly(import.meta.url)) await main(() => test(process.argv.slice(2)));
