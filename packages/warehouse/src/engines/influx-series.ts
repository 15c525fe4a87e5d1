import type { SeriesKey } from '@sensor-warehouse/influx/line-protocol';
import type { SeriesPoints } from '@sensor-warehouse/influx/point-batches';
import { LEFT_OUT } from '../tables/flag';
import { compareKeys, type KeySegment } from '../tables/read-facts';
import type { MonthOfReadings } from './engine';

/** Distinguishes keys. */
export const keyName = ({ location, source, dataKey }: KeySegment) => JSON.stringify([location, source, dataKey]);

/** In a bucket that people query, points have names; the kind of aggregate is the measurement. */
export const namedKey = ({ measurement, location, source, dataKey }: KeySegment): SeriesKey => ({
  measurement,
  tags: { location, source, data_key: dataKey },
});

/** The readings of a window, key by key and each in the order of time, without those that their flags leave out. */
export function seriesOfWindow(
  window: readonly MonthOfReadings[],
  key: (segment: KeySegment) => SeriesKey,
): SeriesPoints[] {
  return window
    .flatMap(({ readings: { time, value, segments }, flags }) => {
      const leftOut = flags.map((bits) => bits & LEFT_OUT);
      return segments.map((segment) => ({ segment, time, value, leftOut }));
    })
    .sort((a, b) => compareKeys(a.segment, b.segment))
    .map(({ segment, time, value, leftOut }) => ({
      key: key(segment),
      time,
      value,
      leftOut,
      start: segment.start,
      end: segment.end,
    }));
}
