import { compareText, type Measurement } from '@sensor-warehouse/model/readings/readings';
import {
  builtInLevels,
  monthOfWindow,
  type Windows,
  windowsOfLevel,
} from '@sensor-warehouse/model/seeds/level-windows';
import { parseEvery } from '@sensor-warehouse/model/time/every';
import { openZone } from '@sensor-warehouse/model/time/zone';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type LevelRow, levelCsv, rollUp } from '../src/levels/levels';
import type { Hours } from '../src/tables/hours';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const PRAGUE = openZone('Europe/Prague');
const [HOURLY, DAILY, WEEKLY] = builtInLevels({ localZone: 'Europe/Prague' }).map(windowsOfLevel) as [
  Windows,
  Windows,
  Windows,
];

// A second implementation of local time, from the law instead of the time-zone database: in the European Union, clocks
// change at 01:00 UTC on the last Sundays of March and October (Directive 2000/84/EC).
function lastSunday(year: number, month: number): number {
  const last = new Date(Date.UTC(year, month, 0));
  return last.getTime() - last.getUTCDay() * DAY + HOUR;
}

function pragueOffset(instant: number): number {
  const year = new Date(instant).getUTCFullYear();
  return instant >= lastSunday(year, 3) && instant < lastSunday(year, 10) ? 2 * HOUR : HOUR;
}

/** Local date of an instant, as the text 2024-10-27. */
function pragueDate(instant: number): string {
  return new Date(instant + pragueOffset(instant)).toISOString().slice(0, 10);
}

function mondayOf(date: string): string {
  const day = new Date(`${date}T00:00:00Z`);
  return new Date(day.getTime() - ((day.getUTCDay() + 6) % 7) * DAY).toISOString().slice(0, 10);
}

/** The instant of local midnight: the clocks never change there in Prague, so one of the two offsets fits. */
function midnight(date: string): number {
  const wall = Date.parse(`${date}T00:00:00Z`);
  return [wall - HOUR, wall - 2 * HOUR].find((instant) => instant + pragueOffset(instant) === wall)!;
}

interface HourRow {
  readonly location: string;
  readonly dataKey: string;
  readonly hour: number;
  readonly sum: number;
  readonly n: number;
}

function hoursOf(rows: readonly HourRow[], measurement: Measurement = 'nonadditive'): Hours {
  const sorted = [...rows].sort(
    (a, b) => compareText(a.location, b.location) || compareText(a.dataKey, b.dataKey) || a.hour - b.hour,
  );
  const segments: Hours['segments'][number][] = [];
  for (const [row, { location, dataKey }] of sorted.entries()) {
    const last = segments.at(-1);
    if (last?.location === location && last.dataKey === dataKey)
      segments[segments.length - 1] = { ...last, end: row + 1 };
    else segments.push({ location, source: 'Made', measurement, dataKey, start: row, end: row + 1 });
  }
  return {
    count: sorted.length,
    hour: Float64Array.from(sorted, ({ hour }) => hour),
    n: Int32Array.from(sorted, ({ n }) => n),
    sum: Float64Array.from(sorted, ({ sum }) => sum),
    min: new Float64Array(sorted.length),
    max: new Float64Array(sorted.length),
    flagged: new Int32Array(sorted.length),
    segments,
  };
}

/** Hours of two series near both changes of 2024 and two turns of the year, each hour of a series once. */
const around = (instant: string) => fc.integer({ min: -80, max: 80 }).map((by) => Date.parse(instant) + by * HOUR);
const hourRows = fc.uniqueArray(
  fc.record({
    location: fc.constantFrom('a', 'b'),
    dataKey: fc.constantFrom('temp_indoor', 'humidity_indoor'),
    hour: fc.oneof(
      around('2024-03-31T01:00:00Z'),
      around('2024-10-27T01:00:00Z'),
      around('2024-12-30T00:00:00Z'),
      around('2021-01-03T00:00:00Z'),
      fc.integer({ min: 15_000 * 24, max: 24_000 * 24 }).map((hour) => hour * HOUR),
    ),
    // Whole numbers, so that no order of adding makes a difference.
    sum: fc.integer({ min: -1000, max: 1000 }),
    n: fc.integer({ min: 1, max: 60 }),
  }),
  { selector: ({ location, dataKey, hour }) => `${location}/${dataKey}/${hour}`, maxLength: 100 },
);

