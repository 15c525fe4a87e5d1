import type { Context } from '@sensor-warehouse/warehouse/run/context';
import type { Law } from '@sensor-warehouse/warehouse/run/law';
import { carryOut, type NoInput, type Stage } from '@sensor-warehouse/warehouse/run/run-stage';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { failureOf } from '../../packages/model/test/support/failure-of';
import { BROKEN } from '../support/broken-laws';
import { type Building, newBuilding } from '../support/building';

const stageWith = (law: Law): Stage<NoInput, NoInput> => ({
  name: 'ingest',
  reads: {},
  writes: {},
  run: async () => ({
    output: {},
    counts: { files: 0, in: 0, out: 0, quarantined: 0, repeated: 0 },
    laws: [law],
    findings: [],
  }),
});

let building: Building;
beforeEach(async () => {
  building = await newBuilding();
});
afterEach(() => building.remove());

test.each(Object.entries(BROKEN))('%s stops a run that loses or invents something', async (law, breakIt) => {
  let given: unknown;
  const error = await failureOf(async () => {
    given = await breakIt(building);
    await carryOut(stageWith(given as Law), {} as Context, {});
  });
  expect(error).toMatchObject({ details: { code: 'conservation-violated', class: 'bug' } });
  // The law of a stage is checked by what runs it.
  if (given !== undefined) return;
  const [module, holder] = law.split(' ');
  const [, thrower] = error.stack!.slice(error.stack!.indexOf('requireConservation')).split('\n');
  expect(thrower).toContain(`${holder} `);
  expect(thrower).toContain(`/${module}.ts:`);
});
