import { copyFile, mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { SourcePlan } from '@sensor-warehouse/warehouse/onboarding/source-plan';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addUntried, settledByProposals } from '../support/add-untried';
import { type Building, newBuilding } from '../support/building';
import { root } from '../support/command-line';
import { projectWith } from '../support/project';
import { type PublishedRow, readDataset } from '../support/published';
import { ASKED, type Case, pathOf, READ } from './cases';

/** The hours that a case must have, as `hour location data_key n value`. */
async function hoursOf(one: Case): Promise<string[]> {
  const text = await readFile(pathOf(one).replace(/\.csv$/, '.hours.csv'), 'utf8');
  return text
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => line.replaceAll(',', ' '))
    .sort();
}

describe.skipIf(!process.env.DBT_PYTHON)('exports from practice', () => {
  let building: Building;
  let project: string;
  let dataset: PublishedRow[];
  let ended: string;
  const plans = new Map<Case, SourcePlan>();

  beforeAll(async () => {
    const scratch = await newBuilding();
    project = await projectWith(join(scratch.folder, 'project'), {
      // A short sample has more gaps than a night.
      quality_thresholds: (text) => text.replace(/^\*,null_share.*$/m, '*,null_share,,0.5'),
    });
    building = { ...(await newBuilding(project)), remove: scratch.remove };
    for (const [at, one] of READ.entries()) {
      const folder = `Cases/${at}`;
      plans.set(one, await addUntried(project, pathOf(one), { location: [`sm2drive:${folder}`], ...one.given }));
      await mkdir(join(building.drive, folder), { recursive: true });
      for (const file of [one.file, ...(one.beside ?? [])])
        await copyFile(pathOf({ ...one, file }), join(building.drive, folder, file));
    }
    const { code, stderr } = await building.run('run');
    ended = `${code} ${stderr}`;
    dataset = await readDataset(building.warehouse);
  }, 300_000);
  afterAll(async () => {
    await rm(building.folder, { recursive: true, force: true });
    await building.remove();
  });

  test.each(READ.map((one) => [one.sentence, one] as const))('%s', async (_, one) => {
    const { row, publicNames } = plans.get(one)!;
    const inside = new Map(publicNames.map(({ from, to }) => [to, from]));
    const published = dataset
      .filter(({ source }) => source === row.name)
      .map(({ time, location, data_key, n, data_value }) =>
        [`${time.slice(0, 16)}Z`, inside.get(location) ?? location, data_key, n, data_value.toFixed(6)].join(' '),
      );
    expect(published.sort()).toEqual(await hoursOf(one));
  });

  test('hold no source, all in one night', () => {
    expect(ended).toMatch(/^0 /);
  });

  test.each(ASKED.map((one) => [one.sentence, one] as const))('--yes does not answer: %s', async (_, one) => {
    const given = { location: ['sm2drive:Cases/asked'], ...one.given };
    await expect(settledByProposals(root, pathOf(one), given)).rejects.toThrow(one.says);
  });
});
