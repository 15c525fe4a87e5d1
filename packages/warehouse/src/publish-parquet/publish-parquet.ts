import { sha256OfFile } from '@sensor-warehouse/storage/file-hash';
import type { Checked } from '../check-quality/check-quality';
import type { Aggregated } from '../influx-aggregate/influx-aggregate';
import { pathOf } from '../layout/names';
import { POINTER, pointerDigest, readPointer, requireSamePointer } from '../layout/pointer';
import type { Undelivered } from '../layout/undelivered';
import type { Context } from '../run/context';
import { inWork } from '../run/in-work';
import { requireJson, writeJson } from '../run/run-record';
import { AGGREGATED, CHECKED } from '../run/stage-files';
import type { Dbt } from '../transform/run-dbt';
import { withoutDbt } from './own-levels';
import { publishPartitions } from './publish-partitions';

export interface Published {
  readonly version: string;
  readonly generation: number;
  /** Names the pointer as this run left it (see pointerDigest), for those who keep it outside the warehouse. */
  readonly pointer: string;
  readonly rows: number;
  readonly changed: boolean;
  readonly held: Readonly<Record<string, readonly string[]>>;
  /** APIs of which nothing new came. */
  readonly undelivered: Undelivered;
  /** Where a person finds the dataset. */
  readonly dataset: string;
}

/**
 * Publishes what influx-aggregate made, and stores what the checks said.
 * @param dbt asked only if the project has levels that are dbt models
 */
export async function publishParquet(context: Context, dbt: Dbt = withoutDbt): Promise<Published> {
  const { warehouse, work, dryRun } = context;
  const aggregated = await requireJson<Aggregated>(inWork(work, AGGREGATED), 'publish-parquet', 'influx-aggregate');
  const { pointer: before, text: textBefore } = await readPointer(warehouse);
  requireSamePointer('publish-parquet', textBefore, aggregated.pointer, `${warehouse.name}/${POINTER}`);
  const checked = await requireJson<Checked>(inWork(work, CHECKED), 'publish-parquet', 'check-quality');
  if (!dryRun) await storeQuality(context, checked, aggregated.held);
  const { partitions, consumed, named, held } = aggregated;
  const publication = { before, textBefore, partitions, consumed, named, mayShrink: false, dbt };
  const { pointer, text, rows, changed, dataset } = await publishPartitions(context, publication);
  return {
    version: pointer.public.version,
    generation: pointer.generation,
    pointer: pointerDigest(text),
    rows,
    changed,
    held,
    undelivered: checked.undelivered,
    dataset,
  };
}

/**
 * Results of this run's checks, with what the merge found to hold a source, under a name that the same results have too.
 */
async function storeQuality(context: Context, checked: Checked, held: Aggregated['held']): Promise<void> {
  const newest = checked.generations.at(-1);
  if (newest === undefined) return;
  const local = inWork(context.work, 'quality.json');
  await writeJson(local, { ...checked, held });
  const hash = (await sha256OfFile(local)).slice(0, 8);
  await context.warehouse.uploadOnce(local, pathOf({ kind: 'quality report', generation: newest, hash }));
}
