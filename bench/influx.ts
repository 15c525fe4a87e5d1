// Writes made readings into an InfluxDB of its own and asks for their hours, and prints how long both took. Arguments:
// sensors, first instant in milliseconds, days, rounds.

import { startLocalServer } from '@sensor-warehouse/influx/local-server';
import type { SeriesPoints } from '@sensor-warehouse/influx/point-batches';
import { withScratchBucket } from '@sensor-warehouse/influx/scratch-bucket';
import { windowAggregates } from '@sensor-warehouse/influx/window-aggregates';
import { writePoints } from '@sensor-warehouse/influx/write-points';

/** What this prints. */
export interface InfluxRounds {
  readonly points: number;
  readonly write: readonly number[];
  readonly hourly: readonly number[];
}

const HOUR = 3_600_000;
const MINUTE = 60_000;
/** Temperature and humidity. */
const SERIES_OF_A_SENSOR = 2;

/** A reading a minute with one decimal; as the engine writes them, a series is a number. */
function makeSeries(sensors: number, from: number, days: number): SeriesPoints[] {
  const rows = (days * 24 * HOUR) / MINUTE;
  const time = Float64Array.from({ length: rows }, (_, row) => from + row * MINUTE);
  const leftOut = new Int32Array(rows);
  return Array.from({ length: sensors * SERIES_OF_A_SENSOR }, (_, series) => {
    const swing = (row: number) => 10 * Math.sin((row + 97 * series) / 229);
    const value = Float64Array.from({ length: rows }, (_, row) => Math.round(10 * (20 + swing(row))) / 10);
    return {
      key: { measurement: 'readings', tags: { series: `${series}` } },
      time,
      value,
      leftOut,
      start: 0,
      end: rows,
    };
  });
}

const secondsSince = (started: number) => (performance.now() - started) / 1000;

const [sensors, from, days, rounds] = process.argv.slice(2).map(Number) as [number, number, number, number];
const series = makeSeries(sensors, from, days);
const points = series.reduce((total, { start, end }) => total + end - start, 0);
const { server, stop } = await startLocalServer();
try {
  const write: number[] = [];
  const hourly: number[] = [];
  for (let round = 0; round < rounds; round++)
    await withScratchBucket(server, async ({ name: bucket }) => {
      const began = performance.now();
      await writePoints(server, bucket, series);
      write.push(secondsSince(began));
      const selection = { bucket, measurement: 'readings', tag: 'series', from, to: from + days * 24 * HOUR };
      let counted = 0;
      const asked = performance.now();
      await windowAggregates(server, selection, HOUR, (aggregate, _series, _hour, value) => {
        if (aggregate === 'count') counted += value;
      });
      hourly.push(secondsSince(asked));
      if (counted !== points) throw new Error(`InfluxDB counts ${counted} of ${points} points`);
    });
  process.stdout.write(JSON.stringify({ points, write, hourly } satisfies InfluxRounds));
} finally {
  await stop();
}
