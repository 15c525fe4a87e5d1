import { Failure } from '@sensor-warehouse/model/findings/failure';
import type { Finding } from '@sensor-warehouse/model/findings/finding';
import { compareText } from '@sensor-warehouse/model/readings/readings';
import type { AggregationLevel } from '@sensor-warehouse/model/seeds/configuration';
import { monthsReached, windowsOfLevel } from '@sensor-warehouse/model/seeds/level-windows';
import type { Month } from '@sensor-warehouse/model/time/month';
import { levelDefinition, levelsOfReadings } from '../engines/reading-levels';
import type { ChangedPartition } from '../layout/changed-partition';
import type { Partition, PointedFile, Pointer } from '../layout/pointer';
import { type MadeCsv, ownLevelOf, writeLevelCsv } from '../levels/level-csvs';
import { nameOf, type OwnLevels, ownLevelsOf } from '../levels/own-level-definitions';
import { fetchHours, fetchLevel } from '../partitions/partition-hours';
import type { Publishing } from '../run/context';
import type { Hours } from '../tables/hours';
import { type BuildLevels, type LevelTablesFrom, levelsOfModels } from './levels-of-models';

/** For callers that have no Python. */
export const withoutDbt: BuildLevels = async () => {
  throw new Failure({
    stage: 'publish-parquet',
    what: 'the environment with dbt is missing, which the levels in models/3_aggregations need',
    fix: 'run npm run setup, or set DBT_PYTHON',
    class: 'config',
    code: 'python-missing',
  });
};

/** A version to come, as far as own levels follow from it. */
export interface VersionOfLevels {
  readonly hours: ReadonlyMap<Partition, Hours>;
  readonly changed: readonly ChangedPartition[];
  readonly before: Pointer;
  /** The files so far: those of the pointer before, and the built-in levels. */
  readonly normalized: Pointer['normalized'];
  readonly generation: number;
}

/**
 * Writes the CSVs of own levels that the changed partitions reach; of a level that is new or redefined, those of all
 * months. Files of a level that is gone, or of another definition, are left out.
 */
export async function writeOwnLevels(
  context: Publishing,
  own: OwnLevels,
  { hours, changed, before, normalized, generation }: VersionOfLevels,
  dbt: LevelTablesFrom,
): Promise<Pick<Pointer, 'normalized' | 'levels'>> {
  const partitions = [...hours.keys()];
  const kept = new Set(own.definitions.filter((one) => before.levels?.includes(one)));
  const keptNames = new Set([...kept].map(nameOf));
  const known = new Map(before.normalized.map((file) => [file.path, file]));
  const files = new Map(normalized.map((file) => [file.path, file]));
  const drop = (fits: (level: string, month: Month) => boolean) => {
    for (const path of files.keys()) {
      const its = ownLevelOf(path);
      if (its !== undefined && fits(its.level, its.month)) files.delete(path);
    }
  };
  const put = ({ local: _, ...csv }: MadeCsv) => {
    const same = known.get(csv.path);
    files.set(csv.path, same?.sha256 === csv.sha256 ? same : { ...csv, since: generation });
  };
  drop((level) => !keptNames.has(level));
  const tables = {
    hours: async (some: readonly Partition[]) => some.map((one) => hours.get(one)!),
    level: (some: readonly Partition[], definition: string) => fetchLevel(context, some, changed, definition),
  };
  for (const level of own.rows) {
    const months = monthsOf(level, kept.has(levelDefinition(level)) ? changed : partitions);
    if (months.length > 12) context.say(`publish-parquet: level ${level.name}, ${months.length} months`);
    for (const month of months) {
      // A month without one of its sources would look like a whole one.
      if (lacking(level, partitions, month).length > 0) continue;
      const csv = await writeLevelCsv(context.work, level, month, partitions, tables);
      if (csv !== undefined) put(csv);
      else drop((name, its) => name === level.name && its === month);
    }
  }
  const remade = own.models.length > 0 && (changed.length > 0 || own.models.some((name) => !keptNames.has(name)));
  if (remade) {
    const made = await levelsOfModels(context, dbt, partitions, changed);
    drop((level) => own.models.includes(level));
    for (const csv of made) put(csv);
  }
  return {
    normalized: [...files.values()].sort((a, b) => compareText(a.path, b.path)),
    ...(own.definitions.length > 0 ? { levels: own.definitions } : {}),
  };
}

/** Partitions (of one month) that have no file of a level that hours cannot give: they were made without it. */
function lacking(level: AggregationLevel, partitions: readonly Partition[], month?: Month): Partition[] {
  if (levelsOfReadings({ ownLevels: [level] }).length === 0) return [];
  const definition = levelDefinition(level);
  return partitions.filter((one) => (month ?? one.month) === one.month && one.levels?.[definition] === undefined);
}

/** What is said about levels that are not there for every month. */
export function incompleteFindings({ rows }: OwnLevels, partitions: readonly Partition[]): Finding[] {
  return rows.flatMap((level) => {
    const without = lacking(level, partitions);
    if (without.length === 0) return [];
    const months = [...new Set(without.map(({ month }) => month))].sort();
    return [
      {
        code: 'level-incomplete',
        severity: 'warning',
        file: 'seeds/aggregations.csv',
        count: without.length,
        found: `${without.length} months of a source without it, from ${months[0]} to ${months.at(-1)}`,
        message: `the level ${level.name} is published only for months that were built with it`,
        fix: 'rebuild the other months: warehouse backfill --mode stale',
      } satisfies Finding,
    ];
  });
}

/** The months whose files of a level these partitions reach, in order. */
function monthsOf(level: AggregationLevel, partitions: readonly Partition[]): Month[] {
  const windows = windowsOfLevel(level);
  const ofReadings = levelsOfReadings({ ownLevels: [level] }).length > 0;
  const months = [...new Set(partitions.map(({ month }) => month))];
  return [...new Set(ofReadings ? months : months.flatMap((month) => monthsReached(month, windows)))].sort();
}

/** Files of own levels follow from the partitions; a run that has not built them rebuilds them. Path → local file. */
export async function rebuildOwnLevels(
  context: Publishing,
  pointer: Pointer,
  files: readonly PointedFile[],
  dbt: LevelTablesFrom,
): Promise<Map<string, string>> {
  const made = new Map<string, string>();
  const { rows, models, definitions } = await ownLevelsOf(context);
  const tables = {
    hours: async (some: readonly Partition[]) => [...(await fetchHours(context, some, [])).values()],
    level: (some: readonly Partition[], definition: string) => fetchLevel(context, some, [], definition),
  };
  let ofModels: readonly MadeCsv[] | undefined;
  for (const { path } of files) {
    const { level: name, month } = ownLevelOf(path)!;
    if (models.includes(name) && definitions.every((one) => nameOf(one) !== name || pointer.levels?.includes(one)))
      ofModels ??= await levelsOfModels(context, dbt, pointer.partitions, []);
    const level = rows.find((one) => one.name === name);
    const csv =
      level === undefined
        ? ofModels?.find((one) => one.path === path)
        : await writeLevelCsv(context.work, level, month, pointer.partitions, tables);
    if (csv !== undefined) made.set(path, csv.local);
  }
  return made;
}
