import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { EXCLUDED, FROZEN, flagReadings, LEFT_OUT, OUT_OF_RANGE } from '../src/tables/flag';
import { aggregateHours } from '../src/tables/hours';
import { factTable } from './tables';

const HOUR = 3_600_000;

interface Flagged {
  readonly location: string;
  readonly time: number;
  readonly value: number;
  readonly flag: number;
}

/** Readings of two places on both sides of 1970, some of them exactly on the hour; a place and instant once. */
const readings = fc.uniqueArray(
  fc.record({
    location: fc.constantFrom('a', 'b'),
    time: fc.oneof(
      fc.integer({ min: -3 * HOUR, max: 3 * HOUR }),
      fc.integer({ min: -3, max: 3 }).map((hour) => hour * HOUR),
      fc.integer({ min: -3, max: 3 }).map((hour) => hour * HOUR - 1),
    ),
    value: fc.double({ noNaN: true, min: -1e6, max: 1e6 }),
    flag: fc.constantFrom(0, 0, 0, FROZEN, OUT_OF_RANGE, EXCLUDED, OUT_OF_RANGE | EXCLUDED, OUT_OF_RANGE | FROZEN),
  }),
  { selector: ({ location, time }) => `${location}/${time}`, maxLength: 80 },
);

function tableOf(rows: readonly Flagged[]) {
  return factTable(
    rows.map(({ location, time, value }, index) => ({
      location,
      dataKey: 'temp_indoor',
      sensor: '',
      ordinal: 1,
      line: index,
      time,
      value,
    })),
  );
}

function flagsOf(rows: readonly Flagged[]): Int32Array {
  const sorted = [...rows].sort((a, b) =>
    a.location < b.location ? -1 : a.location > b.location ? 1 : a.time - b.time,
  );
  return Int32Array.from(sorted, ({ flag }) => flag);
}

/** The definition: what is in one UTC hour and is not left out. */
function naive(rows: readonly Flagged[]) {
  const hours = new Map<string, { good: number[]; flagged: number }>();
  for (const { location, time, value, flag } of [...rows].sort((a, b) => a.time - b.time)) {
    const key = `${location}/${new Date(time).toISOString().slice(0, 13)}:00:00.000Z`;
    const hour = hours.get(key) ?? { good: [], flagged: 0 };
    hours.set(key, hour);
    if ((flag & LEFT_OUT) === 0) hour.good.push(value);
    else hour.flagged++;
  }
  return new Map(
    [...hours]
      .filter(([, { good }]) => good.length > 0)
      .map(([key, { good, flagged }]) => [
        key,
        {
          n: good.length,
          sum: good.reduce((sum, value) => sum + value, 0),
          min: Math.min(...good),
          max: Math.max(...good),
          flagged,
        },
      ]),
  );
}

describe('aggregateHours', () => {
  test('agrees with a computation by the text of the hour', () => {
    fc.assert(
      fc.property(readings, (rows) => {
        const hours = aggregateHours(tableOf(rows), flagsOf(rows));
        const mine = new Map(
          hours.segments.flatMap(({ location, start, end }) =>
            Array.from({ length: end - start }, (_, i) => start + i).map((row) => [
              `${location}/${new Date(hours.hour[row]!).toISOString()}`,
              {
                n: hours.n[row]!,
                sum: hours.sum[row]!,
                min: hours.min[row]!,
                max: hours.max[row]!,
                flagged: hours.flagged[row]!,
              },
            ]),
          ),
        );
        expect(mine).toEqual(naive(rows));
        expect(hours.count).toBe(mine.size);
      }),
    );
  });

  test.each([1, 5, 15, 30])('in windows of %i minutes agrees with a computation by the text of the time', (minutes) => {
    const every = minutes * 60_000;
    const label = (time: number) => {
      const text = new Date(time).toISOString();
      const minute = Number(text.slice(14, 16));
      return `${text.slice(0, 14)}${String(minute - (minute % minutes)).padStart(2, '0')}`;
    };
    fc.assert(
      fc.property(readings, (rows) => {
        const { segments, hour, n, sum } = aggregateHours(tableOf(rows), flagsOf(rows), every);
        const mine = segments.flatMap(({ location, start, end }) =>
          Array.from({ length: end - start }, (_, i) => start + i).map((row) => [
            `${location}/${new Date(hour[row]!).toISOString().slice(0, 16)}`,
            [n[row], sum[row]],
          ]),
        );
        const expected = new Map<string, [number, number]>();
        for (const { location, time, value, flag } of [...rows].sort((a, b) => a.time - b.time)) {
          if (flag & (OUT_OF_RANGE | EXCLUDED)) continue;
          const [count, total] = expected.get(`${location}/${label(time)}`) ?? [0, 0];
          expected.set(`${location}/${label(time)}`, [count + 1, total + value]);
        }
        expect(new Map(mine as [string, [number, number]][])).toEqual(expected);
      }),
    );
  });

  test('an hour whose readings are all flagged has no row', () => {
    const rows = [
      { location: 'a', time: 0, value: 126, flag: OUT_OF_RANGE },
      { location: 'a', time: HOUR, value: 20, flag: 0 },
    ];
    const hours = aggregateHours(tableOf(rows), flagsOf(rows));
    expect([...hours.hour.subarray(0, hours.count)]).toEqual([HOUR]);
  });

  test('the last millisecond of an hour belongs to it, the next one does not', () => {
    const rows = [HOUR - 1, HOUR].map((time) => ({ location: 'a', time, value: 1, flag: 0 }));
    const hours = aggregateHours(tableOf(rows), flagsOf(rows));
    expect([...hours.hour.subarray(0, hours.count)]).toEqual([0, HOUR]);
  });
});

describe('flagReadings', () => {
  const dataKeys = new Map([
    [
      'temp_indoor',
      {
        dataKey: 'temp_indoor',
        measurement: 'nonadditive' as const,
        unit: '°C',
        quantity: 'temperature',
        minimum: -40,
        maximum: 80,
        description: '',
      },
    ],
  ]);
  const exclusion = { datasource: 'indoor', location: 'a', dataKey: 'temp_indoor', from: 10, to: 20, reason: 'test' };
  const table = (rows: readonly (readonly [time: number, value: number])[]) =>
    tableOf(rows.map(([time, value]) => ({ location: 'a', time, value, flag: 0 })));

  test('the bounds of the plausible range are plausible', () => {
    const flags = flagReadings(
      table([
        [0, -40],
        [1, 80],
        [2, -40.1],
        [3, 126],
      ]),
      'indoor',
      dataKeys,
      [],
    );
    expect([...flags]).toEqual([0, 0, OUT_OF_RANGE, OUT_OF_RANGE]);
  });

  test('an exclusion holds from its first instant up to, and without, its last, for its source alone', () => {
    const rows = table([
      [9, 1],
      [10, 1],
      [19, 200],
      [20, 1],
    ]);
    expect([...flagReadings(rows, 'indoor', dataKeys, [exclusion])]).toEqual([0, EXCLUDED, EXCLUDED | OUT_OF_RANGE, 0]);
    expect([...flagReadings(rows, 'other', dataKeys, [exclusion])]).toEqual([0, 0, OUT_OF_RANGE, 0]);
  });
});
