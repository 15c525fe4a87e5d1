import { HOUR } from '@sensor-warehouse/model/time/units';
import { fetchWhole } from '../layout/fetch-whole';
import type { Pointer } from '../layout/pointer';
import type { OpenWarehouse } from '../run/context';
import type { Hours } from '../tables/hours';
import { readHours } from '../tables/partition-files';
import type { ReadingTable } from '../tables/read-facts';

/** When a series was last read. */
export interface LastReading {
  readonly location: string;
  readonly dataKey: string;
  /** Milliseconds; of published hours, the end of the last one. */
  readonly time: number;
}

/** By location and data_key. */
export type LastReadings = ReadonlyMap<string, LastReading>;

export function lastOfTable({ segments, time }: Pick<ReadingTable, 'segments' | 'time'>): LastReading[] {
  return segments.map(({ location, dataKey, end }) => ({ location, dataKey, time: time[end - 1]! }));
}

function lastOfHours({ segments, hour }: Hours): LastReading[] {
  return segments.map(({ location, dataKey, end }) => ({ location, dataKey, time: hour[end - 1]! + HOUR }));
}

/** The latest of each series. */
export function latest(readings: Iterable<LastReading>): LastReadings {
  const last = new Map<string, LastReading>();
  for (const one of readings) {
    const key = `${one.location}\n${one.dataKey}`;
    const before = last.get(key);
    if (before === undefined || before.time < one.time) last.set(key, one);
  }
  return last;
}

/**
 * The series of the newest published month of a source: a night costs one small file, however long the history is. What
 * fell silent before that month was reported when it did.
 * @returns undefined if that file is missing or damaged
 */
export async function lastPublished(
  context: OpenWarehouse,
  { partitions }: Pointer,
  datasource: string,
): Promise<LastReadings | undefined> {
  const own = partitions.filter((one) => one.datasource === datasource);
  if (own.length === 0) return new Map();
  const newest = own.reduce((last, one) => (one.month > last.month ? one : last));
  const local = await fetchWhole(context, newest.aggregates);
  return local === undefined ? undefined : latest(lastOfHours(await readHours(local)));
}
