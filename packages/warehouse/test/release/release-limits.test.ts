import { releaseLimitsOf } from '@sensor-warehouse/model/seeds/release-limits';
import { describe, expect, test } from 'vitest';
import { beyondLimits } from '../../src/release/require-limits';
import type { VersionDiff } from '../../src/release/version-diff';

const hours = (counts: Partial<NonNullable<VersionDiff['hours']>>) => ({
  table: 'fact_hourly',
  before: 1000,
  after: 1000,
  added: 0,
  removed: 0,
  changed: 0,
  same: 0,
  legacy: { removed: 0, changed: 0 },
  groups: [],
  largest: [],
  monthsGone: [],
  columnsAdded: [],
  columnsRemoved: [],
  ...counts,
});

const release = (found: VersionDiff['hours'], locationsGone: readonly string[] = []): VersionDiff => ({
  from: '1',
  to: '2',
  tables: [],
  tablesAdded: [],
  tablesRemoved: [],
  hours: found,
  locationsGone,
});

const LIMITS = { rowsRemoved: 0.05, rowsChanged: 0.25, monthsGone: 0, locationsGone: 1 };

describe('a release', () => {
  test('may remove and change as much as its limits allow', () => {
    expect(beyondLimits(release(hours({ removed: 50, changed: 250 }), ['a']), LIMITS)).toEqual([]);
  });

  test('is stopped with every limit that it exceeds', () => {
    const found = beyondLimits(
      release(hours({ removed: 51, changed: 251, monthsGone: ['2024-01'] }), ['a', 'b']),
      LIMITS,
    );
    expect(found.map(({ message, found: what, expected }) => [message, what, expected])).toEqual([
      ['51 hours would be removed', '5.10 %', 'at most 5 %'],
      ['251 hours would change', '25.10 %', 'at most 25 %'],
      ['months would lose all their hours', '2024-01', 'at most 0'],
      ['locations would lose all their hours', 'a, b', 'at most 1'],
    ]);
  });

  test('may replace or drop any hours of an earlier pipeline', () => {
    const legacy = { removed: 100, changed: 900 };
    expect(beyondLimits(release(hours({ removed: 150, changed: 1150, legacy })), LIMITS)).toEqual([]);
    expect(beyondLimits(release(hours({ removed: 151, changed: 1151, legacy })), LIMITS)).toHaveLength(2);
  });

  test('has no limit if the seed has none, and none before the first version', () => {
    expect(beyondLimits(release(hours({ removed: 1000 }), ['a']), {})).toEqual([]);
    expect(beyondLimits(release(undefined), LIMITS)).toEqual([]);
    expect(beyondLimits(release({ ...hours({}), before: 0 }), LIMITS)).toEqual([]);
  });
});

describe('the limits of a release', () => {
  test('are read from the seed, and invalid shares and counts are refused with their lines', () => {
    const wrong: unknown[] = [];
    const row = (line: number, limit: string, value: string) => ({ line, limit, value });
    const limits = releaseLimitsOf(
      [
        row(2, 'rows_removed', '0.05'),
        row(3, 'rows_changed', '1.5'),
        row(4, 'months_gone', '2'),
        row(5, 'locations_gone', '0.5'),
      ],
      ({ line, found, expected }) => wrong.push([line, found, expected]),
    );
    expect(limits).toEqual({ rowsRemoved: 0.05, monthsGone: 2 });
    expect(wrong).toEqual([
      [3, '"1.5"', 'a share from 0 to 1, such as 0.05'],
      [5, '"0.5"', 'a whole number such as 0'],
    ]);
  });
});
