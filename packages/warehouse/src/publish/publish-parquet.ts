import { join } from 'node:path';
import { asFailure, Failure } from '@sensor-warehouse/model/failure';
import { monthStart, shiftMonth } from '@sensor-warehouse/model/month';
import { compareText } from '@sensor-warehouse/model/readings';
import { sha256OfFile } from '@sensor-warehouse/storage/file-hash';
import type { Aggregated, NewPartition } from '../aggregate/influx-aggregate';
import type { Context } from '../context';
import { type Partition, POINTER, type Pointer, readPointer, requireSamePointer } from '../pointer';
import type { Checked } from '../quality/check-quality';
import { recordStage, requireJson, writeJson } from '../run-record';
import { AGGREGATED, CHECKED } from '../stage-files';
import { equationOf, makeDatasetVersion } from './dataset-version';
import { movePointer, uploadNew } from './move-pointer';
import { writeNormalized } from './normalized';
import { fetchHours } from './partition-hours';
import { repairStableCopies } from './stable-copies';

export interface Published {
  readonly version: string;
  readonly generation: number;
  readonly rows: number;
  readonly changed: boolean;
  readonly held: Readonly<Record<string, readonly string[]>>;
  /** Where a person finds the dataset. */
  readonly dataset: string;
}

/**
 * Publishes what influx-aggregate made. Everything new goes up under new names; then the pointer is read again,
 * written in place and read back; then the stable copies are made. A crash anywhere leaves a whole version for whoever
 * follows the pointer, and the next run completes it.
 */
export async function publishParquet(context: Context): Promise<Published> {
  const started = Date.now();
  const { warehouse, work, dryRun, say } = context;
  const aggregated = await requireJson<Aggregated>(join(work, AGGREGATED), 'publish-parquet', 'influx-aggregate');
  const { pointer: before, text: textBefore } = await readPointer(warehouse);
  requireSamePointer('publish-parquet', textBefore, aggregated.pointer, `${warehouse.name}/${POINTER}`);
  if (!dryRun) await storeQuality(context);
  const partitions = nextPartitions(before, aggregated.partitions, context.now);
  const changed = aggregated.partitions.length > 0;
  const consumes = JSON.stringify(sorted(before.consumed)) !== JSON.stringify(sorted(aggregated.consumed));
  let pointer = before;
  let rows = before.public.files.find(({ path }) => path.endsWith('.parquet'))?.rows ?? 0;
  let rowsIn = rows;
  let equation = equationOf(rows, rows);
  if (changed || consumes) {
    const generation = before.generation + 1;
    let published: Pick<Pointer, 'public' | 'normalized'> = before;
    if (changed) {
      say(`publish-parquet: ${aggregated.partitions.length} partitions changed`);
      const hours = await fetchHours(context, partitions, aggregated.partitions);
      const dataset = await makeDatasetVersion(context, hours, before.legacy, generation);
      ({ rows, hours: rowsIn, equation } = dataset);
      const normalized = await writeNormalized(context, hours, aggregated.partitions, before, generation);
      published = { public: dataset.public, normalized };
      if (!dryRun) await uploadNew(warehouse, aggregated.partitions, dataset.files, dataset.public.version, say);
    }
    pointer = {
      format: 1,
      generation,
      consumed: sorted(aggregated.consumed),
      partitions,
      public: published.public,
      normalized: published.normalized,
      legacy: before.legacy,
    };
    if (dryRun) say(`publish-parquet: would publish version ${pointer.public.version} with ${rows} rows`);
    else await movePointer(context, pointer, textBefore);
  } else say('publish-parquet: nothing is new');
  if (!dryRun) {
    await repairStableCopies(context, pointer).catch((error: unknown) => {
      const { details } = asFailure(error, 'publish-parquet');
      const consequence = `version ${pointer.public.version} is published; the next run makes its stable copies`;
      throw new Failure({ ...details, consequence });
    });
  }
  const result: Published = {
    version: pointer.public.version,
    generation: pointer.generation,
    rows,
    changed,
    held: aggregated.held,
    dataset: `${warehouse.name}/public/${context.configuration.dataset.name}.parquet`,
  };
  await recordStage(work, {
    stage: 'publish-parquet',
    files: partitions.length,
    in: rowsIn,
    out: rows,
    quarantined: 0,
    repeated: 0,
    seconds: (Date.now() - started) / 1000,
    equation,
    findings: [],
  });
  return result;
}

function nextPartitions(before: Pointer, changed: readonly NewPartition[], now: number): Partition[] {
  const key = ({ datasource, month }: Partition) => `${datasource}/${month}`;
  const next = new Map(before.partitions.map((one) => [key(one), one]));
  for (const { localArchive, localAggregates, rowsBefore, ...partition } of changed) {
    if (partition.archive.rows < rowsBefore) {
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

/** Results of this run's checks, under a name that the same results have too. */
async function storeQuality(context: Context): Promise<void> {
  const checked = await requireJson<Checked>(join(context.work, CHECKED), 'publish-parquet', 'check-quality');
  const newest = checked.generations.at(-1);
  if (newest === undefined) return;
  const local = join(context.work, 'quality.json');
  await writeJson(local, checked);
  await context.warehouse.uploadOnce(local, `quality/${newest}-${(await sha256OfFile(local)).slice(0, 8)}.json`);
}

function sorted(consumed: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(consumed).sort(([a], [b]) => compareText(a, b)));
}
