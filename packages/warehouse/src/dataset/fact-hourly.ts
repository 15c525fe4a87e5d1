import { HOUR } from '@sensor-warehouse/model/time/units';
import type { Zone } from '@sensor-warehouse/model/time/zone';
import { keyColumns } from './key-columns';
import { localDays } from './local-days';
import type { PublicTable } from './public-table';
import { isLegacy, type Series, seriesWithin } from './series';
import { type ColumnValues, NO_INTEGER } from './write-table';

/** Values of a table of one year, ready to be written, and the time that it covers. */
export interface YearTable {
  readonly rows: number;
  readonly values: Readonly<Record<string, ColumnValues>>;
  /** Instants `[from, to)` from its first window to the end of its last. */
  readonly period: readonly [from: number, to: number];
}

/** Instants `[from, to)` of a UTC year. */
export function utcYear(year: number): readonly [from: number, to: number] {
  return [Date.UTC(year, 0, 1), Date.UTC(year + 1, 0, 1)];
}

/** The hours of a UTC year, ordered by location, source, data_key, time; undefined if there are none. */
export function factHourly(
  table: PublicTable,
  series: readonly Series[],
  year: number,
  zone: Zone,
): YearTable | undefined {
  const parts = seriesWithin(table, series, utcYear(year));
  if (parts.length === 0) return undefined;
  const counts = parts.map(({ start, end }) => end - start);
  const rows = counts.reduce((total, count) => total + count, 0);
  const dayOf = localDays(zone);
  const time = new Float64Array(rows);
  const date = new Int32Array(rows);
  const value = new Float64Array(rows);
  const n = new Int32Array(rows);
  const min = new Float64Array(rows);
  const max = new Float64Array(rows);
  const origin = new Int32Array(rows);
  let out = 0;
  for (const { start, end } of parts) {
    time.set(table.time.subarray(start, end), out);
    value.set(table.value.subarray(start, end), out);
    min.set(table.min.subarray(start, end), out);
    max.set(table.max.subarray(start, end), out);
    for (let row = start; row < end; row++, out++) {
      const legacy = isLegacy(table, row);
      date[out] = dayOf(table.time[row]!);
      n[out] = legacy ? NO_INTEGER : table.n[row]!;
      origin[out] = legacy ? 1 : 0;
    }
  }
  return {
    rows,
    values: {
      time,
      date,
      ...keyColumns(parts, counts),
      data_value: value,
      n,
      minimum: min,
      maximum: max,
      origin: { codes: origin, dictionary: ['readings', 'legacy'] },
    },
    period: periodOf(table, parts),
  };
}

function periodOf({ time }: PublicTable, parts: readonly Series[]): readonly [from: number, to: number] {
  let [from, to] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { start, end } of parts) {
    from = Math.min(from, time[start]!);
    to = Math.max(to, time[end - 1]!);
  }
  return [from, to + HOUR];
}
