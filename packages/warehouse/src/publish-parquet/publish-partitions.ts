import { writeFile } from 'node:fs/promises';
import { asFailure } from '@sensor-warehouse/model/findings/as-failure';
import { Failure } from '@sensor-warehouse/model/findings/failure';
import type { Finding } from '@sensor-warehouse/model/findings/finding';
import { compareText } from '@sensor-warehouse/model/readings/readings';
import { monthStart, shiftMonth } from '@sensor-warehouse/model/time/month';
import type { ChangedPartition } from '../layout/changed-partition';
import type { Partition, Pointer } from '../layout/pointer';
import type { ReleaseCause } from '../layout/releases';
import { levelsDiffer, ownLevelsOf } from '../levels/own-level-definitions';
import { fetchHours } from '../partitions/partition-hours';
import { diffMarkdown, RELEASE_DIFF } from '../release/diff-text';
import { requireLimits } from '../release/require-limits';
import type { VersionDiff } from '../release/version-diff';
import type { OpenWarehouse, Publishing } from '../run/context';
import { inWork } from '../run/in-work';
import { writeJson } from '../run/run-record';
import { recorded, type StageOutcome } from '../run/run-stage';
import { makeDatasetVersion } from './dataset-version';
import type { LevelTablesFrom } from './levels-of-models';
import { movePointer, uploadNew } from './move-pointer';
import { writeNormalized } from './normalized';
import { incompleteFindings, writeOwnLevels } from './own-levels';
import { publishForReaders } from './readers-place';
import { repairStableCopies } from './stable-copies';

export interface NewVersion {
  /** The pointer as it is now, or would be in a dry run. */
  readonly pointer: Pointer;
  /** Its text; in a dry run that of the pointer before. */
  readonly text: string | undefined;
  /** Rows of the dataset. */
  readonly rows: number;
  readonly changed: boolean;
  /** Where a person finds the dataset. */
  readonly dataset: string;
  /** What it changes; undefined if nothing is new. */
  readonly release?: VersionDiff;
  /** Why the second place for readers lacks it: what the run ends with, although the warehouse has published. */
  readonly readersFailure?: Failure;
}

/** What to publish over the pointer `before`, whose text was `textBefore`. */
export interface Publication {
  readonly before: Pointer;
  readonly textBefore: string | undefined;
  readonly partitions: readonly ChangedPartition[];
  /** Datasource → number of the last generation that is consumed now. */
  readonly consumed: Pointer['consumed'];
  /** Whole names of what is consumed now, where that changed. */
  readonly named?: Pick<Pointer, 'generations' | 'renumbered'>;
  /** Whether a month may have fewer readings than before; a merge never removes any. */
  readonly mayShrink: boolean;
  /** Asked only if the project has levels that are dbt models. */
  readonly dbt: LevelTablesFrom;
  /** What makes it, for the dataset's CHANGELOG. */
  readonly cause: ReleaseCause;
  /** Ids of the sources that are held; left out by those who do not look. */
  readonly held?: readonly string[];
}

/**
 * Publishes changed partitions, wherever they come from, as one version. Everything new goes up under new names; then
 * the pointer is read again, written in place and read back; then the stable copies are made. A crash anywhere leaves a
 * whole version for whoever follows the pointer, and the next run completes it. The second place for readers comes last.
 */
