import { setTimeout as sleep } from 'node:timers/promises';
import { countDiffers } from '@sensor-warehouse/influx/failures';
import type { Selection } from '@sensor-warehouse/influx/flux';
import type { SeriesPoints } from '@sensor-warehouse/influx/point-batches';
import { storedPoints } from '@sensor-warehouse/influx/window-aggregates';
import { writePoints } from '@sensor-warehouse/influx/write-points';
import type { ServerInUse } from './server-in-use';

/** A series with another number of points on the server than it was sent. */
interface Difference {
  readonly stored: number;
  readonly sent: number;
}

/** A busy server has been seen to count a week too few right after it acknowledged all, once in some hundred windows. */
const COUNTS = 4;

/**
 * Counts what the server holds of a selection before it is queried: a wrong aggregate would look like a right
 * one. If points are missing, counts a few times more, then writes all of them once again: a point is its series and
 * instant, so twice the same is once.
 * @throws Failure (remote-temporary) unless it then is exactly what it was sent, for each value of the selection's tag
 */
export async function requireStored(
  { server, say, patience }: ServerInUse,
  selection: Selection,
  series: readonly SeriesPoints[],
): Promise<void> {
  const sent = sentPoints(series, selection.tag);
  const differs = async () => difference(sent, await storedPoints(server, selection, patience));
  let found = await differs();
  for (let wait = patience.first, counts = 1; isShort(found) && counts < COUNTS; wait *= 2, counts++) {
    await sleep(Math.min(wait, patience.most));
    found = await differs();
  }
  if (isShort(found)) {
    const { stored, sent: expected } = found;
    say(
      `influx-aggregate: InfluxDB holds ${stored} of ${expected} acknowledged points of a series; all are written once more`,
    );
    await writePoints(server, selection.bucket, series, patience);
    found = await differs();
  }
  if (found === undefined) return;
  throw countDiffers(
    server,
    'InfluxDB does not hold all points that it acknowledged',
    `${found.stored} points of a series`,
    `${found.sent}`,
  );
}

/** Points that are missing may still come; those that nobody sent do not go away. */
const isShort = (found: Difference | undefined): found is Difference =>
  found !== undefined && found.stored < found.sent;

/** The first series that differs: one with points that nobody sent, if there is one. */
function difference(sent: ReadonlyMap<string, number>, stored: ReadonlyMap<string, number>): Difference | undefined {
  const all = [...new Set([...sent.keys(), ...stored.keys()])]
    .map((name) => ({ stored: stored.get(name) ?? 0, sent: sent.get(name) ?? 0 }))
    .filter((one) => one.stored !== one.sent);
  return all.find((one) => !isShort(one)) ?? all[0];
}

/** How many points were sent, by the value of a tag. */
function sentPoints(series: readonly SeriesPoints[], tag: string): Map<string, number> {
  const points = new Map<string, number>();
  for (const { key, leftOut, start, end } of series) {
    const name = key.tags[tag]!;
    let count = points.get(name) ?? 0;
    for (let row = start; row < end; row++) if (leftOut[row] === 0) count++;
    if (count > 0) points.set(name, count);
  }
  return points;
}
