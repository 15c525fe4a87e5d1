// The parts of `npm test`: what `npm test -- --part NAME` checks, which tests it runs, and which tools it fetches for that.

import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './setup.mjs';

/**
 * Together the parts are the whole, in this order.
 * `checks`: names in CHECKS of checks.mjs.
 * `tests`: folders. A test file belongs to the first part that has a folder above it, so the last one has what is left.
 * `tools`: names in TOOLS of test-tools.mjs. A test that lacks its tool skips itself, which CI takes for a failure.
 * `builds`: whether the tests run the actions as build/fresh-dist has them.
 */
export const PARTS = [
  {
    name: 'lint',
    checks: ['format and lint', 'python lint', 'written pages'],
    tests: ['test/repository/'],
    tools: ['pip tools'],
  },
  { name: 'types', checks: ['types', 'types of the page'], tests: [], tools: [] },
  { name: 'unit', checks: [], tests: ['packages/', 'actions/'], tools: ['pip tools'] },
  {
    name: 'workflows',
    checks: ['actionlint', 'zizmor'],
    tests: ['test/workflows/'],
    tools: ['node 24', 'pip tools', 'actionlint', 'influxd'],
  },
  { name: 'dist', checks: ['dist is fresh'], tests: [], tools: [] },
  {
    name: 'end-to-end',
    checks: [],
    tests: ['test/'],
    tools: ['node 24', 'pip tools', 'pandas', 'duckdb with httpfs', 'influxd', 'chromium'],
    builds: true,
  },
];

/** The part that runs this test file, a path from the root with forward slashes. */
export const partOf = (file) => PARTS.find(({ tests }) => tests.some((folder) => file.startsWith(folder)));

/** Every test file of the repository, as paths from the root. */
export function testFiles() {
  const folders = ['packages', 'actions'].flatMap((kind) =>
    readdirSync(join(root, kind)).map((name) => `${kind}/${name}/test`),
  );
  return [...folders, 'test']
    .filter((folder) => existsSync(join(root, folder)))
    .flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true })
        .filter((file) => file.endsWith('.test.ts'))
        .map((file) => `${folder}/${file.replaceAll('\\', '/')}`),
    )
    .sort();
}
