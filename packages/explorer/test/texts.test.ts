import { expect, test } from 'vitest';
import { parseFilesList } from '../src/dataset/files-list';
import { decimalsOf } from '../src/page/texts';

test.each([
  [5, 0],
  [2.5, 1],
  [0.5, 1],
  [0.25, 2],
  [0.1, 1],
  [0.001, 3],
])('ticks that are %d apart are written with %d decimals', (distance, decimals) => {
  expect(decimalsOf(distance)).toBe(decimals);
});

test('a list of files also names texts, which belong to no table', () => {
  const file = { name: 'README.md', bytes: 1, rows: 0 };
  const dataset = { name: 'd', title: 't', license: 'l', citation: 'c', timezone: 'UTC' };
  const period = { from: '2024-01-01T00:00:00Z', to: '2024-01-01T01:00:00Z' };
  const list = { format: 1, dataset, version: '1', period, files: [file] };
  expect(parseFilesList(JSON.stringify(list)).files).toEqual([file]);
});
