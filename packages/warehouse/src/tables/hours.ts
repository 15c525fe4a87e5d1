import { HOUR } from '@sensor-warehouse/model/time/units';
import { LEFT_OUT } from './flag';
import type { KeySegment, ReadingTable } from './read-facts';

/** Aggregates of UTC hours, in columns; ordered by key, then hour. A row exists only if n > 0. */
export interface Hours {
  readonly count: number;
  /** Start of the hour (or of the shorter window), milliseconds. */
  readonly hour: Float64Array;
  readonly n: Int32Array;
  readonly sum: Float64Array;
  readonly min: Float64Array;
  readonly max: Float64Array;
  /** Readings of the hour that were left out for their flags. */
  readonly flagged: Int32Array;
  /** `[start, end)` are rows of this table. */
  readonly segments: readonly KeySegment[];
}

/**
 * The embedded engine: n, sum, min and max per series and hour, of the readings that are not left out for their flags.
 * Values are added in the order of time, so that the sum has one defined rounding.
 * @param every length of the windows in milliseconds: an hour, or a part that divides it
 */
export function aggregateHours(readings: ReadingTable, flags: Int32Array, every: number = HOUR): Hours {
  const { time, value, segments } = readings;
  const most = countWindows(readings, every);
  const hour = new Float64Array(most);
  const n = new Int32Array(most);
  const sum = new Float64Array(most);
  const min = new Float64Array(most);
  const max = new Float64Array(most);
  const flagged = new Int32Array(most);
  const hourly: KeySegment[] = [];
  let out = 0;
  for (const segment of segments) {
    const first = out;
    let row = segment.start;
    while (row < segment.end) {
      const start = Math.floor(time[row]! / every) * every;
      const stop = start + every;
      let count = 0;
      let left = 0;
      let total = 0;
      let least = Number.POSITIVE_INFINITY;
      let greatest = Number.NEGATIVE_INFINITY;
      for (; row < segment.end && time[row]! < stop; row++) {
        if (flags[row]! & LEFT_OUT) {
          left++;
          continue;
        }
        const one = value[row]!;
        count++;
        total += one;
        if (one < least) least = one;
        if (one > greatest) greatest = one;
      }
      if (count === 0) continue;
      hour[out] = start;
      n[out] = count;
      sum[out] = total;
      min[out] = least;
      max[out] = greatest;
      flagged[out++] = left;
    }
    if (out > first) hourly.push({ ...segment, start: first, end: out });
  }
  return { count: out, hour, n, sum, min, max, flagged, segments: hourly };
}

function countWindows({ time, segments }: ReadingTable, every: number): number {
  let windows = 0;
  for (const { start, end } of segments) {
    let last = Number.NaN;
    for (let row = start; row < end; row++) {
      const window = Math.floor(time[row]! / every);
      if (window !== last) {
        windows++;
        last = window;
      }
    }
  }
  return windows;
}
