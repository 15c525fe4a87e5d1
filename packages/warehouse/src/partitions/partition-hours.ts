import { Failure } from '@sensor-warehouse/model/findings/failure';
import type { Finding } from '@sensor-warehouse/model/findings/finding';
import type { ChangedPartition } from '../layout/changed-partition';
import { fetchWhole, isHash } from '../layout/fetch-whole';
import type { Partition, PointedFile } from '../layout/pointer';
import type { Healing } from '../run/context';
import { inWork } from '../run/in-work';
import type { Hours } from '../tables/hours';
import { readHours } from '../tables/partition-files';
import { healTable } from './heal-partition';

/** A file of a partition that holds hours, or windows of a level. */
interface Wanted {
  readonly partition: Partition;
  readonly file: PointedFile;
}

/**
 * Fetches the hours of every partition, in order: new ones from the work folder, others from the warehouse, where
 * missing or damaged ones are healed.
 * @param healed receives the findings about that
 */
export async function fetchHours(
  context: Healing,
  partitions: readonly Partition[],
  changed: readonly ChangedPartition[],
  healed: Finding[] = [],
): Promise<Map<Partition, Hours>> {
  const fresh = new Map(
    changed.flatMap(({ aggregates, localAggregates }) =>
      localAggregates === undefined ? [] : [[aggregates.path, localAggregates] as const],
    ),
  );
  const wanted = partitions.map((partition) => ({ partition, file: partition.aggregates }));
  const tables = await fetchTables(context, wanted, fresh, healed);
  return new Map(partitions.map((partition, index) => [partition, tables[index]!]));
}

/** Tables of an own level, of the partitions that have one, in order. */
export async function fetchLevel(
  context: Healing,
  partitions: readonly Partition[],
  changed: readonly ChangedPartition[],
  definition: string,
  healed: Finding[] = [],
): Promise<Hours[]> {
  const fresh = new Map(changed.flatMap(({ localLevels }) => Object.entries(localLevels ?? {})));
  const wanted = partitions.flatMap((partition) => {
    const file = partition.levels?.[definition];
    return file === undefined ? [] : [{ partition, file }];
  });
  return fetchTables(context, wanted, fresh, healed);
}

async function fetchTables(
  context: Healing,
  wanted: readonly Wanted[],
  fresh: ReadonlyMap<string, string>,
  healed: Finding[],
): Promise<Hours[]> {
  const absent = new Map<string, string>();
  for (const { file } of wanted)
    if (!fresh.has(file.path)) absent.set(file.path, inWork(context.work, 'known', file.path));
  await context.warehouse.downloadAll(absent).catch(unlessMissing);
  const tables: Hours[] = [];
  for (const one of wanted) {
    const local = fresh.get(one.file.path) ?? absent.get(one.file.path)!;
    tables.push(await readHours(await wholeTable(context, one, local, healed)));
  }
  return tables;
}

/** Local path of a table that matches the pointer. */
async function wholeTable(
  context: Healing,
  { partition, file }: Wanted,
  local: string,
  healed: Finding[],
): Promise<string> {
  if (await isHash(local, file.sha256)) return local;
  const again = await fetchWhole(context, file);
  if (again !== undefined) return again;
  const made = await healTable(context, partition, file);
  healed.push(...made.findings);
  return made.local;
}

/** Missing files are looked up one by one afterwards; a remote that does not answer has lost nothing. */
function unlessMissing(error: unknown): void {
  if (!(error instanceof Failure) || error.details.class !== 'remote-permanent') throw error;
}
