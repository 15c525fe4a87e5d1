import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FROZEN, flagReadings } from '../src/tables/flag';
import { frozenRuns } from '../src/tables/frozen';
import { factTable } from './tables';

const HOUR = 3_600_000;
const hourly = (values: readonly number[], step = HOUR) => ({
  time: Float64Array.from(values, (_, row) => row * step),
  value: Float64Array.from(values),
});
const runsIn = ({ time, value }: ReturnType<typeof hourly>) => frozenRuns(time, value, 0, time.length);

describe('a value that stays the same', () => {
  test('is suspected from a day on', () => {
    expect(runsIn(hourly(new Array(25).fill(21.5)))).toEqual([{ start: 0, end: 25 }]);
    expect(runsIn(hourly(new Array(24).fill(21.5)))).toEqual([]);
  });

  test('is not suspected when the sensor was silent in between', () => {
    const { time, value } = hourly(new Array(30).fill(21.5));
    const silent = time.map((instant, row) => (row < 15 ? instant : instant + 4 * HOUR));
    expect(frozenRuns(silent, value, 0, 30)).toEqual([]);
  });

  test('is found wherever it is, and nothing else is', () => {
    const values = fc.array(fc.tuple(fc.constantFrom(1, 2), fc.integer({ min: 1, max: 40 })), { maxLength: 12 });
    fc.assert(
      fc.property(values, fc.constantFrom(HOUR, HOUR / 2, 3 * HOUR), (parts, step) => {
        const table = hourly(
          parts.flatMap(([value, rows]) => new Array<number>(rows).fill(value)),
          step,
        );
        const inRun = (row: number) => {
          let first = row;
          let last = row;
          while (first > 0 && table.value[first - 1] === table.value[row]) first--;
          while (last + 1 < table.value.length && table.value[last + 1] === table.value[row]) last++;
          return (last - first) * step >= 24 * HOUR;
        };
        const found = new Set(
          runsIn(table).flatMap(({ start, end }) => Array.from({ length: end - start }, (_, i) => start + i)),
        );
        expect([...found].sort((a, b) => a - b)).toEqual([...table.value.keys()].filter(inRun));
      }),
    );
  });

  test('is flagged in what is averaged, and not in what is summed', () => {
    const table = factTable(
      Array.from({ length: 30 }, (_, hour) => ({
        location: 'a',
        dataKey: 'temp_indoor',
        sensor: '',
        ordinal: 1,
        line: hour,
        time: hour * HOUR,
        value: 21.5,
      })),
    );
    const summed = { ...table, segments: table.segments.map((one) => ({ ...one, measurement: 'additive' as const })) };
    expect([...new Set(flagReadings(table, 'indoor', new Map(), []))]).toEqual([FROZEN]);
    expect([...new Set(flagReadings(summed, 'indoor', new Map(), []))]).toEqual([0]);
  });
});
