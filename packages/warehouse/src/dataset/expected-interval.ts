import { HOUR, MINUTE } from '@sensor-warehouse/model/time/units';
import type { Zone } from '@sensor-warehouse/model/time/zone';
import { lowerBound } from '../tables/read-facts';
import { type LocalMonth, localMonthOf } from './local-days';
import type { PublicTable } from './public-table';
import { isLegacy, type Series } from './series';

/** Sources by name, and the time from one of their readings to the next in milliseconds, where it is declared. */
export type DeclaredIntervals = ReadonlyMap<string, number>;

/** How many readings a series would have in `[from, to)` if none were missing; not rounded. */
export type ExpectedReadings = (series: Series, from: number, to: number) => number | undefined;

/**
 * Expected readings of series: by the interval that their source declares, or else by the one that the hours of each
 * local month show. So after a sensor's interval is changed, the new one applies from the next month on.
 */
export function expectedReadings(
  table: Pick<PublicTable, 'time' | 'n'>,
  zone: Zone,
  declared: DeclaredIntervals,
): ExpectedReadings {
  const intervalIn = shownIntervals(table);
  return (series, from, to) => {
    const known = declared.get(series.source);
    if (known !== undefined) return (to - from) / known;
    const first = localMonthOf(from, zone);
    const last = localMonthOf(to - 1, zone);
    const early = intervalIn(series, first) ?? intervalIn(series, last);
    const late = intervalIn(series, last) ?? early;
    if (early === undefined || late === undefined) return undefined;
    const border = Math.min(to, first.end);
    return (border - from) / early + (to - border) / late;
  };
}

/** The interval of a series now, in milliseconds: the declared one, or that of the last month in which it was read. */
export function lastInterval(
  table: Pick<PublicTable, 'time' | 'n'>,
  zone: Zone,
  declared: DeclaredIntervals,
): (series: Series) => number | undefined {
  const intervalIn = shownIntervals(table);
  return (series) => {
    let row = series.end - 1;
    while (row >= series.start && isLegacy(table, row)) row--;
    if (row < series.start) return undefined;
    return declared.get(series.source) ?? intervalIn(series, localMonthOf(table.time[row]!, zone));
  };
}

function shownIntervals(table: Pick<PublicTable, 'time' | 'n'>) {
  const known = new Map<string, number | undefined>();
  return ({ location, source, dataKey, start, end }: Series, month: LocalMonth): number | undefined => {
    const key = JSON.stringify([location, source, dataKey, month.start]);
    if (!known.has(key)) {
      const first = lowerBound(table.time, start, end, month.start);
      known.set(key, shownInterval(table, first, lowerBound(table.time, first, end, month.end)));
    }
    return known.get(key);
  };
}

/**
 * Infers the interval from the number of readings per hour: the most common number counts. An interval that does not
 * divide the hour alternates between two neighbouring numbers, which are averaged; but one less than a number that
 * divides it means a lost reading. If hours have one reading, the distance between hours counts.
 * @returns milliseconds: whole minutes, or whole seconds below two minutes; undefined if no row was computed from
 *   readings
 */
export function shownInterval({ time, n }: Pick<PublicTable, 'time' | 'n'>, start: number, end: number) {
  const numbers = new Map<number, number>();
  const distances = new Map<number, number>();
  let last = Number.NaN;
  for (let row = start; row < end; row++) {
    if (isLegacy({ n }, row)) continue;
    count(numbers, n[row]!);
    const distance = Math.round((time[row]! - last) / HOUR);
    if (!Number.isNaN(distance)) count(distances, distance);
    last = time[row]!;
  }
  if (numbers.size === 0) return undefined;
  const usual = usualNumber(numbers);
  if (usual > 1) return rounded(HOUR / average(numbers, usual, 0));
  const apart = distances.size === 0 ? 1 : mostCommon(distances);
  if (apart > 1) return apart * HOUR;
  // A reading that comes a little late leaves one hour empty and makes the next one have two.
  return rounded(HOUR / Math.max(1, average(numbers, usual, distances.get(2) ?? 0)));
}

/** If most hours have lost readings, at least this share of them must have all. */
const WHOLE_SHARE = 0.1;

function usualNumber(numbers: ReadonlyMap<number, number>): number {
  const usual = mostCommon(numbers);
  if (dividesHour(usual)) return usual;
  const hours = [...numbers.values()].reduce((total, times) => total + times, 0);
  const whole = [...numbers].filter(([number, times]) => dividesHour(number) && times >= hours * WHOLE_SHARE);
  return whole.reduce((most, [number]) => Math.max(most, number), usual);
}

/** Whether this many readings per hour are whole minutes apart, or whole seconds if there are more than sixty. */
function dividesHour(number: number): boolean {
  return number <= 60 ? 60 % number === 0 : 3600 % number === 0;
}

function count(histogram: Map<number, number>, value: number): void {
  histogram.set(value, (histogram.get(value) ?? 0) + 1);
}

/** The smaller one of two values that are equally common. */
function mostCommon(histogram: ReadonlyMap<number, number>): number {
  let best = Number.POSITIVE_INFINITY;
  let most = 0;
  for (const [value, times] of histogram) {
    if (times < most || (times === most && value > best)) continue;
    best = value;
    most = times;
  }
  return best;
}

/** Readings per hour of the hours with the usual number of readings, or with the numbers that come by turns with it. */
function average(numbers: ReadonlyMap<number, number>, usual: number, empty: number): number {
  let readings = 0;
  let hours = empty;
  for (const value of [...(dividesHour(usual) ? [] : [usual - 1]), usual, usual + 1]) {
    readings += value * (numbers.get(value) ?? 0);
    hours += numbers.get(value) ?? 0;
  }
  return readings / hours;
}

const SECOND = 1000;

/** Intervals from this length on are whole minutes. */
const LONG = 110 * SECOND;

function rounded(interval: number): number {
  const unit = interval >= LONG ? MINUTE : SECOND;
  return Math.max(unit, Math.round(interval / unit) * unit);
}
