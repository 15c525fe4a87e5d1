import { compareText, type Measurement } from '@sensor-warehouse/model/readings/readings';

/** One value an hour, ordered by hour, each hour once. */
export interface HourSeries {
  readonly location: string;
  readonly source: string;
  readonly measurement: Measurement;
  readonly dataKey: string;
  /** Start of the UTC hour, milliseconds. */
  readonly hour: Float64Array;
  /** Mean of a nonadditive quantity, sum of an additive one. */
  readonly value: Float64Array;
  /** Rows of the file that the value comes from. */
  readonly rows: Int32Array;
}

export type HourSeriesKey = Pick<HourSeries, 'location' | 'source' | 'dataKey'>;

export function keyOf({ location, source, dataKey }: HourSeriesKey): string {
  return JSON.stringify([location, source, dataKey]);
}

export function compareSeries(a: HourSeriesKey, b: HourSeriesKey): number {
  return compareText(a.location, b.location) || compareText(a.source, b.source) || compareText(a.dataKey, b.dataKey);
}

/** Result of laying one series over another, in rows of the files. */
export interface Overlaid {
  readonly series: HourSeries;
  /** Hours below that the upper one has too; `differing` of them with another value. */
  readonly covered: number;
  readonly differing: number;
  /** Rows of the files that the covered hours came from. */
  readonly coveredRows: number;
}

/** The hours of both; where both have one, that of `above`. */
export function overlay(below: HourSeries | undefined, above: HourSeries): Overlaid {
  if (below === undefined) return { series: above, covered: 0, differing: 0, coveredRows: 0 };
  const most = below.hour.length + above.hour.length;
  const hour = new Float64Array(most);
  const value = new Float64Array(most);
  const rows = new Int32Array(most);
  let covered = 0;
  let differing = 0;
  let coveredRows = 0;
  let out = 0;
  const take = (from: HourSeries, at: number) => {
    hour[out] = from.hour[at]!;
    value[out] = from.value[at]!;
    rows[out++] = from.rows[at]!;
  };
  let low = 0;
  for (let high = 0; high < above.hour.length; high++) {
    while (low < below.hour.length && below.hour[low]! < above.hour[high]!) take(below, low++);
    if (below.hour[low] === above.hour[high]) {
      covered++;
      coveredRows += below.rows[low]!;
      if (below.value[low++] !== above.value[high]) differing++;
    }
    take(above, high);
  }
  while (low < below.hour.length) take(below, low++);
  const series = {
    ...above,
    hour: hour.slice(0, out),
    value: value.slice(0, out),
    rows: rows.slice(0, out),
  };
  return { series, covered, differing, coveredRows };
}

/** The hours that `keep` selects. */
export function filterHours(series: HourSeries, keep: (hour: number) => boolean): HourSeries {
  const at = Array.from(series.hour.keys()).filter((row) => keep(series.hour[row]!));
  return {
    ...series,
    hour: Float64Array.from(at, (row) => series.hour[row]!),
    value: Float64Array.from(at, (row) => series.value[row]!),
    rows: Int32Array.from(at, (row) => series.rows[row]!),
  };
}
