import { DAY } from '@sensor-warehouse/model/time/units';
import { localStart, type Zone } from '@sensor-warehouse/model/time/zone';
import { windowValue } from '../levels/levels';
import type { ExpectedReadings } from './expected-interval';
import type { YearTable } from './fact-hourly';
import { keyColumns } from './key-columns';
import { dayStart, isoWeek, isoYearStart, localDay, startOfNext } from './local-days';
import type { PublicTable } from './public-table';
import { isLegacy, type Series, seriesWithin } from './series';
import { textValues } from './write-table';

/** Local days or ISO weeks; a day is of its calendar year, a week of its ISO year. */
export type LocalLevel = 'day' | 'week';

/** Instants `[from, to)` of all days of a local year, or of all weeks of an ISO year. */
export function localYear(year: number, level: LocalLevel, zone: Zone): readonly [from: number, to: number] {
  const first = (one: number) => (level === 'day' ? Date.UTC(one, 0, 1) / DAY : isoYearStart(one));
  return [dayStart(first(year), zone), dayStart(first(year + 1), zone)];
}

/**
 * Days or weeks of a year, from hours that were computed from readings, ordered by location, source, data_key, time;
 * undefined if there are none.
 */
export function localAggregates(
  table: PublicTable,
  series: readonly Series[],
  year: number,
  { level, zone, expected }: { readonly level: LocalLevel; readonly zone: Zone; readonly expected: ExpectedReadings },
): YearTable | undefined {
  const whole = new Map(series.map((one) => [keyOf(one), one]));
  const parts = seriesWithin(table, series, localYear(year, level, zone));
  const windows = windowsIn(level, zone);
  const rows: LocalWindow[] = [];
  const counts = parts.map((part) => {
    const before = rows.length;
    const all = whole.get(keyOf(part))!;
    rows.push(...windowsOfSeries(table, part, windows, (from, to) => expected(all, from, to)!));
    return rows.length - before;
  });
  if (rows.length === 0) return undefined;
  const column = (of: (row: LocalWindow) => number) => Float64Array.from(rows, of);
  const days = Int32Array.from(rows, ({ start }) => localDay(start, zone));
  const expectedOf = ({ expected: one }: LocalWindow) => Math.max(1, Math.round(one));
  return {
    rows: rows.length,
    values: {
      ...(level === 'day'
        ? { date: days }
        : { week: textValues(Array.from(days, (day) => isoWeek(day).name)), week_start: days }),
      ...keyColumns(parts, counts),
      data_value: column(({ value }) => value),
      n: Int32Array.from(rows, ({ n }) => n),
      n_expected: Int32Array.from(rows, expectedOf),
      coverage: column((row) => Math.min(1, row.n / expectedOf(row))),
      minimum: column(({ min }) => min),
      maximum: column(({ max }) => max),
    },
    period: [
      rows.reduce((least, { start }) => Math.min(least, start), Number.POSITIVE_INFINITY),
      rows.reduce((most, { end }) => Math.max(most, end), Number.NEGATIVE_INFINITY),
    ],
  };
}

/** A day or a week of a series. */
export interface LocalWindow {
  readonly start: number;
  readonly end: number;
  readonly value: number;
  readonly n: number;
  readonly expected: number;
  readonly min: number;
  readonly max: number;
}

/** The window `[start, end)` of an instant; each is computed once. */
export function windowsIn(level: LocalLevel, zone: Zone): (instant: number) => readonly [start: number, end: number] {
  let last: readonly [number, number] = [Number.NaN, Number.NaN];
  const ends = new Map<number, number>();
  return (instant) => {
    if (instant >= last[0] && instant < last[1]) return last;
    const start = localStart(instant, zone, level);
    let end = ends.get(start);
    if (end === undefined) {
      end = startOfNext(start, zone, level);
      ends.set(start, end);
    }
    last = [start, end];
    return last;
  };
}

/** Days or weeks of a series that have a good reading. */
export function* windowsOfSeries(
  table: PublicTable,
  { measurement, start: first, end: stop }: Series,
  windowOf: (instant: number) => readonly [start: number, end: number],
  expected: (from: number, to: number) => number,
): Generator<LocalWindow> {
  for (let row = first; row < stop; ) {
    const [start, end] = windowOf(table.time[row]!);
    let [sum, n, min, max] = [0, 0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (; row < stop && table.time[row]! < end; row++) {
      if (isLegacy(table, row)) continue;
      sum += table.sum[row]!;
      n += table.n[row]!;
      min = Math.min(min, table.min[row]!);
      max = Math.max(max, table.max[row]!);
    }
    if (n === 0) continue;
    yield { start, end, value: windowValue(measurement, sum, n), n, expected: expected(start, end), min, max };
  }
}

const keyOf = ({ location, source, dataKey }: Series) => JSON.stringify([location, source, dataKey]);
