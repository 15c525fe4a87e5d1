import { DAY, HOUR } from '@sensor-warehouse/model/time/units';
import { localStart, type Zone } from '@sensor-warehouse/model/time/zone';
import type { SeriesRows, TimeStep } from '../dataset/series-rows';

/** Where the hour, local day or local week of an instant begins. */
export function stepStart(instant: number, step: TimeStep, zone: Zone): number {
  return step === 'hour' ? Math.floor(instant / HOUR) * HOUR : localStart(instant, zone, step);
}

/** Where the hour, day or week that begins at `start` ends; a day may be 23 or 25 hours long. */
export function stepEnd(start: number, step: TimeStep, zone: Zone): number {
  if (step === 'hour') return start + HOUR;
  return localStart(start + (step === 'day' ? 1.5 : 7.5) * DAY, zone, step);
}

/** Every hour, day or week that reaches into a period, by its start. */
export function gridOf(step: TimeStep, from: number, to: number, zone: Zone): number[] {
  const grid: number[] = [];
  for (let at = stepStart(from, step, zone); at < to; at = stepEnd(at, step, zone)) grid.push(at);
  return grid;
}

/** For each start of a grid the row that begins there, or -1. Both are in order. */
export function rowsAt(grid: readonly number[], starts: Float64Array): Int32Array {
  const found = new Int32Array(grid.length).fill(-1);
  let row = 0;
  for (let i = 0; i < grid.length; i++) {
    while (row < starts.length && starts[row]! < grid[i]!) row++;
    if (row < starts.length && starts[row] === grid[i]) found[i] = row;
  }
  return found;
}

/** The first row that begins at or after an instant. */
export function firstRowFrom(starts: ArrayLike<number>, instant: number): number {
  let low = 0;
  let high = starts.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (starts[middle]! < instant) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The rows that reach into a window, as a range. */
export function rowsIn({ start }: SeriesRows, step: TimeStep, from: number, to: number, zone: Zone): [number, number] {
  return [firstRowFrom(start, stepStart(from, step, zone)), firstRowFrom(start, to)];
}

/** The same time on the wall a year earlier; of weeks, the week 52 weeks earlier. */
export function yearEarlier(instant: number, step: TimeStep, zone: Zone): number {
  return shifted(instant, step, zone, -1);
}

/**
 * Rows moved a year on, to lie over those of the year after: the same time on the wall. What has no such time, 29 February
 * and the hour that a clock change leaves out, is left out, and so is the second pass of a doubled hour.
 */
export function yearLater(rows: SeriesRows, step: TimeStep, zone: Zone): SeriesRows {
  const moved = Array.from(rows.start, (start) => shifted(start, step, zone, 1));
  let last = Number.NEGATIVE_INFINITY;
  const kept = moved.flatMap((start, row) => {
    // Not a number is not greater, too.
    if (!(start > last)) return [];
    last = start;
    return [row];
  });
  const column = (values: Float64Array) => Float64Array.from(kept, (row) => values[row]!);
  return {
    start: Float64Array.from(kept, (row) => moved[row]!),
    value: column(rows.value),
    n: column(rows.n),
    expected: column(rows.expected),
    minimum: column(rows.minimum),
    maximum: column(rows.maximum),
  };
}

function shifted(instant: number, step: TimeStep, zone: Zone, years: number): number {
  if (step === 'week') return localStart(instant + years * 364 * DAY + DAY / 2, zone, 'week');
  const wall = new Date(instant + zone.offsetAt(instant));
  const month = wall.getUTCMonth();
  wall.setUTCFullYear(wall.getUTCFullYear() + years);
  return wall.getUTCMonth() === month ? zone.resolve(wall.getTime()).first : Number.NaN;
}
