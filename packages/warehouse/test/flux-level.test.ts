import type { AggregationLevel } from '@sensor-warehouse/model/seeds/configuration';
import { describe, expect, test } from 'vitest';
import { failureOf } from '../../model/test/support/failure-of';
import { type FluxRow, fluxTable, fluxVariables } from '../src/engines/flux-level';
import { factTable } from './tables';

const LEVEL: AggregationLevel = {
  name: 'median',
  every: { unit: 'hour', count: 6 },
  timezone: 'UTC',
  flux: { file: 'median.flux', text: 'from(bucket: v.bucket)' },
};
const OCTOBER = {
  month: '2024-10',
  readings: factTable(
    ['a', 'b'].map((location, line) => ({
      location,
      dataKey: 'temp_indoor',
      time: Date.parse('2024-10-27T00:00:00Z'),
      sensor: '',
      value: 1,
      ordinal: 1,
      line,
    })),
  ),
};
const row = (location: string, time: string, value: number): FluxRow => ({
  location,
  source: 'Made',
  dataKey: 'temp_indoor',
  time: Date.parse(time),
  value,
});

describe('the table of a Flux query', () => {
  test('has its rows in the order of key and time, in whatever order they arrive', () => {
    const table = fluxTable(LEVEL, OCTOBER, [
      row('b', '2024-10-27T06:00:00Z', 3),
      row('a', '2024-10-27T06:00:00Z', 2),
      row('a', '2024-10-01T00:00:00Z', 1),
    ]);
    expect([...table.sum]).toEqual([1, 2, 3]);
    expect(table.segments.map(({ location, start, end }) => [location, start, end])).toEqual([
      ['a', 0, 2],
      ['b', 2, 3],
    ]);
  });

  test.each([
    ['a series that was not asked about', row('c', '2024-10-27T06:00:00Z', 1), 'another series'],
    ['a time inside a window', row('a', '2024-10-27T05:00:00Z', 1), 'is not the start of a window'],
    [
      'the end of the month, as of windows labelled with their end',
      row('a', '2024-11-01T00:00:00Z', 1),
      'is not the start of a window',
    ],
    ['no time', row('a', '', 1), 'found none'],
    ['no number', row('a', '2024-10-27T06:00:00Z', Number.NaN), 'not a number'],
  ])('is refused with %s', async (_, wrong, message) => {
    const thrown = await failureOf(() => fluxTable(LEVEL, OCTOBER, [wrong]));
    expect(thrown.details).toMatchObject({ class: 'config', code: 'level-query', where: 'seeds/median.flux' });
    expect(thrown.message).toContain(message);
  });

  test('is refused with two values for one window', async () => {
    const twice = [row('a', '2024-10-27T06:00:00Z', 1), row('a', '2024-10-27T06:00:00Z', 1)];
    expect((await failureOf(() => fluxTable(LEVEL, OCTOBER, twice))).message).toContain('two values for one window');
  });
});

test('a query is given the bucket, the month and the length of windows, none of them as text of the query', () => {
  const text = JSON.stringify(fluxVariables(LEVEL, 'a"b', '2024-12'));
  for (const value of [
    '"a\\"b"',
    '"2024-12-01T00:00:00.000Z"',
    '"2025-01-01T00:00:00.000Z"',
    '"magnitude":6,"unit":"h"',
  ])
    expect(text).toContain(value);
});
