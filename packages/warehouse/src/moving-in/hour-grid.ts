import { HOUR } from '@sensor-warehouse/model/time/units';
import type { SeriesTable } from './timed-series';

/** The hours of one series under their labels, one cell an hour. */
export interface HourGrid {
  readonly location: string;
  readonly source: string;
  readonly dataKey: string;
  /** Label of the first cell, in hours since 1970. */
  readonly first: number;
  /** NaN where there is no row. */
  readonly values: Float64Array;
  /** Cells with a value. */
  readonly hours: number;
}

/** One dataset, ready to be compared. rows = cells with a value + unreadable + off the hour + repeated. */
export interface GridTable {
  readonly rows: number;
  readonly hours: number;
  readonly unreadable: number;
  /** Rows whose label is not on the hour: a window that was cut. */
  readonly offHour: number;
  /** Rows for a label that an earlier row has; the last one counts. */
  readonly repeated: number;
  readonly grids: ReadonlyMap<string, HourGrid>;
}

/** @param publicNames internal location → public one, under which both sides are compared */
export function gridsOf(tables: readonly SeriesTable[], publicNames: ReadonlyMap<string, string>): GridTable {
  const parts = new Map<string, { location: string; source: string; dataKey: string; pieces: Piece[] }>();
  const add = (total: number, one: number) => total + one;
  let offHour = 0;
  for (const { count, time, value, source, dataKey, ...one } of tables.flatMap(({ series }) => series)) {
    const location = publicNames.get(one.location) ?? one.location;
    const key = JSON.stringify([location, source, dataKey]);
    const hours = new Float64Array(count);
    const values = new Float64Array(count);
    let out = 0;
    for (let row = 0; row < count; row++) {
      if (time[row]! % HOUR !== 0) {
        offHour++;
        continue;
      }
      hours[out] = time[row]! / HOUR;
      values[out++] = value[row]!;
    }
    const part = parts.get(key) ?? { location, source, dataKey, pieces: [] };
    parts.set(key, part);
    if (out > 0) part.pieces.push({ hours: hours.subarray(0, out), values: values.subarray(0, out) });
  }
  const grids = new Map<string, HourGrid>();
  let hours = 0;
  let repeated = 0;
  for (const [key, { pieces, ...names }] of parts) {
    if (pieces.length === 0) continue;
    let first = Number.POSITIVE_INFINITY;
    let last = Number.NEGATIVE_INFINITY;
    for (const piece of pieces) {
      for (const hour of piece.hours) {
        if (hour < first) first = hour;
        if (hour > last) last = hour;
      }
    }
    const values = new Float64Array(last - first + 1).fill(Number.NaN);
    const before = hours;
    for (const piece of pieces) {
      for (let row = 0; row < piece.hours.length; row++) {
        const at = piece.hours[row]! - first;
        if (Number.isNaN(values[at]!)) hours++;
        else repeated++;
        values[at] = piece.values[row]!;
      }
    }
    grids.set(key, { ...names, first, values, hours: hours - before });
  }
  return {
    rows: tables.map((one) => one.rows).reduce(add, 0),
    unreadable: tables.map((one) => one.unreadable).reduce(add, 0),
    hours,
    offHour,
    repeated,
    grids,
  };
}

interface Piece {
  readonly hours: Float64Array;
  readonly values: Float64Array;
}

/** The value under a label, NaN if there is none. */
export function valueOfHour(grid: HourGrid | undefined, label: number): number {
  return grid?.values[label - grid.first] ?? Number.NaN;
}

/** Means that were added in another order differ in their last digits. */
export function sameValue(a: number, b: number): boolean {
  return a === b || Math.abs(a - b) <= 1e-9 * Math.max(1, Math.abs(a), Math.abs(b));
}
