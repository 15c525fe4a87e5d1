import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Merged, merge, NO_READINGS, sameValues } from '../src/tables/merge';
import type { ReadingTable } from '../src/tables/read-facts';
import { type Delivered, deliveries, factTable, fileName, type Kept, keptIn } from './tables';

const EVER = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY] as const;

function mergeAll(known: ReadingTable, rows: readonly Delivered[]): Merged {
  return merge(known, factTable(rows), ...EVER);
}

const keyOf = ({ location, dataKey, time }: Kept) => JSON.stringify([location, dataKey, time]);

/** The definition of merging, one reading at a time in the order of arrival. */
function naive(known: readonly Kept[], rows: readonly Delivered[]) {
  const kept = new Map(known.map((one) => [keyOf(one), one]));
  const deliveredBy = new Map<string, number>();
  const counts = { added: 0, replaced: 0, repeated: 0, replacedWithin: 0, conflicts: 0 };
  for (const row of [...rows].sort((a, b) => a.ordinal - b.ordinal || a.line - b.line)) {
    const { location, dataKey, time, sensor, value, ordinal } = row;
    const key = keyOf(row);
    const before = kept.get(key);
    if (before === undefined) counts.added++;
    else if (before.value === value) counts.repeated++;
    else {
      counts.replaced++;
      if (before.sensor !== sensor) counts.conflicts++;
      if (deliveredBy.get(key) === ordinal) counts.replacedWithin++;
    }
    deliveredBy.set(key, ordinal);
    if (before === undefined || before.value !== value) kept.set(key, { location, dataKey, time, sensor, value });
  }
  return { kept, counts };
}

describe('merge', () => {
  test('agrees with a merge by a map, reading by reading', () => {
    fc.assert(
      fc.property(deliveries, deliveries, (first, second) => {
        const known = mergeAll(NO_READINGS, first).readings;
        const merged = mergeAll(known, second);
        const truth = naive(keptIn(known), second);
        expect(new Map(keptIn(merged.readings).map((one) => [keyOf(one), one]))).toEqual(truth.kept);
        const { added, replaced, repeated, replacedWithin, conflicts } = merged;
        expect({ added, replaced, repeated, replacedWithin, conflicts: conflicts.length }).toEqual(truth.counts);
      }),
    );
  });

  test('gives each key once, in the order of key and time', () => {
    fc.assert(
      fc.property(deliveries, deliveries, (first, second) => {
        const kept = keptIn(mergeAll(mergeAll(NO_READINGS, first).readings, second).readings);
        for (const [index, one] of kept.entries()) {
          const before = kept[index - 1];
          if (before === undefined || before.location !== one.location || before.dataKey !== one.dataKey) continue;
          expect(one.time).toBeGreaterThan(before.time);
        }
        expect(new Set(kept.map(keyOf)).size).toBe(kept.length);
      }),
    );
  });

  test('changes nothing when the same facts come again', () => {
    fc.assert(
      fc.property(deliveries, (rows) => {
        const once = mergeAll(NO_READINGS, rows).readings;
        const twice = mergeAll(once, rows);
        expect(keptIn(twice.readings)).toEqual(keptIn(once));
        expect(twice.added).toBe(0);
        expect(sameValues(once, twice.readings)).toBe(true);
      }),
    );
  });

  test('reports whether anything differs afterwards, whatever was replaced and restored', () => {
    fc.assert(
      fc.property(deliveries, deliveries, (first, second) => {
        const known = mergeAll(NO_READINGS, first).readings;
        const { readings } = mergeAll(known, second);
        const values = (table: ReadingTable) => keptIn(table).map((one) => [keyOf(one), one.value]);
        const same = JSON.stringify(values(known)) === JSON.stringify(values(readings));
        expect(sameValues(known, readings)).toBe(same);
      }),
    );
  });

  test('accounts for every fact: new, replaced or repeated', () => {
    fc.assert(
      fc.property(deliveries, deliveries, (first, second) => {
        const known = mergeAll(NO_READINGS, first).readings;
        const { added, replaced, repeated, readings } = mergeAll(known, second);
        expect(added + replaced + repeated).toBe(second.length);
        expect(readings.time.length).toBe(known.time.length + added);
      }),
    );
  });

  test('gives the same for two deliveries at once and for one after the other', () => {
    fc.assert(
      fc.property(deliveries, deliveries, (first, second) => {
        const later = second.map((row) => ({ ...row, ordinal: row.ordinal + 10 }));
        const apart = mergeAll(mergeAll(NO_READINGS, first).readings, later).readings;
        const together = mergeAll(NO_READINGS, [...first, ...later]).readings;
        expect(keptIn(together)).toEqual(keptIn(apart));
      }),
    );
  });

  test('takes only the instants from the first bound up to, and without, the second', () => {
    fc.assert(
      fc.property(deliveries, (rows) => {
        const [from, to] = [-120_000, 60_000];
        const within = rows.filter(({ time }) => time >= from && time < to);
        const sliced = merge(NO_READINGS, factTable(rows), from, to);
        expect(keptIn(sliced.readings)).toEqual(keptIn(mergeAll(NO_READINGS, within).readings));
        expect(sliced.added + sliced.replaced + sliced.repeated).toBe(within.length);
      }),
    );
  });

  test('the later upload wins, and within it the later line', () => {
    const row = { location: 'a', dataKey: 'temp_indoor', time: 0, sensor: '493D' };
    const { readings, replaced, replacedWithin } = mergeAll(NO_READINGS, [
      { ...row, value: 3, ordinal: 2, line: 9 },
      { ...row, value: 2, ordinal: 2, line: 4 },
      { ...row, value: 1, ordinal: 1, line: 70 },
    ]);
    expect(keptIn(readings).map(({ value }) => value)).toEqual([3]);
    expect({ replaced, replacedWithin }).toEqual({ replaced: 2, replacedWithin: 1 });
  });

  test('names both sensors, their values and the line when two of them disagree', () => {
    const row = { location: 'a', dataKey: 'temp_indoor', time: 60_000 };
    const { conflicts } = mergeAll(NO_READINGS, [
      { ...row, sensor: '493D', value: 20, ordinal: 1, line: 2 },
      { ...row, sensor: 'CCEA', value: 21, ordinal: 2, line: 5 },
    ]);
    expect(conflicts).toEqual([{ ...row, sensors: ['493D', 'CCEA'], values: [20, 21], file: fileName(2), line: 5 }]);
  });

  test('two sensors that agree are not a conflict', () => {
    const row = { location: 'a', dataKey: 'temp_indoor', time: 60_000, value: 20 };
    const { conflicts, repeated } = mergeAll(NO_READINGS, [
      { ...row, sensor: '493D', ordinal: 1, line: 2 },
      { ...row, sensor: 'CCEA', ordinal: 2, line: 5 },
    ]);
    expect({ conflicts, repeated }).toEqual({ conflicts: [], repeated: 1 });
  });
});
