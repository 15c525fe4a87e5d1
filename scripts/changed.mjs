// npm test -- --changed: the tests that a change can break.

import { execFileSync } from 'node:child_process';
import { testFiles } from './parts.mjs';
import { NotReady, root } from './setup.mjs';

/** What every test needs, or so many that looking for the others is not worth it. */
const EVERYTHING = [/^[^/]*\.(json|yaml|yml|ts)$/, /^scripts\//, /^tools\//, /^test\/(loaded-dbt|influxd|tools)\//];

/** What the command reads while it runs; no test imports it. */
const READ_BY_THE_COMMAND = [/^(seeds|models|macros)\//, /^(packages|actions)\/[^/]+\/.*\.(py|yml|json)$/];

/** The tests that start what is built of the sources, and import nothing of them. */
const START_WHAT_IS_BUILT = ['test/actions/', 'test/workflows/', 'test/readers/', 'test/bad-input/large-export'];

/** What a test imports that runs the whole command. */
const COMMAND = 'packages/cli/src/main.ts';

/** @returns paths from the root, of what differs from the commit, and of new files @throws NotReady if Git knows no such commit */
export function changedFiles(commit = 'HEAD') {
  const git = (...args) =>
    execFileSync('git', args, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  try {
    const changed = git('diff', '--name-only', '-z', '--end-of-options', commit, '--');
    const files = `${changed}${git('ls-files', '--others', '--exclude-standard', '-z')}`.split('\0');
    return [...new Set(files)].filter((file) => file !== '').sort();
  } catch {
    throw new NotReady(
      `Git knows no commit ${commit}: write npm test -- --changed, or a branch, tag or commit after it.`,
    );
  }
}

/**
 * The files that vitest looks from, for the tests that are one of them or import one, directly or not.
 * @returns undefined if every test is to run
 */
export function reach(files) {
  if (files.some((file) => EVERYTHING.some((pattern) => pattern.test(file)))) return undefined;
  const tests = testFiles();
  // They read files of every kind: pages, workflows, sources.
  const from = new Set(tests.filter((test) => test.startsWith('test/repository/')));
  const isRead = (file) => READ_BY_THE_COMMAND.some((pattern) => pattern.test(file));
  for (const file of files) {
    from.add(isRead(file) ? COMMAND : file);
    const isSource = /^(packages|actions)\/[^/]+\/src\//.test(file);
    if (isSource || isRead(file) || file.startsWith('.github/'))
      for (const test of tests) if (START_WHAT_IS_BUILT.some((folder) => test.startsWith(folder))) from.add(test);
    // What is no program is data: of the tests of its folder.
    const folder = /^(test\/[^/]+|(packages|actions)\/[^/]+\/test)\//.exec(file)?.[0];
    if (folder !== undefined && !file.endsWith('.ts'))
      for (const test of tests) if (test.startsWith(folder)) from.add(test);
  }
  return [...from].sort();
}
