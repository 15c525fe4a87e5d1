import { type ConnectedServer, connect, type ServerAddress } from '@sensor-warehouse/influx/connect';
import { countDiffers } from '@sensor-warehouse/influx/failures';
import { hourlyAggregates, storedPoints } from '@sensor-warehouse/influx/hourly';
import { startLocalServer } from '@sensor-warehouse/influx/local-server';
import { openMonitoringBucket, writeMonitored } from '@sensor-warehouse/influx/monitoring-bucket';
import { PATIENCE, type Patience } from '@sensor-warehouse/influx/patience';
import type { SeriesPoints } from '@sensor-warehouse/influx/point-batches';
import { sweepScratchBuckets, withScratchBucket } from '@sensor-warehouse/influx/scratch-bucket';
import { writePoints } from '@sensor-warehouse/influx/write-points';
import { printable } from '@sensor-warehouse/model/finding';
import { monthStart, shiftMonth } from '@sensor-warehouse/model/month';
import type { Engine, MonthOfReadings } from './engine';
import type { Hours } from './hours';
import { startReply } from './influx-reply';
import { keyName, seriesOfWindow } from './influx-series';

export interface InfluxSettings {
  /** Undefined: a server of our own is started for this run. */
  readonly address: ServerAddress | undefined;
  /** A bucket that stays on the server and holds the last `months`, for live queries. */
  readonly monitoring?: { readonly bucket: string; readonly months: number } | undefined;
  /** One line of progress. */
  readonly say: (line: string) => void;
  readonly patience?: Patience;
}

const MEASUREMENT = 'readings';
const TAG = 'series';

/**
 * Aggregates in InfluxDB 2. Each window is written to a scratch bucket of its own, counted there before anything is
 * asked, aggregated by the server, and dropped: what the server holds at a time does not grow with the windows.
 * @throws Failure if there is no server that can be used
 */
export async function openInfluxEngine(settings: InfluxSettings): Promise<Engine> {
  const { address, monitoring, say, patience = PATIENCE } = settings;
  const { server, stop } =
    address === undefined
      ? await startLocalServer(undefined, patience)
      : { server: await connect(address, patience), stop: async () => {} };
  try {
    say(`influx-aggregate: InfluxDB ${printable(server.version)} at ${printable(server.url)}`);
    const swept = await sweepScratchBuckets(server, patience);
    if (swept > 0) say(`influx-aggregate: dropped ${swept} scratch buckets that killed runs left`);
    const live = monitoring && (await openMonitoringBucket(server, monitoring.bucket, monitoring.months, patience));
    const monitored = { written: 0, tooOld: 0 };
    return {
      name: 'influxdb',
      hours: async (datasource, window) => {
        const hours = await hoursOfWindow(server, datasource, window, say, patience);
        if (live !== undefined) {
          const { written, tooOld } = await writeMonitored(
            server,
            live,
            seriesOfWindow(window, monitoredKey),
            patience,
          );
          monitored.written += written;
          monitored.tooOld += tooOld;
        }
        return hours;
      },
      close: async () => {
        if (live !== undefined)
          say(
            `influx-aggregate: bucket ${printable(live.name)}: ${monitored.written} points written, ${monitored.tooOld} not sent because its retention would drop them`,
          );
        await stop();
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The points of a live bucket carry their names, and the type of their aggregate is the measurement. */
const monitoredKey = ({ measurement, location, source, dataKey }: MonthOfReadings['readings']['segments'][number]) => ({
  measurement,
  tags: { location, source, data_key: dataKey },
});

async function hoursOfWindow(
  server: ConnectedServer,
  datasource: string,
  window: readonly MonthOfReadings[],
  say: (line: string) => void,
  patience: Patience,
): Promise<readonly Hours[]> {
  if (window.length === 0) return [];
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
    async (bucket) => {
      const started = performance.now();
      const sent = await writePoints(server, bucket.name, series, patience);
      const seconds = ((performance.now() - started) / 1000).toFixed(1);
      say(
        `influx-aggregate: ${datasource} ${window.map(({ month }) => month).join(', ')}: ${sent} points in ${seconds} s`,
      );
      const selection = {
        bucket: bucket.name,
        measurement: MEASUREMENT,
        tag: TAG,
        from: monthStart(window[0]!.month),
        to: monthStart(shiftMonth(window.at(-1)!.month, 1)),
      };
      requireStored(server, await storedPoints(server, selection, patience), pointsOf(series));
      const reply = startReply(server, window, names);
      await hourlyAggregates(server, selection, reply.take, patience);
      return reply.hours();
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
