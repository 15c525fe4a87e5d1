import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { distOf, NODE24, newJob, ROOT, runStep } from './runner';

const ACTIONS = readdirSync(join(ROOT, 'actions'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);
const MOST_MILLISECONDS = 300;
// A machine on which Node alone needs longer than this is busy with other work, and gets more time in proportion.
const USUAL_BARE_START = 45;

describe.skipIf(!NODE24)('the time from the start of an action to its first line', () => {
  it.each(ACTIONS)(`of %s is at most ${MOST_MILLISECONDS} ms`, async (action) => {
    const times: number[] = [];
    const bare: number[] = [];
    for (let round = 0; round < 5; round++) {
      const start = performance.now();
      execFileSync(NODE24!, ['-e', '0']);
      bare.push(performance.now() - start);
      times.push((await runStep(action, newJob())).milliseconds.firstLine);
    }
    const slowness = Math.max(1, Math.min(...bare) / USUAL_BARE_START);
    expect(Math.min(...times)).toBeGreaterThan(0);
    expect(Math.min(...times) / slowness).toBeLessThanOrEqual(MOST_MILLISECONDS);
  });
});

describe('a bundle', () => {
  const holds = (action: string, library: string) =>
    readFileSync(join(distOf(action), 'index.js'), 'utf8').includes(`/${library}/`);
  const without = (...users: readonly string[]) => ACTIONS.filter((action) => !users.includes(action));

  it.each(without('validate-schema', 'check-quality', 'influx-aggregate', 'publish-parquet'))(
    'of %s holds no library for Parquet, because it reads and writes none',
    (action) => {
      expect(holds(action, 'parquet-wasm') || holds(action, 'apache-arrow')).toBe(false);
      expect(readdirSync(distOf(action))).not.toContain('parquet_wasm_bg.wasm');
    },
  );

  it.each(without('transform'))('of %s holds no client of the Actions cache: only dbt is kept there', (action) => {
    expect(holds(action, 'storage-blob')).toBe(false);
  });
});
