import { readPointer } from '../layout/pointer';
import { fetchHours } from '../partitions/partition-hours';
import type { Healing } from '../run/context';

/** One hour of a series as it would be published. */
export interface PublishedHour {
  /** Its start, an instant as `2024-10-31T14:00Z`. */
  readonly hour: string;
  /** The public name. */
  readonly location: string;
  readonly source: string;
  readonly dataKey: string;
  /** The mean, or the sum of what is additive. */
  readonly value: number;
  readonly readings: number;
}

export interface PublishedHours {
  readonly first: readonly PublishedHour[];
  readonly count: number;
}

const MOST_SHOWN = 12;

/** The first hours of a warehouse, in the order of time. */
export async function firstHours(context: Healing): Promise<PublishedHours> {
  const { pointer } = await readPointer(context.warehouse);
  const { publicNames } = context.configuration;
  const hours: (PublishedHour & { readonly at: number })[] = [];
  let count = 0;
  for (const table of (await fetchHours(context, pointer.partitions, [])).values()) {
    count += table.count;
    for (const { location, source, dataKey, measurement, start, end } of table.segments) {
      for (let row = start; row < Math.min(end, start + MOST_SHOWN); row++) {
        const [at, n, sum] = [table.hour[row]!, table.n[row]!, table.sum[row]!];
        hours.push({
          at,
          hour: `${new Date(at).toISOString().slice(0, 16)}Z`,
          location: publicNames.get(location) ?? location,
          source,
          dataKey,
          value: measurement === 'additive' ? sum : sum / n,
          readings: n,
        });
      }
    }
  }
  hours.sort((a, b) => a.at - b.at);
  return { first: hours.slice(0, MOST_SHOWN).map(({ at: _, ...hour }) => hour), count };
}
