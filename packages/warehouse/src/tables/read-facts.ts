import { basename } from 'node:path';
import type { Measurement } from '@sensor-warehouse/model/readings/readings';
import { compareText } from '@sensor-warehouse/model/readings/readings';
import { type Month, monthStart, shiftMonth } from '@sensor-warehouse/model/time/month';
import { type ParquetTextColumn, readParquetTable } from '@sensor-warehouse/storage/read-parquet-table';
import type { FactSeries, FactsManifest } from '../layout/facts-manifest';
import { requireConservation } from '../run/law';

/** Rows of one key (location, source, data_key), `[start, end)`, ordered by time and, for one instant, by arrival. */
export interface KeySegment {
  readonly location: string;
  readonly source: string;
  readonly measurement: Measurement;
  readonly dataKey: string;
  readonly start: number;
  readonly end: number;
}

/** Readings of one datasource as they were delivered or archived. */
export interface ReadingTable {
  /** Instants, milliseconds. */
  readonly time: Float64Array;
  readonly value: Float64Array;
  /** Index into `sensors`. */
  readonly sensor: Int32Array;
  readonly sensors: readonly string[];
  /** Ordered by location, source, data_key. */
  readonly segments: readonly KeySegment[];
}

/** A datasource's share of a facts file, with what a message needs to name a row. */
export interface FactTable extends ReadingTable {
  /** The upload's order of arrival. */
  readonly ordinal: Int32Array;
  /** Ordinal → name of the upload. */
  readonly files: ReadonlyMap<number, string>;
  readonly line: Int32Array;
}

/** The columns that make a key, and how they are read. */
export const KEY_COLUMNS = { location: 'text', source: 'text', measurement: 'text', data_key: 'text' } as const;

/**
 * Reads the facts of one datasource and month. The file is sorted by datasource, month, location, source, data_key, time,
 * ordinal, line; where a key begins and ends is taken from the manifest: reading its texts takes longer than everything
 * else.
 * @returns undefined if the file holds nothing of them
 * @throws Failure (bug) if rows of the month are outside of it: whether facts are what their manifest says is asked before
 *   (see differingSeries)
 */
export async function readFacts(
  path: string,
  { series, files }: Pick<FactsManifest, 'series' | 'files'>,
  datasource: string,
  month: Month,
): Promise<FactTable | undefined> {
  const own = series.filter((one) => one.datasource === datasource && one.month === month);
  if (own.length === 0) return undefined;
  const start = rowsOf(series.slice(0, series.indexOf(own[0]!)));
  const { columns } = await readParquetTable(
    path,
    { time: 'instant', data_value: 'number', sensor: 'text', ordinal: 'integer', line: 'integer' },
    { start, end: start + rowsOf(own) },
  );
  let end = 0;
  const segments = own.map(({ location, source, measurement, dataKey, facts }): KeySegment => {
    end += facts;
    return { location, source, measurement, dataKey, start: end - facts, end };
  });
  const { time, data_value, sensor, ordinal, line } = columns;
  requireMonth(time, month, path);
  return {
    time,
    value: data_value,
    sensor: sensor.codes,
    sensors: sensor.dictionary,
    ordinal,
    files: new Map(files.filter((file) => file.datasource === datasource).map((file) => [file.ordinal, file.name])),
    line,
    segments: segments.sort(compareKeys),
  };
}

/** The months of a datasource's facts, in order. */
export function monthsOfFacts(series: readonly FactSeries[], datasource: string): Month[] {
  return [...new Set(series.filter((one) => one.datasource === datasource).map(({ month }) => month))].sort();
}

/** A reading of another month would be lost: its month is merged without it. */
function requireMonth(time: Float64Array, month: Month, path: string): void {
  const from = monthStart(month);
  const to = monthStart(shiftMonth(month, 1));
  let inside = 0;
  for (const instant of time) if (instant >= from && instant < to) inside++;
  const equation = `facts of ${month} in ${basename(path)} ${time.length} = facts within it ${inside}`;
  requireConservation('read-facts', { equation, left: time.length, right: inside });
}

function rowsOf(series: readonly FactSeries[]): number {
  return series.reduce((total, { facts }) => total + facts, 0);
}

/** Segments of the rows `[start, end)`, in the order of their keys. */
export function segmentsOf(
  key: Readonly<Record<keyof typeof KEY_COLUMNS, ParquetTextColumn>>,
  start: number,
  end: number,
): KeySegment[] {
  const textAt = ({ codes, dictionary }: ParquetTextColumn, row: number) => dictionary[codes[row]!]!;
  return runsOf(key.location, start, end)
    .flatMap((run) => runsOf(key.source, run.start, run.end))
    .flatMap((run) => runsOf(key.data_key, run.start, run.end))
    .map((run) => ({
      location: textAt(key.location, run.start),
      source: textAt(key.source, run.start),
      measurement: textAt(key.measurement, run.start) as Measurement,
      dataKey: textAt(key.data_key, run.start),
      ...run,
    }))
    .sort(compareKeys);
}

/** Runs of rows with the same text. */
function runsOf(
  { codes }: ParquetTextColumn,
  start: number,
  end: number,
): { readonly start: number; readonly end: number }[] {
  const runs: { start: number; end: number }[] = [];
  for (let row = start; row < end; row++) {
    const first = row;
    const code = codes[row];
    while (row + 1 < end && codes[row + 1] === code) row++;
    runs.push({ start: first, end: row + 1 });
  }
  return runs;
}

export function compareKeys(
  a: Pick<KeySegment, 'location' | 'source' | 'dataKey'>,
  b: Pick<KeySegment, 'location' | 'source' | 'dataKey'>,
): number {
  return compareText(a.location, b.location) || compareText(a.source, b.source) || compareText(a.dataKey, b.dataKey);
}

/** First row in `[start, end)` whose time is not before `instant`. */
export function lowerBound(time: Float64Array, start: number, end: number, instant: number): number {
  let low = start;
  let high = end;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (time[middle]! < instant) low = middle + 1;
    else high = middle;
  }
  return low;
}
