import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { notedOfPictures, PICTURES, stateOfPictures } from '../../scripts/pictures.mjs';
import { read } from '../support/repository-files';

const { pictures } = stateOfPictures();
const NAMES = Object.keys(pictures);

it('are those of the page and the uploads of today; if not, `npm run pictures` takes them', () => {
  expect(stateOfPictures()).toEqual(notedOfPictures());
});

it.each(NAMES)('%s is shown in the README, small enough to load at once', (name) => {
  expect(read('README.md')).toContain(`${PICTURES}/${name}`);
  expect(statSync(join(PICTURES, name)).size).toBeLessThan(250_000);
  expect(readFileSync(join(PICTURES, name)).subarray(1, 4).toString()).toBe('PNG');
});
