import { readParquetTable } from '@sensor-warehouse/storage/read-parquet-table';
import { writeParquetTable } from '@sensor-warehouse/storage/write-parquet-table';
import { compareSeries, type HourSeries } from '../tables/hour-series';
import { KEY_COLUMNS, type KeySegment, segmentsOf } from '../tables/read-facts';

/** Hours of an earlier pipeline in columns, ordered by key, then hour. */
export interface LegacyHours {
  /** Start of the UTC hour, milliseconds. */
  readonly hour: Float64Array;
  readonly value: Float64Array;
  readonly segments: readonly KeySegment[];
}

/** `legacy/<month>.<sha8>.parquet`. */
export async function writeLegacyHours(path: string, hours: readonly HourSeries[]): Promise<number> {
  const series = [...hours].sort(compareSeries);
  const rows = series.reduce((total, one) => total + one.hour.length, 0);
  const time = new Float64Array(rows);
  const value = new Float64Array(rows);
  const text = (name: string, of: (one: HourSeries) => string) => {
    const dictionary = [...new Set(series.map(of))];
    const codes = new Int32Array(rows);
    let start = 0;
    for (const one of series) {
      codes.fill(dictionary.indexOf(of(one)), start, start + one.hour.length);
      start += one.hour.length;
    }
    return { name, kind: 'text' as const, codes, dictionary };
  };
  let at = 0;
  for (const one of series) {
    time.set(one.hour, at);
    value.set(one.value, at);
    at += one.hour.length;
  }
  await writeParquetTable(
    path,
    rows,
    [
      { name: 'time', kind: 'instant', values: time },
      text('location', (one) => one.location),
      text('source', (one) => one.source),
      text('measurement', (one) => one.measurement),
      text('data_key', (one) => one.dataKey),
      { name: 'data_value', kind: 'number', values: value },
    ],
    { compression: 'small' },
  );
  return rows;
}

export async function readLegacyHours(path: string): Promise<LegacyHours> {
  const { rows, columns } = await readParquetTable(path, { ...KEY_COLUMNS, time: 'instant', data_value: 'number' });
  return { hour: columns.time, value: columns.data_value, segments: segmentsOf(columns, 0, rows) };
}

/** The same, series by series. */
export function seriesOf({ hour, value, segments }: LegacyHours): HourSeries[] {
  return segments.map(({ start, end, ...key }) => ({
    ...key,
    hour: hour.slice(start, end),
    value: value.slice(start, end),
    rows: new Int32Array(end - start).fill(1),
  }));
}
