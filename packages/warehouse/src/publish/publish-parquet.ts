import { mkdir, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Failure } from '@sensor-warehouse/model/failure';
import { type Month, shiftMonth } from '@sensor-warehouse/model/month';
import { compareText, type Measurement } from '@sensor-warehouse/model/readings';
import { openZone, type Zone } from '@sensor-warehouse/model/zone';
import { sha256OfBytes, sha256OfFile } from '@sensor-warehouse/storage/file-hash';
import type { Store } from '@sensor-warehouse/storage/store';
import type { Hours } from '../aggregate/hours';
import { type Aggregated, type NewPartition, requireHash } from '../aggregate/influx-aggregate';
import { readHours } from '../aggregate/partition-files';
import type { Context } from '../context';
import { type Partition, POINTER, type PointedFile, type Pointer, pointerText, readPointer } from '../pointer';
import type { Checked } from '../quality/check-quality';
import { recordStage, requireConservation, requireJson, writeJson } from '../run-record';
import { AGGREGATED, CHECKED } from '../stage-files';
import { type DatasetFile, writeDataset } from './dataset';
import { LEVELS, type Level, levelCsv, monthOfLevel } from './levels';

export interface Published {
  readonly version: string;
  readonly generation: number;
  readonly rows: number;
  readonly changed: boolean;
  readonly held: Readonly<Record<string, readonly string[]>>;
  /** Where a person finds the dataset. */
  readonly dataset: string;
}

export const PUBLISHED = 'published.json';
/** Written after the stable copies: says of which generation they are. */
const STABLE = 'public/latest.json';
const VERSIONS_KEPT = 5;

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
  if (!dryRun) await storeQuality(context);
  const partitions = nextPartitions(before, aggregated.partitions);
  const changed = aggregated.partitions.length > 0;
  const consumes = JSON.stringify(sorted(before.consumed)) !== JSON.stringify(sorted(aggregated.consumed));
  let pointer = before;
  let rows = before.public.files.find(({ path }) => path.endsWith('.parquet'))?.rows ?? 0;
  let rowsIn = rows;
  if (changed || consumes) {
    const generation = before.generation + 1;
    let published: Pick<Pointer, 'public' | 'normalized'> = before;
    if (changed) {
      say(`publish-parquet: ${aggregated.partitions.length} partitions changed`);
      const hours = await fetchHours(context, partitions, aggregated.partitions);
      rowsIn = partitions.reduce((total, one) => total + one.aggregates.rows, 0);
      const dataset = await writeDataset(join(work, 'public'), [...hours.values()], context.configuration);
      rows = dataset[0]!.rows;
      const normalized = await writeNormalized(context, hours, aggregated.partitions, before, generation);
      const version = `${String(generation).padStart(6, '0')}-${sha256OfBytes(dataset.map((file) => file.sha256).join()).slice(0, 8)}`;
      published = {
        public: {
          version,
          files: dataset.map(({ name, sha256, bytes, rows: count }) => ({
            path: `public/versions/${version}/${name}`,
            sha256,
            bytes,
            rows: count,
          })),
        },
        normalized,
      };
      if (!dryRun) await uploadNew(warehouse, aggregated.partitions, dataset, version, say);
    }
    pointer = {
      format: 1,
      generation,
      consumed: sorted(aggregated.consumed),
      partitions,
      public: published.public,
      normalized: published.normalized,
    };
    if (dryRun) say(`publish-parquet: would publish version ${pointer.public.version} with ${rows} rows`);
    else await movePointer(context, pointer, textBefore);
  } else say('publish-parquet: nothing is new');
  if (!dryRun) await repairStableCopies(context, pointer);
  const equation = `hours of the partitions ${rowsIn} = rows of the dataset ${rows}`;
  requireConservation('publish-parquet', equation, rowsIn, rows);
  const result: Published = {
    version: pointer.public.version,
    generation: pointer.generation,
    rows,
    changed,
    held: aggregated.held,
    dataset: `${warehouse.name}/public/sm2_public_dataset.parquet`,
  };
  await writeJson(join(work, PUBLISHED), result);
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

function nextPartitions(before: Pointer, changed: readonly NewPartition[]): Partition[] {
  const key = ({ datasource, month }: Partition) => `${datasource}/${month}`;
  const next = new Map(before.partitions.map((one) => [key(one), one]));
  for (const { localArchive, localAggregates, rowsBefore, ...partition } of changed) {
    if (partition.archive.rows < rowsBefore) {
      throw new Failure({
        stage: 'publish-parquet',
        what: `the new revision of ${key(partition)} has fewer readings than the one before`,
        found: String(partition.archive.rows),
        expected: `at least ${rowsBefore}`,
        fix: 'find out which readings are missing; nothing may shrink without an exclusion',
        class: 'bug',
        code: 'month-shrinks',
      });
    }
    next.set(key(partition), partition);
  }
  return [...next.values()].sort((a, b) => compareText(key(a), key(b)));
}

