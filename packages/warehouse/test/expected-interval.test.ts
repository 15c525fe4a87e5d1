import { openZone } from '@sensor-warehouse/model/time/zone';
import { describe, expect, test } from 'vitest';
import { expectedReadings, shownInterval } from '../src/dataset/expected-interval';

const HOUR = 3_600_000;
const MINUTE = 60_000;
const START = Date.UTC(2024, 4, 1);

/** Hours of readings at given instants, as a table holds them. */
function hoursOf(instants: readonly number[]) {
  const counts = new Map<number, number>();
  for (const instant of instants) {
    const hour = Math.floor(instant / HOUR) * HOUR;
    counts.set(hour, (counts.get(hour) ?? 0) + 1);
  }
  return { time: Float64Array.from(counts.keys()), n: Int32Array.from(counts.values()) };
}

/** Ten days of readings; `lost` says which are missing. */
function every(interval: number, lost: (index: number) => boolean = () => false, from = START): number[] {
  const count = Math.floor((10 * 24 * HOUR) / interval);
  return Array.from({ length: count }, (_, index) => from + index * interval).filter((_, index) => !lost(index));
}

const intervalOf = (instants: readonly number[]) => {
  const table = hoursOf(instants);
  return shownInterval(table, 0, table.time.length);
};

describe('the interval that hours show', () => {
  test.each([
    5_000,
    30_000,
    MINUTE,
    90_000,
    5 * MINUTE,
    7 * MINUTE,
    10 * MINUTE,
    25 * MINUTE,
    40 * MINUTE,
    HOUR,
    3 * HOUR,
    24 * HOUR,
  ])('is that of readings every %d ms', (interval) => expect(intervalOf(every(interval))).toBe(interval));

  test.each([MINUTE, 2 * MINUTE, 10 * MINUTE, HOUR])(
    'of %d ms stays where one reading in thirty is lost',
    (interval) => {
      let state = 1;
      const lost = () => {
        state = (state * 48_271) % 2_147_483_647;
        return state % 30 === 0;
      };
      expect(intervalOf(every(interval, lost))).toBe(interval);
    },
  );

  test('of a sensor that is a little late each hour is an hour', () => {
    const late = every(HOUR).map((instant, index) => instant + (index % 5) * 14 * MINUTE);
    expect(intervalOf(late.map((instant) => instant + 10 * MINUTE))).toBe(HOUR);
  });

  test('is not known from hours of an earlier pipeline', () => {
    expect(shownInterval({ time: Float64Array.of(START), n: Int32Array.of(0) }, 0, 1)).toBeUndefined();
  });
});

describe('the expected readings of a series', () => {
  const zone = openZone('Europe/Prague');
  const june = Date.parse('2024-05-31T22:00:00Z');
  const table = hoursOf([...every(10 * MINUTE), ...every(MINUTE, () => false, june)]);
  const series = {
    ...{ location: 'hall', source: 'Logger', dataKey: 'temp', measurement: 'nonadditive' as const },
    ...{ start: 0, end: table.time.length },
  } as const;
  const DAY = 24 * HOUR;

  test('follows the month: a sensor may be set to another interval', () => {
    const expected = expectedReadings(table, zone, new Map());
    expect(expected(series, june - 3 * DAY, june - 2 * DAY)).toBe(144);
    expect(expected(series, june, june + DAY)).toBe(1440);
  });

  test('of a week in two months is the sum of its days', () => {
    const expected = expectedReadings(table, zone, new Map());
    expect(expected(series, june - 5 * DAY, june + 2 * DAY)).toBe(5 * 144 + 2 * 1440);
  });

  test('of a week in a month without a reading is what the other month shows', () => {
    const expected = expectedReadings(table, zone, new Map());
    const july = Date.parse('2024-06-30T22:00:00Z');
    expect(expected(series, july - 2 * DAY, july + 5 * DAY)).toBe(7 * 1440);
  });

  test('is what its source declares, whatever its hours show', () => {
    const expected = expectedReadings(table, zone, new Map([['Logger', 5 * MINUTE]]));
    expect(expected(series, june, june + DAY)).toBe(288);
  });
});