export async function publishPartitions(
  context: Publishing,
  publication: Publication,
): Promise<StageOutcome<NewVersion>> {
  const { warehouse, work, dryRun, say } = context;
  const { before, textBefore, partitions: fresh, dbt } = publication;
  const partitions = nextPartitions(publication, context.now);
  const changed = fresh.length > 0;
  const own = await ownLevelsOf(context);
  const redefined = partitions.length > 0 && levelsDiffer(before, own);
  const consumed = sorted(publication.consumed);
  const consumes = JSON.stringify(sorted(before.consumed)) !== JSON.stringify(consumed);
  let pointer = before;
  let text = textBefore;
  let rows = before.public.files.find(({ path }) => path.endsWith('.parquet'))?.rows ?? 0;
  let rowsIn = rows;
  const healed: Finding[] = [];
  let release: VersionDiff | undefined;
  let releases = before.releases;
  let equation = `rows of the dataset ${rows}, as before`;
  if (changed || consumes || redefined) {
    const generation = before.generation + 1;
    const hours = changed || redefined ? await fetchHours(context, partitions, fresh, healed) : new Map();
    let published: Pick<Pointer, 'public' | 'normalized'> = before;
    if (changed) {
      say(`publish-parquet: ${fresh.length} partitions changed`);
      const dataset = await makeDatasetVersion(context, hours, before.legacy ?? [], generation, {
        before,
        reasons: { cause: publication.cause, months: fresh, ...heldOf(publication) },
      });
      ({ rows, hours: rowsIn, equation, releases } = dataset);
      release = dataset.diff!;
      await writeDiff(context, release);
      if (context.acceptsChurn !== true) requireLimits(release, context.configuration.releaseLimits);
      const normalized = await writeNormalized(context, hours, fresh, before, generation);
      published = { public: dataset.public, normalized };
      if (!dryRun) await uploadNew(warehouse, fresh, dataset.files, dataset.public.version, say);
    }
    const levels =
      changed || redefined
        ? await writeOwnLevels(
            context,
            own,
            { hours, changed: fresh, before, normalized: published.normalized, generation },
            dbt,
          )
        : before;
    pointer = {
      format: 4,
      generation,
      consumed,
      namedAfter: before.namedAfter,
      ...namesOf(publication.named ?? before),
      partitions,
      settled: before.settled,
      public: published.public,
      ...(before.pinned === undefined ? {} : { pinned: before.pinned }),
      normalized: levels.normalized,
      ...(levels.levels === undefined ? {} : { levels: levels.levels }),
      ...(before.legacy === undefined ? {} : { legacy: before.legacy }),
      ...(releases === undefined ? {} : { releases }),
    };
    if (dryRun) say(`publish-parquet: would publish version ${pointer.public.version} with ${rows} rows`);
    else ({ text } = await movePointer(context, pointer, textBefore));
  } else say('publish-parquet: nothing is new');
  if (!dryRun) {
    await repairStableCopies(context, { pointer, text }, dbt, before.public).catch((error: unknown) => {
      const { details } = asFailure(error, 'publish-parquet', work);
      const consequence = `version ${pointer.public.version} is published; the next run makes its stable copies`;
      throw new Failure({ ...details, consequence });
    });
  }
  const readersFailure = await publishForReaders(context, { pointer, text });
  const dataset = `${warehouse.name}/public/${context.configuration.dataset.name}.parquet`;
  return {
    output: {
      pointer,
      text,
      rows,
      changed,
      dataset,
      ...(release === undefined ? {} : { release }),
      ...(readersFailure === undefined ? {} : { readersFailure }),
    },
    counts: { files: partitions.length, in: rowsIn, out: rows, quarantined: 0, repeated: 0 },
    // Checked as the dataset was made: once the pointer is moved, readers have it.
    laws: { heldBefore: equation },
    findings: [...healed, ...(changed || redefined ? incompleteFindings(own, partitions) : [])],
  };
}

/** What a version changes, in full, for those who look at the run. */
async function writeDiff({ work }: OpenWarehouse, diff: VersionDiff): Promise<void> {
  await writeFile(inWork(work, 'release.md'), diffMarkdown(diff));
  await writeJson(inWork(work, RELEASE_DIFF), diff);
}

/** Publishes what a backfill or `heal` made, and records it as the stage publish-parquet does. */
export function publishRecorded(context: Publishing, publication: Publication): Promise<NewVersion> {
  return recorded(context.work, 'publish-parquet', () => publishPartitions(context, publication));
}

function nextPartitions({ before, partitions: fresh, mayShrink }: Publication, now: number): Partition[] {
  const key = ({ datasource, month }: Partition) => `${datasource}/${month}`;
  const next = new Map(before.partitions.map((one) => [key(one), one]));
  for (const { localArchive, localAggregates, localLevels, rowsBefore, ...partition } of fresh) {
    if (partition.archive.rows < rowsBefore && !mayShrink) {
      throw new Failure({
        stage: 'publish-parquet',
        what: `the new revision of ${key(partition)} has fewer readings than the one before`,
        found: String(partition.archive.rows),
        expected: `at least ${rowsBefore}`,
        fix: 'report it with run.json; a merge never removes readings',
        class: 'bug',
        code: 'month-shrinks',
      });
    }
    next.set(key(partition), partition);
  }
  return [...next.values()]
    .map((one) => ({ ...one, complete: one.complete || monthStart(shiftMonth(one.month, 1)) <= now }))
    .sort((a, b) => compareText(key(a), key(b)));
}

function heldOf({ held }: Publication): Pick<Publication, 'held'> {
  return held === undefined ? {} : { held };
}

function namesOf({ generations, renumbered }: Pick<Pointer, 'generations' | 'renumbered'>) {
  return { generations, ...(renumbered === undefined ? {} : { renumbered }) };
}

function sorted(consumed: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(consumed).sort(([a], [b]) => compareText(a, b)));
}
