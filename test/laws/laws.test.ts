import { afterEach, beforeEach, expect, test } from 'vitest';
import { BROKEN } from '../support/broken-laws';
import { type Building, newBuilding } from '../support/building';

let building: Building;
beforeEach(async () => {
  building = await newBuilding();
});
afterEach(() => building.remove());

test.each(Object.entries(BROKEN))('%s stops a run that loses or invents something', async (law, breakIt) => {
  const error = await Promise.resolve(building)
    .then(breakIt)
    .then(
      () => new Error('nothing was noticed'),
      (thrown: Error) => thrown,
    );
  expect(error).toMatchObject({ details: { code: 'conservation-violated', class: 'bug' } });
  const [module, holder] = law.split(' ');
  const [, thrower] = error.stack!.slice(error.stack!.indexOf('requireConservation')).split('\n');
  expect(thrower).toContain(`${holder} `);
  expect(thrower).toContain(`/${module}.ts:`);
});
