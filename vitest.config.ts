import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { cache } from './scripts/setup.mjs';

const packages = fileURLToPath(new URL('./packages', import.meta.url));

export default defineConfig({
  // How long each file took, for the next clone too: the longest start first, so that none runs on alone at the end.
  cacheDir: join(cache, 'tests'),
  resolve: {
    // The packages' sources, also for test/, which no package's node_modules serves.
    alias: [{ find: /^@sensor-warehouse\/([^/]+)\/(.+)$/, replacement: `${packages}/$1/src/$2.ts` }],
  },
  test: {
    include: ['packages/*/test/**/*.test.ts', 'actions/*/test/**/*.test.ts', 'test/**/*.test.ts'],
    globalSetup: ['test/loaded-dbt/start.ts'],
    pool: 'forks',
    // Files share a process: what one loads is there for the next, and what a test sets it takes back.
    isolate: false,
    // One more than the cores of the smallest machine: many tests wait, for a server, a proxy's delay or rclone's pauses.
    maxWorkers: 3,
    testTimeout: 120_000,
    hookTimeout: 120_000,
    reporters: ['default', 'json'],
    outputFile: { json: 'build/vitest.json' },
  },
});
