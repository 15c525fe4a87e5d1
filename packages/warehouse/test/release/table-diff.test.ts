import type { WholeColumn, WholeTable } from '@sensor-warehouse/storage/read-whole-table';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { diffTables } from '../../src/release/table-diff';

const KEY = ['location', 'source', 'data_key', 'time'];
const HOUR = 3_600_000;

interface Row {
  readonly location: string;
  readonly time: number;
  readonly value: number;
  readonly n: number;
}

function tableOf(rows: readonly Row[], more: readonly string[] = []): WholeTable {
  const text = (values: readonly string[]): WholeColumn => {
    const dictionary = [...new Set(values)];
    return { kind: 'text', codes: Int32Array.from(values, (one) => dictionary.indexOf(one)), dictionary };
  };
  const number = (values: readonly number[]): WholeColumn => ({ kind: 'number', values: Float64Array.from(values) });
  return {
    rows: rows.length,
    columns: new Map<string, WholeColumn>([
      ['time', { kind: 'instant', values: Float64Array.from(rows, ({ time }) => time * HOUR) }],
      ['location', text(rows.map(({ location }) => location))],
      ['source', text(rows.map(() => 's'))],
      ['data_key', text(rows.map(() => 'temp'))],
      ['data_value', number(rows.map(({ value }) => value))],
      ['n', number(rows.map(({ n }) => n))],
      ...more.map((name) => [name, number(rows.map(() => 0))] as const),
    ]),
  };
}

const row = (location: string, time: number, value: number, n = 1): Row => ({ location, time, value, n });

describe('two tables', () => {
  const rows = fc.uniqueArray(
    fc.record({
      location: fc.constantFrom('a', 'b', 'č', '\u{1f600}', '\uffee'),
      time: fc.integer({ min: -800, max: 800 }),
      value: fc.oneof(fc.integer({ min: -2, max: 2 }), fc.constant(Number.NaN)),
      n: fc.integer({ min: 0, max: 1 }),
    }),
    { selector: ({ location, time }) => `${location} ${time}`, maxLength: 40 },
  );

  test('differ as a row-by-row comparison by key finds, in whatever order their rows are', () => {
    fc.assert(
      fc.property(rows, rows, (before, after) => {
        const found = diffTables(tableOf(before), tableOf(after), KEY);
        const keyOf = ({ location, time }: Row) => `${location} ${time}`;
        const old = new Map(before.map((one) => [keyOf(one), one]));
        const now = new Map(after.map((one) => [keyOf(one), one]));
        const both = after.filter((one) => old.has(keyOf(one)));
        const same = both.filter((one) => {
          const was = old.get(keyOf(one))!;
          return Object.is(was.value, one.value) && was.n === one.n;
        });
        expect(found).toMatchObject({
          added: after.length - both.length,
          removed: before.filter((one) => !now.has(keyOf(one))).length,
          same: same.length,
          changed: both.length - same.length,
        });
        for (const what of ['added', 'removed', 'changed'] as const)
          expect(found.groups.reduce((sum, group) => sum + group[what], 0)).toBe(found[what]);
      }),
    );
  });

  test('differ by month, location and data_key', () => {
    const before = tableOf([row('a', 0, 1), row('a', 1, 1), row('b', 0, 1)]);
    const after = tableOf([row('a', 0, 2), row('a', 31 * 24, 1), row('b', 0, 1)]);
    expect(diffTables(before, after, KEY).groups).toEqual([
      { month: '1970-01', location: 'a', dataKey: 'temp', added: 0, removed: 1, changed: 1 },
      { month: '1970-02', location: 'a', dataKey: 'temp', added: 1, removed: 0, changed: 0 },
    ]);
  });

  test('name the largest changes of a value first', () => {
    const times = Array.from({ length: 30 }, (_, i) => i);
    const before = tableOf(times.map((time) => row('a', time, 0)));
    const after = tableOf(times.map((time) => row('a', time, time % 7 === 0 ? -time : time / 100)));
    const { largest } = diffTables(before, after, KEY);
    expect(largest.length).toBe(10);
    expect(largest.slice(0, 4).map((one) => one.after)).toEqual([-28, -21, -14, -7]);
    expect(largest[0]!.key).toEqual({ location: 'a', source: 's', data_key: 'temp', time: '1970-01-02T04:00:00Z' });
  });

  test('differ even if only the number of readings does', () => {
    expect(diffTables(tableOf([row('a', 0, 1, 1)]), tableOf([row('a', 0, 1, 2)]), KEY).changed).toBe(1);
  });

  test('show which months are gone, and which columns one of them lacks', () => {
    const found = diffTables(
      tableOf([row('a', 0, 1), row('a', 31 * 24, 1)], ['minimum']),
      tableOf([row('a', 0, 1)], ['origin']),
      KEY,
    );
    expect(found).toMatchObject({ monthsGone: ['1970-02'], columnsAdded: ['origin'], columnsRemoved: ['minimum'] });
  });

  test('count the hours of an earlier pipeline among removed or changed ones', () => {
    const before = tableOf([row('a', 0, 1), row('a', 1, 1), row('b', 0, 1), row('b', 1, 1)]);
    const origin: WholeColumn = { kind: 'text', codes: Int32Array.of(1, 1, 0, 0), dictionary: ['readings', 'legacy'] };
    const withOrigin = { ...before, columns: new Map([...before.columns, ['origin', origin]]) };
    const after = tableOf([row('a', 0, 2), row('b', 0, 2)]);
    const found = diffTables(withOrigin, after, KEY);
    expect(found).toMatchObject({ removed: 2, changed: 2, legacy: { removed: 1, changed: 1 } });
  });

  test('cannot be compared if a key names two rows', () => {
    const twice = tableOf([row('b', 0, 1), row('a', 0, 1), row('b', 0, 2)]);
    expect(() => diffTables(twice, tableOf([]), KEY)).toThrow(/two rows have the key/);
  });
});
