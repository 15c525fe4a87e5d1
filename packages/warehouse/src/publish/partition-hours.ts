import { join } from 'node:path';
import { Failure } from '@sensor-warehouse/model/failure';
import type { Finding } from '@sensor-warehouse/model/finding';
import type { Hours } from '../aggregate/hours';
import type { NewPartition } from '../aggregate/make-partition';
import { readHours } from '../aggregate/partition-files';
import type { Context } from '../context';
import type { Partition } from '../pointer';
import { fetchWhole, isHash } from '../recovery/fetch-whole';
import { healHours } from '../recovery/heal-partition';

/**
 * Hours of every partition, in order: from the work folder where they are new, else from the warehouse, and what is
 * missing or damaged there is healed.
 * @param healed takes what there is to tell about that
 */
export async function fetchHours(
  context: Context,
  partitions: readonly Partition[],
  changed: readonly NewPartition[],
  healed: Finding[] = [],
): Promise<Map<Partition, Hours>> {
  const fresh = new Map(changed.map((one) => [one.aggregates.path, one.localAggregates]));
  const wanted = new Map<string, string>();
  for (const { aggregates } of partitions) {
    if (!fresh.has(aggregates.path)) wanted.set(aggregates.path, join(context.work, 'known', aggregates.path));
  }
  await context.warehouse.downloadAll(wanted).catch(unlessMissing);
  const hours = new Map<Partition, Hours>();
  for (const partition of partitions) {
    const { aggregates } = partition;
    const local = fresh.get(aggregates.path) ?? wanted.get(aggregates.path)!;
    hours.set(partition, await readHours(await wholeHours(context, partition, local, healed)));
  }
  return hours;
}

/** Where the hours of a partition lie here, once they are what the pointer says. */
async function wholeHours(context: Context, partition: Partition, local: string, healed: Finding[]): Promise<string> {
  if (await isHash(local, partition.aggregates.sha256)) return local;
  const again = await fetchWhole(context, partition.aggregates);
  if (again !== undefined) return again;
  const made = await healHours(context, partition);
  healed.push(...made.findings);
  return made.local;
}

/** Which files are missing is asked one by one afterwards; a remote that does not answer has lost nothing. */
function unlessMissing(error: unknown): void {
  if (!(error instanceof Failure) || error.details.class !== 'remote-permanent') throw error;
}
