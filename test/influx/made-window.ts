import type { Month } from '@sensor-warehouse/model/time/month';
import type { MonthOfReadings } from '@sensor-warehouse/warehouse/engines/engine';
import type { KeySegment } from '@sensor-warehouse/warehouse/tables/read-facts';

/** One reading of a made series. */
export interface MadeReading {
  readonly time: number;
  readonly value: number;
  readonly flags?: number;
}

/** A month whose series are named by the keys of `series`, in their order; readings are in the order of time. */
export function monthWith(month: Month, series: Readonly<Record<string, readonly MadeReading[]>>): MonthOfReadings {
  const rows = Object.values(series).flat();
  let start = 0;
  const segments = Object.entries(series).map(([location, { length }]): KeySegment => {
    const segment = { location, source: 'Made', measurement: 'nonadditive', dataKey: 'temp_indoor' } as const;
    start += length;
    return { ...segment, start: start - length, end: start };
  });
  const readings = {
    time: Float64Array.from(rows, ({ time }) => time),
    value: Float64Array.from(rows, ({ value }) => value),
    sensor: new Int32Array(rows.length),
    sensors: ['493D'],
    segments,
  };
  return { month, readings, flags: Int32Array.from(rows, ({ flags = 0 }) => flags) };
}

/** Readings at a fixed interval: `from` and `to` (without it) in milliseconds. */
export function readingsEvery(minutes: number, from: number, to: number): MadeReading[] {
  const rows: MadeReading[] = [];
  for (let time = from; time < to; time += minutes * 60_000) rows.push({ time, value: ((time / 60_000) % 97) / 10 });
  return rows;
}
