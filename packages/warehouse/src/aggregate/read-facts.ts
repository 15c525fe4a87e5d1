import type { Measurement, Series } from '@sensor-warehouse/model/readings';
import { compareText } from '@sensor-warehouse/model/readings';
import { readParquetTable } from '@sensor-warehouse/storage/parquet-table';

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
  readonly file: Int32Array;
  readonly files: readonly string[];
  readonly line: Int32Array;
}

/** Reads a facts file; its rows are sorted by datasource, location, source, data_key, time, ordinal, line. */
export async function readFacts(path: string): Promise<Map<string, FactTable>> {
  const table = await readParquetTable(path);
  const time = table.instants('time');
  const value = table.numbers('data_value');
  const line = table.integers('line');
  const text = Object.fromEntries(
    ['location', 'source', 'measurement', 'data_key', 'datasource_id', 'sensor', 'file'].map((name) => [
      name,
      table.texts(name),
    ]),
  ) as Record<string, { codes: Int32Array; dictionary: readonly string[] }>;
  const { location, source, measurement, data_key, datasource_id, sensor, file } = text as Required<typeof text>;
  const segments = new Map<string, KeySegment[]>();
  let start = 0;
  for (let row = 1; row <= table.rows; row++) {
    const same =
      row < table.rows &&
      location!.codes[row] === location!.codes[start] &&
      data_key!.codes[row] === data_key!.codes[start] &&
      source!.codes[row] === source!.codes[start] &&
      datasource_id!.codes[row] === datasource_id!.codes[start];
    if (same) continue;
    const at = (column: { codes: Int32Array; dictionary: readonly string[] } | undefined) =>
      column!.dictionary[column!.codes[start]!]!;
    const id = at(datasource_id);
    const list = segments.get(id) ?? [];
    segments.set(id, list);
    list.push({
      location: at(location),
      source: at(source),
      measurement: at(measurement) as Measurement,
      dataKey: at(data_key),
      start,
      end: row,
    });
    start = row;
  }
  return new Map(
    [...segments].map(([id, list]) => [
      id,
      {
        time,
        value,
        line,
        sensor: sensor!.codes,
        sensors: sensor!.dictionary,
        file: file!.codes,
        files: file!.dictionary,
        segments: list.sort(compareKeys),
      },
    ]),
  );
}

export function compareKeys(
  a: Pick<Series, 'location' | 'source' | 'dataKey'>,
  b: Pick<Series, 'location' | 'source' | 'dataKey'>,
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