const labelled = (rows: readonly LevelRow[]) =>
  new Map(
    rows.map(({ time, location, dataKey, value }) => [`${new Date(time).toISOString()}/${location}/${dataKey}`, value]),
  );

function naive(rows: readonly HourRow[], start: (hour: number) => number, value: (sum: number, n: number) => number) {
  const windows = new Map<string, { sum: number; n: number }>();
  for (const { location, dataKey, hour, sum, n } of rows) {
    const key = `${new Date(start(hour)).toISOString()}/${location}/${dataKey}`;
    const window = windows.get(key) ?? { sum: 0, n: 0 };
    windows.set(key, { sum: window.sum + sum, n: window.n + n });
  }
  return new Map([...windows].map(([key, { sum, n }]) => [key, value(sum, n)]));
}

/** Local wall time of an instant, as if it were UTC. */
const wallOf = (instant: number) => instant + pragueOffset(instant);

/** The first instant that shows a wall time, or the first one after it where it is skipped; looked for hour by hour. */
function firstShown(wall: number): number {
  for (let instant = wall - 3 * HOUR; ; instant += HOUR) if (wallOf(instant) >= wall) return instant;
}

const localHours = (count: number) => (hour: number) =>
  firstShown(Math.floor(wallOf(hour) / (count * HOUR)) * count * HOUR);

const localMonths = (count: number) => (hour: number) => {
  const [year, month] = pragueDate(hour).split('-').map(Number) as [number, number];
  return midnight(`${year}-${String(month - ((month - 1) % count)).padStart(2, '0')}-01`);
};

const own = (every: string) => ({ every: parseEvery(every)!, zone: PRAGUE });
const LEVELS: readonly (readonly [string, Windows, (hour: number) => number])[] = [
  ['hourly', HOURLY, (hour) => hour],
  ['daily', DAILY, (hour) => midnight(pragueDate(hour))],
  ['weekly', WEEKLY, (hour) => midnight(mondayOf(pragueDate(hour)))],
  ['1h in Prague', own('1h'), (hour) => hour],
  ...[2, 3, 4, 6, 8, 12].map((count) => [`${count}h in Prague`, own(`${count}h`), localHours(count)] as const),
  ...[1, 2, 3, 4, 6].map((count) => [`${count}mo in Prague`, own(`${count}mo`), localMonths(count)] as const),
  ['1y in Prague', own('1y'), localMonths(12)],
  ['3h in UTC', { every: parseEvery('3h')!, zone: openZone('UTC') }, (hour) => hour - (hour % (3 * HOUR))],
];

describe.each(LEVELS)('rollUp to %s', (_, level, startOf) => {
  test('averages nonadditive values by the number of readings, in local windows', () => {
    fc.assert(
      fc.property(hourRows, (rows) => {
        const mine = rollUp([hoursOf(rows)], 'nonadditive', level);
        expect(labelled(mine)).toEqual(naive(rows, startOf, (sum, n) => sum / n));
      }),
    );
  });

  test('sums additive values', () => {
    fc.assert(
      fc.property(hourRows, (rows) => {
        const mine = rollUp([hoursOf(rows, 'additive')], 'additive', level);
        expect(labelled(mine)).toEqual(naive(rows, startOf, (sum) => sum));
      }),
    );
  });

  test('gives the same whether the hours come in one part or in one for each month', () => {
    fc.assert(
      fc.property(hourRows, (rows) => {
        const months = new Map<string, HourRow[]>();
        for (const row of rows) {
          const month = new Date(row.hour).toISOString().slice(0, 7);
          months.set(month, [...(months.get(month) ?? []), row]);
        }
        const parts = [...months].sort(([a], [b]) => compareText(a, b)).map(([, part]) => hoursOf(part));
        expect(rollUp(parts, 'nonadditive', level)).toEqual(rollUp([hoursOf(rows)], 'nonadditive', level));
      }),
    );
  });
});

