import { compareDatasets, unexplainedHours } from '@sensor-warehouse/warehouse/moving-in/compare-datasets';
import { gridsOf } from '@sensor-warehouse/warehouse/moving-in/hour-grid';
import { possibleRules } from '@sensor-warehouse/warehouse/moving-in/label-rules';
import { addReading, openSeries, type SeriesTable } from '@sensor-warehouse/warehouse/moving-in/timed-series';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

const HOUR = 3_600_000;
const FIRST = Date.UTC(2024, 9, 20);
const RULES = possibleRules(['Europe/Prague']);

/** A value of its own for each hour, under a label that `label` makes; undefined leaves the hour out. */
function table(
  hours: number,
  label: (hour: number) => number | undefined,
  value = (hour: number) => hour,
): SeriesTable {
  const series = openSeries({ location: 'hall', source: 'Atrea', measurement: 'nonadditive', dataKey: 'temp_indoor' });
  for (let hour = 0; hour < hours; hour++) {
    const time = label(hour);
    if (time !== undefined) addReading(series, time, value(hour));
  }
  return { rows: series.count, series: [series], unreadable: 0 };
}

const start = (hour: number) => FIRST + hour * HOUR;
const compare = (old: SeriesTable, now: SeriesTable) =>
  compareDatasets(gridsOf([old], new Map()), gridsOf([now], new Map()), RULES);

describe('compare', () => {
  test('finds nothing in two equal datasets', () => {
    const { groups } = compare(table(500, start), table(500, start));
    expect(
      groups.map(({ same, shifted, different, missing, extra }) => [same, shifted.size, different, missing, extra]),
    ).toEqual([
      [288, 0, [], [], []],
      [212, 0, [], [], []],
    ]);
  });

  test('finds a missing, an extra and a different hour, each once', () => {
    const old = table(100, (hour) => (hour === 7 ? undefined : start(hour)));
    const now = table(
      100,
      (hour) => (hour === 50 ? undefined : start(hour)),
      (hour) => (hour === 20 ? -1 : hour),
    );
    const { groups } = compare(old, now);
    expect(groups).toHaveLength(1);
    expect(groups[0]).toMatchObject({
      same: 97,
      missing: [start(50)],
      extra: [start(7)],
      different: [{ hour: start(20), old: 20, new: -1 }],
    });
  });

  test('finds a shift by any number of hours up to a day', () => {
    fc.assert(
      fc.property(fc.integer({ min: -24, max: 24 }).filter(Boolean), (shift) => {
        const { groups, rule } = compare(
          table(200, (hour) => start(hour) + shift * HOUR),
          table(200, start),
        );
        expect(rule).toMatchObject({ comparable: 200, equal: 200 });
        expect(groups.flatMap((one) => [...one.shifted])).toEqual([[shift, 200]]);
      }),
      { numRuns: 48 },
    );
  });

  test('finds that labels are the window’s end in local time, across the night of autumn', () => {
    const change = Date.UTC(2024, 9, 27, 1);
    const old = table(400, (hour) => start(hour) + (start(hour) < change ? 3 : 2) * HOUR);
    const { rule, groups } = compare(old, table(400, start));
    expect(rule!.rule.words).toBe('the old labels are the window’s end, in Europe/Prague local time marked as UTC');
    expect(groups[0]!.shifted).toEqual(
      new Map([
        [3, 168],
        [2, 119],
      ]),
    );
    // 02:00 stood on the clock twice: one of the two hours has no row of its own in the old dataset.
    expect(groups[0]!.extra).toHaveLength(1);
  });

  describe('with labels at the window’s end in local time', () => {
    const change = Date.UTC(2024, 9, 27, 1);
    const labelled = (hour: number) => start(hour) + (start(hour) < change ? 3 : 2) * HOUR;
    /** 02:00 and 02:00 again, on the clock. */
    const [firstPass, secondPass] = [7 * 24, 7 * 24 + 1];
    const unexplained = (old: SeriesTable, now = table(400, start)) => {
      const { groups } = compare(old, now);
      const sum = (of: (group: (typeof groups)[number]) => number) =>
        groups.reduce((total, group) => total + of(group), 0);
      return { unexplained: sum(unexplainedHours), unjudged: sum((group) => group.unjudged) };
    };

    test.each([
      ['that of its first pass', firstPass],
      ['that of its second pass', secondPass],
      ['one of neither', -1],
    ])('judges no row of the doubled hour: its value is %s', (_, kept) => {
      const old = table(
        400,
        (hour) => (hour === secondPass ? undefined : labelled(hour)),
        (hour) => (hour === firstPass ? kept : hour),
      );
      expect(unexplained(old).unexplained).toBe(0);
      expect(unexplained(old).unjudged).toBeGreaterThan(0);
    });

    test('judges no row of the doubled hour that the new dataset leaves out', () => {
      const now = table(400, (hour) => (hour === firstPass || hour === secondPass ? undefined : start(hour)));
      expect(unexplained(table(400, labelled), now)).toEqual({ unexplained: 0, unjudged: 1 });
    });

    test('leaves an hour unexplained that is missing, extra or different anywhere else', () => {
      const without = (odd: number) => table(400, (hour) => (hour === odd ? undefined : labelled(hour)));
      const other = table(400, labelled, (hour) => (hour === 30 ? -1 : hour));
      expect(unexplained(without(30))).toEqual({ unexplained: 1, unjudged: 1 });
      expect(unexplained(other)).toEqual({ unexplained: 1, unjudged: 1 });
      expect(unexplained(table(400, labelled), without(30)).unexplained).toBeGreaterThan(0);
    });

    test('leaves a month unexplained whose labels mean something else', () => {
      const november = Date.UTC(2024, 10, 1);
      const old = table(2000, (hour) => (start(hour) < november ? labelled(hour) : start(hour)));
      expect(unexplained(old, table(2000, start)).unexplained).toBeGreaterThan(0);
    });
  });

  test('says that no rule explains values that have nothing to do with each other', () => {
    const { rule } = compare(
      table(200, start),
      table(200, start, (hour) => -1 - hour),
    );
    expect(rule).toBeUndefined();
  });

  test('finds one month that is shifted on its own', () => {
    const november = Date.UTC(2024, 10, 1);
    const old = table(900, (hour) => start(hour) + (start(hour) >= november ? HOUR : 0));
    const { groups } = compare(old, table(900, start));
    expect(groups.map(({ month, byRule }) => [month, byRule])).toContainEqual(['2024-10', true]);
    expect(groups.reduce((total, one) => total + one.different.length, 0)).toBe(0);
    expect(groups.find(({ month }) => month === '2024-11')!.byRule).toBe(false);
  });
});
