import { compareText } from '@sensor-warehouse/model/readings/readings';
import { DAY, HOUR } from '@sensor-warehouse/model/time/units';
import type { Zone } from '@sensor-warehouse/model/time/zone';
import type { ListedPeriod } from '../layout/file-list';
import type { DataSummary, Example, MeasuredSummary, MonthCoverage, SeriesCoverage } from './described-dataset';
import { localDay, localMonthOf } from './local-days';

/** Hours of series: the rows of a run are of one series, in order of time. */
export interface HourlyTable {
  readonly rows: number;
  readonly time: Float64Array;
  readonly value: Float64Array;
  /** 0 for an hour of an earlier pipeline. */
  readonly n: Int32Array;
  readonly runs: readonly HourlyRun[];
}

export interface HourlyRun {
  readonly location: string;
  readonly source: string;
  readonly dataKey: string;
  readonly start: number;
  readonly end: number;
}

/** How many readings a series would have in `[from, to)` if none were missing; undefined if unknown. */
export type ExpectedIn<Series> = (series: Series, from: number, to: number) => number | undefined;

/**
 * Summarises the data for the metadata.
 * @param series the runs of each series as one, for the expected readings
 */
export function dataSummary<Series extends HourlyRun>(
  table: HourlyTable,
  series: readonly Series[],
  zone: Zone,
  expected: ExpectedIn<Series>,
): DataSummary {
  const { rows, time, n } = table;
  let legacyHours = 0;
  let [first, last, lastComputed] = [Infinity, -Infinity, -Infinity];
  let [legacyFirst, legacyLast] = [Infinity, -Infinity];
  for (let row = 0; row < rows; row++) {
    const hour = time[row]!;
    if (hour < first) first = hour;
    if (hour > last) last = hour;
    if (n[row] !== 0) {
      if (hour > lastComputed) lastComputed = hour;
      continue;
    }
    legacyHours++;
    if (hour < legacyFirst) legacyFirst = hour;
    if (hour > legacyLast) legacyLast = hour;
  }
  return {
    rows,
    locations: new Set(series.map(({ location }) => location)).size,
    period: rows === 0 ? undefined : periodOf(first, last),
    legacy: legacyHours === 0 ? undefined : { hours: legacyHours, period: periodOf(legacyFirst, legacyLast) },
    measured: measuredOf(table, series),
    coverage: rows === 0 ? [] : coverageOf(table, series, lastComputed, zone, expected),
    example: exampleOf(table, series),
  };
}

function periodOf(first: number, last: number): ListedPeriod {
  const text = (instant: number) => `${new Date(instant).toISOString().slice(0, 19)}Z`;
  return { from: text(first), to: text(last + HOUR) };
}

function measuredOf({ value }: HourlyTable, series: readonly HourlyRun[]): MeasuredSummary[] {
  const found = new Map<string, MeasuredSummary>();
  for (const { dataKey, start, end } of series) {
    const known = found.get(dataKey);
    let [minimum, maximum] = [known?.minimum ?? Infinity, known?.maximum ?? -Infinity];
    for (let row = start; row < end; row++) {
      if (value[row]! < minimum) minimum = value[row]!;
      if (value[row]! > maximum) maximum = value[row]!;
    }
    const hours = (known?.hours ?? 0) + end - start;
    found.set(dataKey, { dataKey, hours, series: (known?.series ?? 0) + 1, minimum, maximum });
  }
  return [...found.values()].sort((a, b) => compareText(a.dataKey, b.dataKey));
}

function coverageOf<Series extends HourlyRun>(
  { time, n }: HourlyTable,
  series: readonly Series[],
  last: number,
  zone: Zone,
  expected: ExpectedIn<Series>,
): SeriesCoverage[] {
  return series.flatMap((one) => {
    let row = one.start;
    while (row < one.end && n[row] === 0) row++;
    if (row === one.end) return [];
    const months: MonthCoverage[] = [];
    // A month without readings shows no interval, so the previous month's applies.
    let rate: number | undefined;
    for (let month = localMonthOf(time[row]!, zone); month.start <= last; month = localMonthOf(month.end, zone)) {
      let readings = 0;
      for (; row < one.end && time[row]! < month.end; row++) readings += n[row]!;
      const length = month.end - month.start;
      const whole = expected(one, month.start, month.end);
      rate = whole === undefined ? rate : whole / length;
      if (rate === undefined) continue;
      const name = new Date(localDay(month.start, zone) * DAY).toISOString().slice(0, 7);
      months.push({ month: name, n: readings, expected: Math.max(1, Math.round(rate * length)) });
    }
    const { location, source, dataKey } = one;
    return months.length === 0 ? [] : [{ location, source, dataKey, months }];
  });
}

/** Letters, digits and marks with no special meaning in SQL, Python, R or Markdown. */
const PLAIN = /^[\p{L}\p{N}][\p{L}\p{N} ._-]*$/u;

/** The series whose hours end last, so that its month is recent; undefined if no name is plain. */
function exampleOf({ time }: HourlyTable, series: readonly HourlyRun[]): Example | undefined {
  const plain = series.filter(({ location, dataKey }) => PLAIN.test(location) && PLAIN.test(dataKey));
  const [first, ...others] = plain;
  if (first === undefined) return undefined;
  const endOf = ({ end }: HourlyRun) => time[end - 1]!;
  const newest = others.reduce((best, one) => (endOf(one) > endOf(best) ? one : best), first);
  const last = new Date(endOf(newest));
  const day = (month: number) => new Date(Date.UTC(last.getUTCFullYear(), month, 1)).toISOString().slice(0, 10);
  return {
    location: newest.location,
    dataKey: newest.dataKey,
    from: day(last.getUTCMonth()),
    until: day(last.getUTCMonth() + 1),
  };
}
