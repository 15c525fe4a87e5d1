import { appendFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Kept, keptWarehouse } from '../support/kept';
import { fileTree } from '../support/published';

/** A project whose exclusions take a data_key out of a month, and whose releases may remove one row in a hundred. */
describe.skipIf(!process.env.DBT_PYTHON)('a release that removes more than its limit', () => {
  let kept: Kept;
  beforeAll(async () => {
    kept = await keptWarehouse('moved-in');
    await writeFile(join(kept.project, 'seeds', 'release_limits.csv'), 'limit,value\nrows_removed,0.01\n');
    const excluded = 'ventilation,sm2_01,temp_fresh,2024-09-01,2024-10-01,the unit was in the workshop\n';
    await appendFile(join(kept.project, 'seeds', 'exclusions.csv'), excluded);
  });
  afterAll(() => kept.remove());

  const backfill = (...options: readonly string[]) =>
    kept.run('backfill', ['--from', '2024-09', '--to', '2024-11', ...options]);
  const pointer = () => readFile(join(kept.warehouse, 'warehouse.json'), 'utf8');

  test('is stopped with the limit and what it would do, and readers keep what they have', async () => {
    const before = await pointer();
    const shown = await fileTree(join(kept.warehouse, 'public'));
    const { code, stderr } = await backfill();
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /release_limits\.csv; found \d+ hours would be removed \([\d.]+ %\), expected at most 1 %;.*code=release-churn/,
    );
    expect([await pointer(), await fileTree(join(kept.warehouse, 'public'))]).toEqual([before, shown]);
  });

  test('is published when a person accepts that, and then `diff` says what it removed', async () => {
    const { code, stderr } = await backfill('--accept-churn');
    expect(code, stderr).toBe(0);
    const { hours } = JSON.parse((await kept.run('diff', ['--json'])).stdout);
    expect(hours.removed).toBeGreaterThan(0.01 * hours.before);
    expect((await kept.run('verify', ['--every-byte'])).code).toBe(0);
  });
});
