import { connect, type ServerAddress } from '@sensor-warehouse/influx/connect';
import { startLocalServer } from '@sensor-warehouse/influx/local-server';
import { openMonitoringBucket, writeMonitored } from '@sensor-warehouse/influx/monitoring-bucket';
import { PATIENCE, type Patience } from '@sensor-warehouse/influx/patience';
import { sweepScratchBuckets } from '@sensor-warehouse/influx/scratch-bucket';
import { printable } from '@sensor-warehouse/model/findings/finding';
import { HOUR } from '@sensor-warehouse/model/time/units';
import type { Engine } from './engine';
import { levelsOnServer } from './influx-levels';
import { namedKey, seriesOfWindow } from './influx-series';
import { windowTables } from './influx-windows';

export interface InfluxSettings {
  /** Undefined: a server of our own is started for this run. */
  readonly address: ServerAddress | undefined;
  /** A bucket that stays on the server and holds the last `months`, for live queries. */
  readonly monitoring?: { readonly bucket: string; readonly months: number } | undefined;
  /** One line of progress. */
  readonly say: (line: string) => void;
  readonly patience?: Patience;
}

/**
 * Aggregates in InfluxDB 2. Each window is written to its own scratch bucket, counted there before any query,
 * aggregated by the server, and dropped: the server's load does not grow with the number of windows.
 * @throws Failure if no server can be used
 */
export async function openInfluxEngine(settings: InfluxSettings): Promise<Engine> {
  const { address, monitoring, say, patience = PATIENCE } = settings;
  const { server, stop } =
    address === undefined
      ? await startLocalServer(undefined, patience, say)
      : { server: await connect({ ...address, say }, patience), stop: async () => {} };
  try {
    say(`influx-aggregate: InfluxDB ${printable(server.version)} at ${printable(server.url)}`);
    const swept = await sweepScratchBuckets(server, patience);
    if (swept > 0) say(`influx-aggregate: dropped ${swept} scratch buckets that killed runs left`);
    const live = monitoring && (await openMonitoringBucket(server, monitoring.bucket, monitoring.months, patience));
    const monitored = { written: 0, tooOld: 0 };
    const inUse = { server, say, patience };
    return {
      runsFlux: true,
      hours: async (datasource, window) => {
        const tables = await windowTables(inUse, datasource, window, [HOUR]);
        if (live !== undefined) {
          const { written, tooOld } = await writeMonitored(server, live, seriesOfWindow(window, namedKey), patience);
          monitored.written += written;
          monitored.tooOld += tooOld;
        }
        return tables.get(HOUR)!;
      },
      levels: (datasource, window, levels) => levelsOnServer(inUse, datasource, window, levels),
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
