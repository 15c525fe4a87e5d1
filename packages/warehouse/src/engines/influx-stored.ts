import type { ConnectedServer } from '@sensor-warehouse/influx/connect';
import { countDiffers } from '@sensor-warehouse/influx/failures';
import type { Selection } from '@sensor-warehouse/influx/flux';
import type { Patience } from '@sensor-warehouse/influx/patience';
import type { SeriesPoints } from '@sensor-warehouse/influx/point-batches';
import { storedPoints } from '@sensor-warehouse/influx/window-aggregates';

/**
 * Counts what the server holds of a selection before anything is asked of it: a wrong aggregate would look like a right one.
 * @throws Failure (remote-temporary) unless it is exactly what it was sent, for each value of the selection's tag
 */
export async function requireStored(
  server: ConnectedServer,
  selection: Selection,
  series: readonly SeriesPoints[],
  patience: Patience,
): Promise<void> {
  const stored = await storedPoints(server, selection, patience);
  const sent = sentPoints(series, selection.tag);
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
