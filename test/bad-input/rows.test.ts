import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ROWS } from './rows';

/** Fahrenheit below a Celsius label, and a value that stays or leaps: no single file shows these. */
const OF_THE_QUALITY_CHECKS = [49, 52];

test('the corpus has every row of its checklist, apart from those that the quality checks see', () => {
  const all = Array.from({ length: 78 }, (_, i) => i + 1);
  expect(Object.keys(ROWS).map(Number)).toEqual(all.filter((row) => !OF_THE_QUALITY_CHECKS.includes(row)));
});

test.each(Object.entries(ROWS))('row %s has its cases', async (_, [, ...cases]) => {
  for (const one of cases) {
    const [file, words] = [one.slice(0, one.indexOf(': ')), one.slice(one.indexOf(': ') + 2)];
    expect(await readFile(join(import.meta.dirname, file), 'utf8')).toContain(words);
  }
});
