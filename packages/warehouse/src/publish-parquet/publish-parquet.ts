import type { Failure } from '@sensor-warehouse/model/findings/failure';
import { sha256OfFile } from '@sensor-warehouse/storage/file-hash';
import { requireStillAsChecked } from '../check-quality/as-checked';
import { CHECKED, type Checked } from '../check-quality/checked';
import { AGGREGATED, type Aggregated } from '../influx-aggregate/aggregated';
import { pathOf } from '../layout/names';
import { POINTER, pointerDigest, readPointer, requireSamePointer } from '../layout/pointer';
import type { ReleaseCause } from '../layout/releases';
import type { Undelivered } from '../layout/undelivered';
import { DBT_LEVELS, type DbtLevels } from '../levels/hand-overs';
import { sentence } from '../release/diff-text';
import type { Context, OpenWarehouse } from '../run/context';
import { ifThere } from '../run/hand-over';
import { inWork } from '../run/in-work';
import { writeJson } from '../run/run-record';
import type { Stage, StageOutcome } from '../run/run-stage';
import type { BuildLevels, LevelTablesFrom } from './levels-of-models';
import { withoutDbt } from './own-levels';
import { publishPartitions } from './publish-partitions';

/** What the checks said, and what was aggregated since. */
export interface ToPublish {
  readonly aggregated: Aggregated;
  readonly checked: Checked;
}

export interface Published {
  readonly version: string;
  readonly generation: number;
  /** Names the pointer as this run left it (see pointerDigest), for those who keep it outside the warehouse. */
  readonly pointer: string;
  readonly rows: number;
  readonly changed: boolean;
  readonly held: Readonly<Record<string, readonly string[]>>;
  /** APIs that sent nothing new. */
  readonly undelivered: Undelivered;
  /** Where a person finds the dataset. */
  readonly dataset: string;
  /** What the version changes, in a sentence or two; undefined if nothing is new. */
  readonly release?: string;
  /** Why the second place for readers lacks the version. */
  readonly readersFailure?: Failure;
}

/**
 * Publishes what influx-aggregate made, and stores what the checks said.
 * @param dbt asked only if the project has levels that are dbt models
 */
async function publishParquet(
  context: Context,
  { aggregated, checked }: ToPublish,
  dbt: LevelTablesFrom,
): Promise<StageOutcome<Published>> {
  const { warehouse, dryRun } = context;
  const { pointer: before, text: textBefore } = await readPointer(warehouse);
  requireSamePointer('publish-parquet', textBefore, aggregated.pointer, `${warehouse.name}/${POINTER}`);
  await requireStillAsChecked('publish-parquet', context, checked, before);
  if (!dryRun) await storeQuality(context, checked, aggregated.held);
  const { partitions, consumed, named, held } = aggregated;
  const cause: ReleaseCause = 'night';
  const publication = {
    before,
    textBefore,
    partitions,
    consumed,
    named,
    mayShrink: false,
    dbt,
    cause,
    held: Object.keys(held),
  };
  const { output, ...told } = await publishPartitions(context, publication);
  const { pointer, text, rows, changed, dataset, release, readersFailure } = output;
  const published = {
    version: pointer.public.version,
    generation: pointer.generation,
    pointer: pointerDigest(text),
    rows,
    changed,
    held,
    undelivered: checked.undelivered,
    dataset,
    ...(release === undefined ? {} : { release: sentence(release) }),
    ...(readersFailure === undefined ? {} : { readersFailure }),
  };
  return { output: published, ...told };
}

/** The stage after dbt-levels, in a step that starts no dbt. */
export const publishParquetStage: Stage<ToPublish & { readonly levels: DbtLevels | undefined }, Published> = {
  name: 'publish-parquet',
  reads: { aggregated: AGGREGATED, checked: CHECKED, levels: ifThere(DBT_LEVELS) },
  writes: {},
  run: (context, { levels, ...input }) => publishParquet(context, input, { left: levels }),
};

/** The stage without dbt-levels before it: levels that are dbt models are built as part of it. */
export function publishParquetWith(buildLevels: BuildLevels = withoutDbt): Stage<ToPublish, Published> {
  return {
    name: 'publish-parquet',
    reads: { aggregated: AGGREGATED, checked: CHECKED },
    writes: {},
    run: (context, input) => publishParquet(context, input, buildLevels),
  };
}

/**
 * Results of this run's checks, with what the merge found to hold a source, under a name that the same results have too.
 */
async function storeQuality(context: OpenWarehouse, checked: Checked, held: Aggregated['held']): Promise<void> {
  const newest = checked.generations.at(-1);
  if (newest === undefined) return;
  const local = inWork(context.work, 'quality.json');
  const { manifests: _, ...said } = checked;
  await writeJson(local, { ...said, held });
  const hash = (await sha256OfFile(local)).slice(0, 8);
  await context.warehouse.uploadOnce(local, pathOf({ kind: 'quality report', generation: newest, hash }));
}
