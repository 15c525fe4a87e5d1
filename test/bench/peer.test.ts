import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compareWithPeer, type Difference, isEqual, runPeer } from '../../bench/peer';
import { datasetOf, runEverything, type WholeRun } from '../../bench/programs';
import { writeWorkload } from '../../bench/workload';

// The days around the change of clocks, so that both must resolve the doubled hour.
const WORKLOAD = {
  sensors: ['493D', 'CCEA'],
  from: Date.UTC(2024, 9, 25),
  days: 8,
  every: 1,
  seed: 1,
  gapSeed: 1,
  monthly: true,
};

describe.skipIf(!process.env.DBT_PYTHON)('the peer', () => {
  let folder: string;
  let whole: WholeRun;
  let difference: Difference;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'peer-'));
    const uploads = join(folder, 'uploads');
    writeWorkload(join(uploads, 'Indoor', 'Latest', 'Upload'), WORKLOAD);
    // Unit 1 has the outdoor column, unit 4 the error codes.
    for (const name of ['Graph_sm2_01.csv', 'Graph_sm2_04.csv']) {
      const path = join('Vzduchotechnika', 'Latest', 'Upload', name);
      cpSync(join('examples', 'sm2', path), join(uploads, path));
    }
    const drive = { folder: join(folder, 'drive'), now: '2024-11-29T12:00:00Z' };
    cpSync(uploads, drive.folder, { recursive: true });
    await runPeer(uploads, join(folder, 'peer.parquet'));
    whole = await runEverything(drive);
    difference = await compareWithPeer(datasetOf(drive), join(folder, 'peer.parquet'));
  }, 300_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('has the hours of the published dataset: same keys, same n, values within rounding', () => {
    expect(difference).toMatchObject({ onlyOurs: 0, onlyPeer: 0, otherN: 0 });
    expect(difference.hours).toBeGreaterThan(70_000);
    expect(difference.largestDifference).toBeLessThanOrEqual(1e-9);
    expect(isEqual(difference)).toBe(true);
  });

  it('can separate the time of the dbt process from the rest of transform', () => {
    const transform = whole.stages.find(({ stage }) => stage === 'transform')!;
    expect(transform.dbtSeconds).toBeGreaterThan(0.5);
    expect(transform.dbtSeconds).toBeLessThanOrEqual(transform.seconds);
  });
});

describe('two datasets are not equal', () => {
  const EQUAL: Difference = { hours: 10, onlyOurs: 0, onlyPeer: 0, otherN: 0, largestDifference: 1e-12 };

  it.each([
    ['if there are no hours', { hours: 0 }],
    ['if an hour is only in one', { onlyPeer: 1 }],
    ['if an hour counts other readings', { otherN: 1 }],
    ['if a value differs by more than rounding', { largestDifference: 1e-6 }],
  ])('%s', (_, change) => {
    expect(isEqual(EQUAL)).toBe(true);
    expect(isEqual({ ...EQUAL, ...change })).toBe(false);
  });
});
