import { DAY } from '@sensor-warehouse/model/time/units';
import { createBucket, findBucket, listBuckets } from './buckets';
import type { ConnectedServer } from './connect';
import { PATIENCE, type Patience } from './patience';
import type { SeriesPoints } from './point-batches';
import { writePoints } from './write-points';

/** A bucket that stays on the server and holds the last months, for live queries. */
export interface MonitoringBucket {
  readonly name: string;
  /** Points before this instant, in milliseconds, would be dropped by the server; they are not sent. */
  readonly from: number;
}

/** Late exports of a window that has just ended still find their place. */
const MARGIN_DAYS = 7;
/** The server drops a point when it comes, and the run takes a while. */
const SAFETY = DAY;

/**
 * Finds or makes the bucket. Its retention is what was made once; a shorter one only means that fewer points are sent.
 * @param months how many months it is to hold
 */
export async function openMonitoringBucket(
  server: ConnectedServer,
  name: string,
  months: number,
  patience: Patience = PATIENCE,
): Promise<MonitoringBucket> {
  const wanted = (months * 31 + MARGIN_DAYS) * DAY;
  const bucket =
    (await findBucket(server, name, patience)) ??
    (await createBucket(server, name, wanted / 1000, 'the last months of readings, for live queries', patience));
  const kept = bucket.retention === 0 ? wanted : Math.min(wanted, bucket.retention * 1000);
  const { now } = await listBuckets(server, patience);
  return { name, from: now - Math.max(0, kept - SAFETY) };
}

/**
 * Writes what the bucket keeps; the same points twice are once.
 * @returns how many were written, and how many are too old
 */
export async function writeMonitored(
  server: ConnectedServer,
  bucket: MonitoringBucket,
  series: readonly SeriesPoints[],
  patience: Patience = PATIENCE,
): Promise<{ readonly written: number; readonly tooOld: number }> {
  let tooOld = 0;
  const kept = series.map((one) => {
    let { start } = one;
    for (; start < one.end && one.time[start]! < bucket.from; start++) if (one.leftOut[start] === 0) tooOld++;
    return { ...one, start };
  });
  return { written: await writePoints(server, bucket.name, kept, patience), tooOld };
}
