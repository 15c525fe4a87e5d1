import { withScratchBucket } from '@sensor-warehouse/influx/scratch-bucket';
import { windowAggregates } from '@sensor-warehouse/influx/window-aggregates';
import { writePoints } from '@sensor-warehouse/influx/write-points';
import { monthStart, shiftMonth } from '@sensor-warehouse/model/time/month';
import type { Hours } from '../tables/hours';
import type { MonthOfReadings } from './engine';
import { startReply } from './influx-reply';
import { keyName, seriesOfWindow } from './influx-series';
import { requireStored } from './influx-stored';
import type { ServerInUse } from './server-in-use';

const MEASUREMENT = 'readings';
const TAG = 'series';

/**
 * Writes a window of months into its own bucket, counts the stored points, lets the server aggregate them, and drops
 * the bucket.
 * @param lengths of the windows to aggregate, milliseconds: an hour, or whole minutes that divide it
 * @returns by length: one table per month, in order
 * @throws Failure unless the server stores and aggregates exactly the points it was sent
 */
export async function windowTables(
  inUse: ServerInUse,
  datasource: string,
  window: readonly MonthOfReadings[],
  lengths: readonly number[],
): Promise<Map<number, readonly Hours[]>> {
  const { server, say, patience } = inUse;
  const tables = new Map<number, readonly Hours[]>(lengths.map((every) => [every, []]));
  if (window.length === 0 || lengths.length === 0) return tables;
  // Our own bucket names a series by a number: lines and results are half as long.
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
      await requireStored(inUse, selection, series);
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
