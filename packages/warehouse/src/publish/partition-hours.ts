import { join } from 'node:path';
import type { Hours } from '../aggregate/hours';
import type { ChangedPartition } from '../aggregate/make-partition';
import { readHours } from '../aggregate/partition-files';
import type { Context } from '../context';
import { type Partition, type PointedFile, requireHash } from '../pointer';

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
  const tables = await fetchTables(
    context,
    partitions.map(({ aggregates }) => aggregates),
    fresh,
  );
  return new Map(partitions.map((partition, index) => [partition, tables[index]!]));
}

/** Tables of an own level, of the partitions that have one, in order. */
export async function fetchLevel(
  context: Context,
  partitions: readonly Partition[],
  changed: readonly ChangedPartition[],
  definition: string,
): Promise<Hours[]> {
  const fresh = new Map(changed.flatMap(({ localLevels }) => Object.entries(localLevels ?? {})));
  const files = partitions.map(({ levels }) => levels?.[definition]).filter((file) => file !== undefined);
  return fetchTables(context, files, fresh);
}

async function fetchTables(
  context: Context,
  files: readonly PointedFile[],
  fresh: ReadonlyMap<string, string>,
): Promise<Hours[]> {
  const wanted = new Map<string, string>();
  for (const { path } of files) if (!fresh.has(path)) wanted.set(path, join(context.work, 'known', path));
  await context.warehouse.downloadAll(wanted);
  const tables: Hours[] = [];
  for (const file of files) {
    const local = fresh.get(file.path) ?? wanted.get(file.path)!;
    await requireHash(local, file, context.warehouse.name);
    tables.push(await readHours(local));
  }
  return tables;
}
