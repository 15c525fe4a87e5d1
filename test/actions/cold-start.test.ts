import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { annotations, distOf, NODE24, newJob, ROOT, runStep } from './runner';

const ACTIONS = readdirSync(join(ROOT, 'actions'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);
const MOST_MILLISECONDS = 300;
const EMPTY: Readonly<Record<string, Record<string, string>>> = { 'upstream-guard': { workflow: '' } };

describe.skipIf(!NODE24)('an action that stops at its inputs', () => {
  // Processor time, because what else the machine does must not decide; the best of three for the same reason.
  it.each(ACTIONS)(`costs at most ${MOST_MILLISECONDS} ms: %s`, async (action) => {
    const job = newJob();
    const hook = join(job.temp, 'tell-processor-time.cjs');
    writeFileSync(
      hook,
      "process.on('exit', () => { const { user, system } = process.cpuUsage(); console.error((user + system) / 1000); });",
    );
    const times: number[] = [];
    for (let start = 0; start < 3; start++) {
      const step = await runStep(action, job, {
        inputs: EMPTY[action] ?? { project: '' },
        env: { NODE_OPTIONS: `--require=${hook}` },
      });
      expect(annotations(step, 'error')[0]).toContain('code=input-error');
      times.push(Number(step.stderr));
    }
    expect(Math.min(...times)).toBeGreaterThan(0);
    expect(Math.min(...times)).toBeLessThanOrEqual(MOST_MILLISECONDS);
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