describe('days and weeks at the changes of the clock', () => {
  const everyHour = (from: string, to: string) => {
    const rows: HourRow[] = [];
    for (let hour = Date.parse(from); hour < Date.parse(to); hour += HOUR)
      rows.push({ location: 'a', dataKey: 'hours', hour, sum: 1, n: 1 });
    return hoursOf(rows, 'additive');
  };
  const windows = (level: Windows, from: string, to: string) =>
    rollUp([everyHour(from, to)], 'additive', level).map(
      ({ time, value }) => [new Date(time).toISOString(), value] as const,
    );

  test('the day the clocks go forward has 23 hours', () => {
    expect(windows(DAILY, '2024-03-29T23:00:00Z', '2024-04-01T22:00:00Z')).toEqual([
      ['2024-03-29T23:00:00.000Z', 24],
      ['2024-03-30T23:00:00.000Z', 23],
      ['2024-03-31T22:00:00.000Z', 24],
    ]);
  });

  test('the day the clocks go back has 25 hours', () => {
    expect(windows(DAILY, '2024-10-25T22:00:00Z', '2024-10-28T23:00:00Z')).toEqual([
      ['2024-10-25T22:00:00.000Z', 24],
      ['2024-10-26T22:00:00.000Z', 25],
      ['2024-10-27T23:00:00.000Z', 24],
    ]);
  });

  test('the weeks that end on these days have 167 and 169 hours', () => {
    expect(windows(WEEKLY, '2024-03-24T23:00:00Z', '2024-04-07T22:00:00Z').map(([, hours]) => hours)).toEqual([
      167, 168,
    ]);
    expect(windows(WEEKLY, '2024-10-20T22:00:00Z', '2024-11-03T23:00:00Z').map(([, hours]) => hours)).toEqual([
      169, 168,
    ]);
  });

  test('a week begins on Monday and may begin in the year before', () => {
    expect(windows(WEEKLY, '2024-12-30T00:00:00Z', '2025-01-02T00:00:00Z')).toEqual([['2024-12-29T23:00:00.000Z', 72]]);
    expect(monthOfWindow(Date.parse('2024-12-29T23:00:00Z'), WEEKLY)).toBe('2024-12');
  });

  test('a day that begins in the last UTC hours of a month belongs to the next local month, an hour does not', () => {
    const time = Date.parse('2024-10-31T23:00:00Z');
    expect(monthOfWindow(time, DAILY)).toBe('2024-11');
    expect(monthOfWindow(time, HOURLY)).toBe('2024-10');
  });

  test('a day whose midnight is skipped begins at its first instant', () => {
    const zone = openZone('America/Sao_Paulo');
    const rows = ['2018-11-04T02:00:00Z', '2018-11-04T03:00:00Z', '2018-11-05T01:00:00Z'].map((text) => ({
      location: 'a',
      dataKey: 'hours',
      hour: Date.parse(text),
      sum: 1,
      n: 1,
    }));
    const days = rollUp([hoursOf(rows, 'additive')], 'additive', { every: DAILY.every, zone });
    expect(days.map(({ time, value }) => [new Date(time).toISOString(), value])).toEqual([
      ['2018-11-03T03:00:00.000Z', 1],
      ['2018-11-04T03:00:00.000Z', 2],
    ]);
  });
});

describe('levelCsv', () => {
  test('writes the six columns of a reading, instants in UTC', () => {
    const row = {
      time: Date.parse('2024-10-27T00:00:00Z'),
      location: 'a,b',
      source: 'Made',
      measurement: 'nonadditive' as const,
      dataKey: 'k',
      value: 0.1,
    };
    expect(levelCsv([row])).toBe(
      'time,location,source,measurement,data_key,data_value\n2024-10-27T00:00:00Z,"a,b",Made,nonadditive,k,0.1\n',
    );
  });
});
