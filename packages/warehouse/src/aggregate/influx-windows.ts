import type { ConnectedServer } from '@sensor-warehouse/influx/connect';
import { countDiffers } from '@sensor-warehouse/influx/failures';
import type { Patience } from '@sensor-warehouse/influx/patience';
import type { SeriesPoints } from '@sensor-warehouse/influx/point-batches';
import { withScratchBucket } from '@sensor-warehouse/influx/scratch-bucket';
import { storedPoints, windowAggregates } from '@sensor-warehouse/influx/window-aggregates';
import { writePoints } from '@sensor-warehouse/influx/write-points';
import { monthStart, shiftMonth } from '@sensor-warehouse/model/month';
import type { MonthOfReadings } from './engine';
import type { Hours } from './hours';
import { startReply } from './influx-reply';
import { keyName, seriesOfWindow } from './influx-series';

const MEASUREMENT = 'readings';
const TAG = 'series';

/**
 * Writes a window of months into a bucket of its own, counts there what was stored, lets the server aggregate it, and
 * drops the bucket.
 * @param lengths of the windows to aggregate, milliseconds: an hour, or whole minutes that divide it
 * @returns by length: one table a month, in order
 * @throws Failure unless the server holds exactly what it was sent, and aggregates all of it
 */
export async function windowTables(
  server: ConnectedServer,
  datasource: string,
  window: readonly MonthOfReadings[],
  lengths: readonly number[],
  say: (line: string) => void,
  patience: Patience,
): Promise<Map<number, readonly Hours[]>> {
  const tables = new Map<number, readonly Hours[]>(lengths.map((every) => [every, []]));
  if (window.length === 0 || lengths.length === 0) return tables;
  // In a bucket of our own a series is a number: lines and results are half as long.
  const names = new Map<string, string>();
  for (const { readings } of window)
    for (const segment of readings.segments)
      if (!names.has(keyName(segment))) names.set(keyName(segment), `${names.size}`);
  const series = seriesOfWindow(window, (segment) => ({
    measurement: MEASUREMENT,
    tags: { [TAG]: names.get(keyName(segment))! },
  }));
  return withScratchBucket(
    server,
    async ({ name: bucket }) => {
      const started = performance.now();
      const sent = await writePoints(server, bucket, series, patience);
      const seconds = ((performance.now() - started) / 1000).toFixed(1);
      const months = window.map(({ month }) => month);
      say(`influx-aggregate: ${datasource} ${months.join(', ')}: ${sent} points in ${seconds} s`);
      const [from, to] = [monthStart(months[0]!), monthStart(shiftMonth(months.at(-1)!, 1))];
      const selection = { bucket, measurement: MEASUREMENT, tag: TAG, from, to };
      requireStored(server, await storedPoints(server, selection, patience), pointsOf(series));
      for (const every of lengths) {
        const reply = startReply(server, window, names, every);
        await windowAggregates(server, selection, every, reply.take, patience);
        tables.set(every, reply.hours());
      }
      return tables;
    },
    patience,
  );
}

/** How many points each series was given. */
function pointsOf(series: readonly SeriesPoints[]): Map<string, number> {
  const points = new Map<string, number>();
  for (const { key, leftOut, start, end } of series) {
    const name = key.tags[TAG]!;
    let count = points.get(name) ?? 0;
    for (let row = start; row < end; row++) if (leftOut[row] === 0) count++;
    if (count > 0) points.set(name, count);
  }
  return points;
}

/** @throws Failure unless the server holds exactly what it was sent: a wrong aggregate would look like a right one */
function requireStored(
  server: ConnectedServer,
  stored: ReadonlyMap<string, number>,
  sent: ReadonlyMap<string, number>,
): void {
  for (const name of new Set([...sent.keys(), ...stored.keys()])) {
    const [is, should] = [stored.get(name) ?? 0, sent.get(name) ?? 0];
    if (is !== should)
      throw countDiffers(
        server,
        'InfluxDB does not hold what it acknowledged',
        `${is} points of a series`,
        `${should}`,
      );
  }
}
