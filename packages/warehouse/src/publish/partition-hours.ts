import { join } from 'node:path';
import type { Hours } from '../aggregate/hours';
import type { ChangedPartition } from '../aggregate/make-partition';
import { readHours } from '../aggregate/partition-files';
import type { Context } from '../context';
import { type Partition, requireHash } from '../pointer';

/** Hours of every partition, in order: from the work folder where they are new, else from the warehouse. */
export async function fetchHours(
  context: Context,
  partitions: readonly Partition[],
  changed: readonly ChangedPartition[],
): Promise<Map<Partition, Hours>> {
  const fresh = new Map(
    changed.flatMap(({ aggregates, localAggregates }) =>
      localAggregates === undefined ? [] : [[aggregates.path, localAggregates] as const],
    ),
  );
  const wanted = new Map<string, string>();
  for (const { aggregates } of partitions) {
    if (!fresh.has(aggregates.path)) wanted.set(aggregates.path, join(context.work, 'known', aggregates.path));
  }
  await context.warehouse.downloadAll(wanted);
  const hours = new Map<Partition, Hours>();
  for (const partition of partitions) {
    const { aggregates } = partition;
    const local = fresh.get(aggregates.path) ?? wanted.get(aggregates.path)!;
    await requireHash(local, aggregates, context.warehouse.name);
    hours.set(partition, await readHours(local));
  }
  return hours;
}
