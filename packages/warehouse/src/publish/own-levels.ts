import { mkdir } from 'node:fs/promises';
import type { AggregationLevel } from '@sensor-warehouse/model/configuration';
import { Failure } from '@sensor-warehouse/model/failure';
import { type Finding, findingLine, quoted } from '@sensor-warehouse/model/finding';
import { builtInLevels, monthsReached, windowsOfLevel } from '@sensor-warehouse/model/level-windows';
import type { Month } from '@sensor-warehouse/model/month';
import { compareText } from '@sensor-warehouse/model/readings';
import type { Hours } from '../aggregate/hours';
import type { ChangedPartition } from '../aggregate/make-partition';
import { levelDefinition, levelsOfReadings } from '../aggregate/reading-levels';
import type { Context } from '../context';
import { inWork } from '../layout/in-work';
import { LEVELS_FOLDER, levelModelFindings } from '../models/check-levels';
import type { Partition, PointedFile, Pointer } from '../pointer';
import { levelModels } from '../transform/level-models';
import type { ProvideDbt } from '../transform/run-dbt';
import { writeDbtLevels } from './dbt-levels';
import { type MadeCsv, ownLevelOf, writeLevelCsv } from './level-csvs';
import { fetchHours, fetchLevel } from './partition-hours';

/** For callers that have no Python. */
export const withoutDbt: ProvideDbt = async () => {
  throw new Failure({
    stage: 'publish-parquet',
    what: 'there is no environment with dbt, which the levels in models/3_aggregations need',
    fix: 'run npm run setup, or set DBT_PYTHON',
    class: 'config',
    code: 'python-missing',
  });
};

/** What the own levels of a project are now. */
export interface OwnLevels {
  readonly rows: readonly AggregationLevel[];
  /** Names of levels that are dbt models. */
  readonly models: readonly string[];
  /** Of rows and models, each with its name in front, in order. */
  readonly definitions: readonly string[];
}

/** @throws Failure (config) if a model has a name that no level may have, or reads what levels cannot */
export async function ownLevelsOf({ configuration, project }: Context): Promise<OwnLevels> {
  const rows = configuration.ownLevels;
  const models = await levelModels(project);
  const findings = await levelModelFindings(project);
  if (findings.length > 0) {
    throw new Failure({
      stage: 'publish-parquet',
      what: `models of ${LEVELS_FOLDER} read what is not there:\n${findings.map((one) => `  ${findingLine(one)}`).join('\n')}`,
      where: `${findings[0]!.file}:${findings[0]!.line}`,
      fix: findings[0]!.fix!,
      class: 'config',
      code: 'level-model',
      findings,
    });
  }
  const taken = ['additive', 'nonadditive', ...builtInLevels(configuration).map(({ name }) => name)].concat(
    rows.map(({ name }) => name),
  );
  for (const name of models?.names ?? []) {
    if (/^[a-z][a-z0-9_]{0,59}$/.test(name) && !taken.includes(name)) continue;
    throw new Failure({
      stage: 'publish-parquet',
      what: 'a model of models/3_aggregations cannot give a level its name',
      found: quoted(name),
      expected: `small letters, digits and _, and none of ${taken.join(', ')}`,
      fix: 'rename the model, or the level in seeds/aggregations.csv',
      class: 'config',
      code: 'level-model',
    });
  }
  const names = models?.names ?? [];
  const definitions = [...rows.map(levelDefinition), ...names.map((name) => `${name} dbt ${models!.digest}`)];
  return { rows, models: names, definitions: definitions.sort(compareText) };
}

const nameOf = (definition: string) => definition.split(' ')[0]!;

/** Names of the own levels whose files a pointer names. */
export const ownLevelNames = ({ levels = [] }: Pick<Pointer, 'levels'>): string[] => levels.map(nameOf);

/** Whether the files of own levels follow from other definitions than these. */
export function levelsDiffer({ levels = [] }: Pick<Pointer, 'levels'>, { definitions }: OwnLevels): boolean {
  return JSON.stringify(levels) !== JSON.stringify(definitions);
}

/**
 * Writes the CSVs of own levels that the changed partitions reach; of a level that is new or defined anew, those of all
 * months. Files of a level that is gone, or of another definition, are left out.
 * @param normalized the files so far, those of the pointer before and the built-in levels
 */
export async function writeOwnLevels(
  context: Context,
  own: OwnLevels,
  hours: ReadonlyMap<Partition, Hours>,
  changed: readonly ChangedPartition[],
  before: Pointer,
  normalized: Pointer['normalized'],
  generation: number,
  provideDbt: ProvideDbt,
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
    await mkdir(inWork(context.work, 'normalized'), { recursive: true });
    const made = await writeDbtLevels(context, await provideDbt(), partitions, changed);
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
        message: `the level ${level.name} is published only for months that were made with it`,
        fix: 'make the other months again: warehouse backfill --mode stale',
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

/** Files of own levels follow from the partitions; a run that has not made them makes them again. Path → local file. */
export async function rebuildOwnLevels(
  context: Context,
  pointer: Pointer,
  files: readonly PointedFile[],
  provideDbt: ProvideDbt,
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
    if (models.includes(name) && definitions.every((one) => nameOf(one) !== name || pointer.levels?.includes(one))) {
      await mkdir(inWork(context.work, 'normalized'), { recursive: true });
      ofModels ??= await writeDbtLevels(context, await provideDbt(), pointer.partitions, []);
    }
    const level = rows.find((one) => one.name === name);
    const csv =
      level === undefined
        ? ofModels?.find((one) => one.path === path)
        : await writeLevelCsv(context.work, level, month, pointer.partitions, tables);
    if (csv !== undefined) made.set(path, csv.local);
  }
  return made;
}
