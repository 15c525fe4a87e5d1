import { HOUR } from '@sensor-warehouse/model/time/units';
import { LEFT_OUT } from './flag';
import type { KeySegment, ReadingTable } from './read-facts';

/** The rows of a table of hours, before their values are known. */
export interface HourLayout {
  readonly count: number;
  readonly hour: Float64Array;
  /** Readings of the hour that are not left out for their flags; at least one. */
  readonly good: Int32Array;
  readonly flagged: Int32Array;
  readonly segments: readonly KeySegment[];
}

/** The rows that aggregateHours gives for these readings. */
export function layOutHours({ time, segments }: ReadingTable, flags: Int32Array, every: number = HOUR): HourLayout {
  const hours: number[] = [];
  const good: number[] = [];
  const flagged: number[] = [];
  const hourly: KeySegment[] = [];
  for (const segment of segments) {
    const first = hours.length;
    for (let row = segment.start; row < segment.end; ) {
      const start = Math.floor(time[row]! / every) * every;
      const begin = row;
      let left = 0;
      for (; row < segment.end && time[row]! < start + every; row++) if (flags[row]! & LEFT_OUT) left++;
      if (row - begin === left) continue;
      hours.push(start);
      good.push(row - begin - left);
      flagged.push(left);
    }
    if (hours.length > first) hourly.push({ ...segment, start: first, end: hours.length });
  }
  return {
    count: hours.length,
    hour: Float64Array.from(hours),
    good: Int32Array.from(good),
    flagged: Int32Array.from(flagged),
    segments: hourly,
  };
}
