import { mkdir, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { newRoom } from '@sensor-warehouse/intake/text/text-file';
import { Failure } from '@sensor-warehouse/model/findings/failure';
import { compareText } from '@sensor-warehouse/model/readings/readings';
import { type Month, monthOf } from '@sensor-warehouse/model/time/month';
import { sha256OfFile } from '@sensor-warehouse/storage/file-hash';
import { type LegacyHours, readLegacyHours, seriesOf, writeLegacyHours } from '../dataset/legacy-hours';
import { levelsBuilder } from '../dbt-levels/dbt-levels';
import { fetchWhole } from '../layout/fetch-whole';
import type { LabelReading } from '../layout/label-reading';
import { pathOf } from '../layout/names';
import { type LegacyMonth, type Pointer, readPointer } from '../layout/pointer';
import { putBack } from '../partitions/heal-partition';
import { fetchHours } from '../partitions/partition-hours';
import { makeDatasetVersion } from '../publish-parquet/dataset-version';
import { movePointer, requireArrived, uploadNew } from '../publish-parquet/move-pointer';
import { repairStableCopies } from '../publish-parquet/stable-copies';
import type { Change, OpenWarehouse, Progress, Publishing, Seeds } from '../run/context';
import { inWork } from '../run/in-work';
import { requireConservation } from '../run/law';
import type { ProvideDbt } from '../transform/run-dbt';
import { internalLocations } from './known-names';
import { byMonth, type MergedFiles, type MonthChange, mergeFiles, mergeImportedMonth } from './merge-months';
import { findOldFiles, readOldFile } from './old-files';
import type { SeriesTable } from './timed-series';
import { type LegacyFault, type LegacyFile, toHours } from './to-hours';

export interface LegacyImport {
  /** Files and folders of the old pipeline. */
  readonly paths: readonly string[];
  readonly labels: LabelReading;
  /** Locations, as the files name them, that are left out. */
  readonly without: ReadonlySet<string>;
  /** A month may have fewer hours than before. */
  readonly allowFewer: boolean;
}

/** The result of an import. rows = imported + Σ rejected + repeated. */
export interface Imported {
  readonly files: number;
  readonly rows: number;
  readonly imported: number;
  readonly rejected: Readonly<Partial<Record<LegacyFault, number>>>;
  readonly repeated: number;
  /** Those of the repeated rows that have another value. */
  readonly conflicting: number;
  readonly equation: string;
  /** Months that changed. */
  readonly months: readonly ({ readonly month: Month; readonly hours: number } & MonthChange)[];
  readonly changed: boolean;
  readonly version: string;
  /** Conservation law of the publication; undefined if nothing changed. */
  readonly publication?: string;
}

/**
 * Takes the history of an older pipeline in: its hours, with their true instants, month by month beside the partitions
 * and never in them, and publishes the dataset with them. The same files again change nothing, but
 * for putting back an imported month that was lost.
 * @param provideDbt asked for only if monthly tables of an own level have to be rebuilt
 * @throws Failure if a name is not known, a month would lose hours, or somebody published meanwhile
 */
export async function importLegacy(
  context: Publishing,
  wanted: LegacyImport,
  provideDbt: ProvideDbt,
): Promise<Imported> {
  const { warehouse, dryRun, say } = context;
  const { pointer: before, text: textBefore } = await readPointer(warehouse);
  const files = await readFiles(context, wanted);
  const merged = mergeFiles(files);
  const counts = countImportedRows(files, merged);
  const { months, fresh, changes } = await nextMonths(context, before, merged, wanted);
  const report = { files: files.length, ...counts, months: changes, version: before.public.version };
  if (changes.length === 0) {
    say('import-legacy: nothing is new');
    if (!dryRun) await repairStableCopies(context, { pointer: before, text: textBefore }, levelsBuilder(provideDbt));
    return { ...report, changed: false };
  }
  if (!wanted.allowFewer) refuseFewer(changes);
  const generation = before.generation + 1;
  const hours = await fetchHours(context, before.partitions, []);
  const version = await makeDatasetVersion(context, hours, months, generation, {
    before,
    fresh,
    reasons: { cause: 'import', months: [] },
  });
  const { legacy: _, releases: __, ...rest } = before;
  const pointer: Pointer = {
    ...rest,
    generation,
    public: version.public,
    ...(months.length === 0 ? {} : { legacy: months }),
    ...(version.releases === undefined ? {} : { releases: version.releases }),
  };
  const result = { ...report, changed: true, version: version.public.version, publication: version.equation };
  if (dryRun) {
    say(`import-legacy: would publish version ${version.public.version} with ${version.rows} rows`);
    return result;
  }
  for (const [path, local] of fresh) await warehouse.uploadOnce(local, path);
  await requireArrived(
    warehouse,
    months.filter(({ path }) => fresh.has(path)),
  );
  await uploadNew(warehouse, [], version.files, version.public.version, say);
  const moved = await movePointer(context, pointer, textBefore);
  await repairStableCopies(context, moved, levelsBuilder(provideDbt), before.public);
  return result;
}

async function readFiles({ configuration, say }: Seeds & Progress, wanted: LegacyImport): Promise<LegacyFile[]> {
  const old = await findOldFiles(wanted.paths);
  const room = newRoom();
  const tables: SeriesTable[] = [];
  for (const [index, file] of old.entries()) {
    say(`import-legacy: ${file.name} (${index + 1} of ${old.length})`);
    tables.push(await readOldFile(file, room));
  }
  const locations = internalLocations(tables, configuration, wanted.without);
  return tables.map((table, index) => toHours(table, old[index]!.detail, wanted.labels, locations, configuration));
}

/** @throws Failure (bug) if a row of the old files is neither imported, nor rejected, nor repeated */
export function countImportedRows(
  files: readonly LegacyFile[],
  merged: Pick<MergedFiles, 'series' | 'repeated' | 'conflicting'>,
) {
  const sum = (of: (file: LegacyFile) => number) => files.reduce((total, file) => total + of(file), 0);
  const rows = sum((file) => file.rows);
  const rejected: Partial<Record<LegacyFault, number>> = {};
  for (const file of files) {
    for (const [fault, count] of Object.entries(file.rejected) as [LegacyFault, number][]) {
      rejected[fault] = (rejected[fault] ?? 0) + count;
    }
  }
  const left = Object.values(rejected).reduce((total, count) => total + count, 0);
  const repeated = sum((file) => file.repeated) + merged.repeated;
  const conflicting = sum((file) => file.conflicting) + merged.conflicting;
  const imported = merged.series.reduce((total, one) => total + one.rows.reduce((all, count) => all + count, 0), 0);
  const equation = `rows ${rows} = imported ${imported} + rejected ${left} + repeated ${repeated}`;
  requireConservation('import-legacy', { equation, left: rows, right: imported + left + repeated });
  return { rows, imported, rejected, repeated, conflicting, equation };
}

async function nextMonths(
  context: OpenWarehouse & Change,
  before: Pointer,
  merged: MergedFiles,
  { labels }: LegacyImport,
): Promise<{
  readonly months: readonly LegacyMonth[];
  readonly fresh: ReadonlyMap<string, string>;
  readonly changes: Imported['months'];
}> {
  const now = byMonth(merged.series);
  const spans = [...merged.spans.values()].flat();
  const touched = (month: Month) =>
    now.has(month) || spans.some(({ first, last }) => month > monthOf(first) && month < monthOf(last));
  const known = (before.legacy ?? []).filter(({ month }) => touched(month));
  const read: (LegacyHours | undefined)[] = [];
  for (const one of known) {
    const local = await fetchWhole(context, one);
    read.push(local === undefined ? undefined : await readLegacyHours(local));
  }
  const months = new Map((before.legacy ?? []).map((one) => [one.month, one]));
  const fresh = new Map<string, string>();
  const changes: Imported['months'][number][] = [];
  const folder = inWork(context.work, 'legacy');
  await mkdir(folder, { recursive: true });
  for (const month of [...new Set([...now.keys(), ...known.map((one) => one.month)])].sort(compareText)) {
    const at = known.findIndex((one) => one.month === month);
    const its = at < 0 ? undefined : read[at];
    const old = its === undefined ? [] : seriesOf(its);
    const isLost = at >= 0 && its === undefined;
    // Hours whose labels were read in two ways must not stand together: the new reading replaces the whole month.
    const sameLabels = at >= 0 && JSON.stringify(known[at]!.labels) === JSON.stringify(labels);
    const { series, change } = mergeImportedMonth(sameLabels ? old : [], now.get(month) ?? [], merged.spans);
    const local = join(folder, `${month}.parquet`);
    const hours = await writeLegacyHours(local, series);
    const sha256 = await sha256OfFile(local);
    if (sameLabels && known[at]!.sha256 === sha256) {
      if (isLost) await putBack(context, local, known[at]!);
      continue;
    }
    const path = pathOf({ kind: 'legacy hours', month, hash: sha256.slice(0, 8) });
    const named = inWork(context.work, path);
    await rename(local, named);
    const replacement = sameLabels && !isLost ? change : { ...change, removed: at < 0 ? 0 : known[at]!.rows };
    changes.push({ month, hours, ...replacement });
    if (hours === 0) months.delete(month);
    else {
      fresh.set(path, named);
      months.set(month, { month, path, sha256, bytes: (await stat(named)).size, rows: hours, labels });
    }
  }
  return { months: [...months.values()].sort((a, b) => compareText(a.month, b.month)), fresh, changes };
}

/** @throws Failure (input) that names every month which would have fewer hours than before */
function refuseFewer(changes: Imported['months']): void {
  const fewer = changes.filter(({ added, removed }) => removed > added);
  if (fewer.length === 0) return;
  const list = fewer.slice(0, 12).map(({ month, added, removed }) => `${month} (${removed - added} fewer)`);
  throw new Failure({
    stage: 'import-legacy',
    what: 'imported months would have fewer hours than before',
    found: `${list.join(', ')}${fewer.length > 12 ? `, and ${fewer.length - 12} more` : ''}`,
    expected: 'at least as many hours in each month',
    consequence: 'nothing was changed',
    fix: 'check the files; give --allow-fewer if the missing hours were wrong',
    class: 'input',
    code: 'legacy-shrinks',
  });
}