/** Hours of every partition, in order: from the work folder where they are new, else from the warehouse. */
async function fetchHours(
  context: Context,
  partitions: readonly Partition[],
  changed: readonly NewPartition[],
): Promise<Map<Partition, Hours>> {
  const fresh = new Map(changed.map((one) => [one.aggregates.path, one.localAggregates]));
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

const MEASUREMENTS: readonly Measurement[] = ['additive', 'nonadditive'];

/**
 * Writes the monthly CSVs that the changed partitions reach. An hour belongs to a local day and week that may begin in
 * the month before it or end in the one after, so neighbours are written too, from the hours of their neighbours.
 */
export async function writeNormalized(
  context: Context,
  hours: ReadonlyMap<Partition, Hours>,
  changed: readonly NewPartition[],
  before: Pointer,
  generation: number,
): Promise<Pointer['normalized']> {
  const zone = openZone(context.configuration.localZone);
  const months = new Set<Month>();
  for (const { month } of changed) for (const by of [-1, 0, 1]) months.add(shiftMonth(month, by));
  const files = new Map(before.normalized.map((file) => [file.path, file]));
  const folder = join(context.work, 'normalized');
  await mkdir(folder, { recursive: true });
  for (const month of [...months].sort()) {
    const near = [...hours].filter(([one]) => one.month >= shiftMonth(month, -1) && one.month <= shiftMonth(month, 1));
    for (const measurement of MEASUREMENTS) {
      for (const level of LEVELS) {
        const csv = normalizedCsv(
          near.map(([, part]) => part),
          measurement,
          level,
          month,
          zone,
        );
        const path = `normalized/${measurement}_${month}.${level}.csv`;
        if (csv === undefined) continue;
        const bytes = Buffer.from(csv.text, 'utf8');
        const sha256 = sha256OfBytes(bytes);
        if (files.get(path)?.sha256 === sha256) continue;
        await writeFile(join(context.work, path), bytes);
        files.set(path, { path, sha256, bytes: bytes.length, rows: csv.rows, since: generation });
      }
    }
  }
  return [...files.values()].sort((a, b) => compareText(a.path, b.path));
}

function normalizedCsv(
  parts: readonly Hours[],
  measurement: Measurement,
  level: Level,
  month: Month,
  zone: Zone,
): { text: string; rows: number } | undefined {
  const rows = monthOfLevel(parts, measurement, level, month, zone);
  return rows.length === 0 ? undefined : { text: levelCsv(rows, measurement), rows: rows.length };
}

async function uploadNew(
  warehouse: Store,
  changed: readonly NewPartition[],
  dataset: readonly DatasetFile[],
  version: string,
  say: (line: string) => void,
): Promise<void> {
  for (const [index, partition] of changed.entries()) {
    if (index % 10 === 9) say(`publish-parquet: ${index + 1} of ${changed.length} partitions uploaded`);
    await warehouse.uploadOnce(partition.localArchive, partition.archive.path);
    await warehouse.uploadOnce(partition.localAggregates, partition.aggregates.path);
  }
  for (const file of dataset) await warehouse.uploadOnce(file.local, `public/versions/${version}/${file.name}`);
  const expected = [
    ...changed.flatMap(({ archive, aggregates }) => [archive, aggregates]),
    ...dataset.map(({ name, bytes }) => ({ path: `public/versions/${version}/${name}`, bytes })),
  ];
  await requireArrived(warehouse, expected);
}

/** What arrived is compared with what was sent before anything points to it. */
async function requireArrived(
  warehouse: Store,
  expected: readonly { readonly path: string; readonly bytes: number }[],
): Promise<void> {
  const sizes = new Map<string, number>();
  for (const folder of new Set(expected.map(({ path }) => dirname(path)))) {
    for (const { path, bytes } of await warehouse.listHere(folder)) sizes.set(path, bytes);
  }
  for (const { path, bytes } of expected) {
    if (sizes.get(path) === bytes) continue;
    throw new Failure({
      stage: 'publish-parquet',
      what: 'a file did not arrive whole',
      where: `${warehouse.name}/${path}`,
      found: `${sizes.get(path) ?? 'nothing'} bytes`,
      expected: `${bytes} bytes`,
      fix: 'run it again',
      class: 'remote-temporary',
      code: 'byte-count',
    });
  }
}

async function movePointer(context: Context, pointer: Pointer, textBefore: string | undefined): Promise<void> {
  const { warehouse, work } = context;
  const again = await readPointer(warehouse);
  if (again.text !== textBefore) {
    throw new Failure({
      stage: 'publish-parquet',
      what: 'another run published meanwhile',
      where: `${warehouse.name}/${POINTER}`,
      found: `generation ${again.pointer.generation}`,
      expected: `generation ${pointer.generation - 1}`,
      fix: 'run it again; it starts from the newer version',
      class: 'remote-temporary',
      code: 'stale-run',
    });
  }
  const text = pointerText(pointer);
  const local = join(work, POINTER);
  await writeFile(local, text);
  await warehouse.upload(local, POINTER);
  if ((await readPointer(warehouse)).text !== text) {
    throw new Failure({
      stage: 'publish-parquet',
      what: 'the pointer does not read back as it was written',
      where: `${warehouse.name}/${POINTER}`,
      fix: 'run it again',
      class: 'remote-temporary',
      code: 'pointer-unconfirmed',
    });
  }
}

/** Makes the stable copies of the pointer's generation, unless they are there; so a run that was cut short is repaired. */
async function repairStableCopies(context: Context, pointer: Pointer): Promise<void> {
  const { warehouse, work } = context;
  if (pointer.generation === 0) return;
  const copied = copiedBefore(await warehouse.readText(STABLE));
  if (copied.generation === pointer.generation) return;
  if (copied.version !== pointer.public.version) {
    for (const file of pointer.public.files) {
      const name = file.path.split('/').at(-1)!;
      const local = await present(join(work, 'public', name), file, warehouse);
      await warehouse.upload(local, `public/${name}`);
    }
  }
  const stale = pointer.normalized.filter(({ since }) => since > copied.generation);
  let rebuilt: Map<string, string> | undefined;
  for (const file of stale) {
    const local = join(work, file.path);
    if (!(await isHash(local, file.sha256))) {
      rebuilt ??= await rebuildNormalized(context, pointer, stale);
      if (!(await isHash(rebuilt.get(file.path) ?? '', file.sha256))) throw unrepairable(warehouse, file);
    }
    await warehouse.upload(local, file.path);
  }
  const marker = join(work, 'latest.json');
  await writeFile(
    marker,
    `${JSON.stringify({ generation: pointer.generation, version: pointer.public.version }, null, 2)}\n`,
  );
  // Before the marker: a run that is cut short here is taken up by the next one.
  await dropOldVersions(warehouse, pointer);
  await warehouse.upload(marker, STABLE);
}

/** Of which generation the stable copies are; a marker that cannot be read says of none, and they are made again. */
function copiedBefore(marker: string | undefined): { readonly generation: number; readonly version: string } {
  try {
    const { generation, version } = JSON.parse(marker ?? '{}') as { generation?: unknown; version?: unknown };
    if (typeof generation === 'number' && typeof version === 'string') return { generation, version };
  } catch {}
  return { generation: 0, version: '' };
}

/** The file as this run made it, or else as the version holds it. */
async function present(local: string, file: PointedFile, warehouse: Store): Promise<string> {
  if (!(await isHash(local, file.sha256))) {
    await warehouse.download(file.path, local);
    await requireHash(local, file, warehouse.name);
  }
  return local;
}

async function isHash(local: string, sha256: string): Promise<boolean> {
  const there = await stat(local).then(
    () => true,
    () => false,
  );
  return there && (await sha256OfFile(local)) === sha256;
}

/** The monthly CSVs follow from the partitions; a run that has not made them makes them again. */
async function rebuildNormalized(
  context: Context,
  pointer: Pointer,
  files: readonly PointedFile[],
): Promise<Map<string, string>> {
  const zone = openZone(context.configuration.localZone);
  const made = new Map<string, string>();
  await mkdir(join(context.work, 'normalized'), { recursive: true });
  for (const { path } of files) {
    const [, measurement, month, level] =
      /^normalized\/(additive|nonadditive)_(\d{4}-\d{2})\.(hourly|daily|weekly)\.csv$/.exec(path)!;
    const near = pointer.partitions.filter(
      (one) => one.month >= shiftMonth(month!, -1) && one.month <= shiftMonth(month!, 1),
    );
    const hours = await fetchHours(context, near, []);
    const csv = normalizedCsv([...hours.values()], measurement as Measurement, level as Level, month!, zone);
    const local = join(context.work, path);
    await writeFile(local, csv?.text ?? '');
    made.set(path, local);
  }
  return made;
}

async function dropOldVersions(warehouse: Store, pointer: Pointer): Promise<void> {
  const files = await warehouse.list('public/versions');
  const versionOf = (path: string) => path.split('/')[2]!;
  const versions = [...new Set(files.map(({ path }) => versionOf(path)))].sort();
  const kept = new Set([...versions.slice(-VERSIONS_KEPT), pointer.public.version]);
  for (const { path } of files) if (!kept.has(versionOf(path))) await warehouse.remove(path);
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

function unrepairable(warehouse: Store, file: PointedFile): Failure {
  return new Failure({
    stage: 'publish-parquet',
    what: 'a monthly CSV does not follow from its partitions any more',
    where: `${warehouse.name}/${file.path}`,
    expected: `SHA-256 ${file.sha256}`,
    fix: 'check that the time zone in seeds/aggregations.csv is the one it was made with',
    class: 'config',
    code: 'normalized-differs',
  });
}

function sorted(consumed: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(consumed).sort(([a], [b]) => compareText(a, b)));
}
