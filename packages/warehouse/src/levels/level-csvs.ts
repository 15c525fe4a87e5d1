import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { compareText } from '@sensor-warehouse/model/readings/readings';
import type { AggregationLevel } from '@sensor-warehouse/model/seeds/configuration';
import { reachOfMonth, windowsOfLevel } from '@sensor-warehouse/model/seeds/level-windows';
import { type Month, monthOf } from '@sensor-warehouse/model/time/month';
import { sha256OfBytes } from '@sensor-warehouse/storage/file-hash';
import { levelDefinition, levelsOfReadings } from '../engines/reading-levels';
import type { Partition, PointedFile } from '../layout/pointer';
import { inWork } from '../run/in-work';
import type { Hours } from '../tables/hours';
import { type LevelRow, levelCsv, monthOfLevel } from './levels';

/** A CSV of `normalized/` in the work folder. */
export interface MadeCsv extends PointedFile {
  readonly local: string;
}

/** Where the tables of partitions come from. */
export interface Tables {
  hours(partitions: readonly Partition[]): Promise<readonly Hours[]>;
  /** Tables of a level that has files in partitions; partitions without one are left out. */
  level(partitions: readonly Partition[], definition: string): Promise<readonly Hours[]>;
}

export const csvPath = (level: string, month: Month) => `normalized/${level}_${month}.csv`;

/** Level and month of a file of an own level; undefined for other paths, those of the built-in levels too. */
export function ownLevelOf(path: string): { readonly level: string; readonly month: Month } | undefined {
  const [, level, month] = /^normalized\/([a-z][a-z0-9_]*)_([0-9]{4}-[0-9]{2})\.csv$/.exec(path) ?? [];
  return level === undefined ? undefined : { level, month: month! };
}

/**
 * Writes both measurements of a level to one file: the windows that begin in the month. Undefined if there are none.
 */
export async function writeLevelCsv(
  work: string,
  level: AggregationLevel,
  month: Month,
  partitions: readonly Partition[],
  tables: Tables,
): Promise<MadeCsv | undefined> {
  const windows = windowsOfLevel(level);
  const parts = await partsOf(level, month, partitions, tables);
  const rows = (['additive', 'nonadditive'] as const)
    .flatMap((measurement) => monthOfLevel(parts, measurement, windows, month))
    .sort(compareRows);
  if (rows.length === 0) return undefined;
  const path = csvPath(level.name, month);
  const bytes = Buffer.from(levelCsv(rows), 'utf8');
  const local = inWork(work, path);
  await mkdir(dirname(local), { recursive: true });
  await writeFile(local, bytes);
  return { path, local, sha256: sha256OfBytes(bytes), bytes: bytes.length, rows: rows.length };
}

function partsOf(level: AggregationLevel, month: Month, partitions: readonly Partition[], tables: Tables) {
  if (levelsOfReadings({ ownLevels: [level] }).length > 0) {
    return tables.level(
      partitions.filter((one) => one.month === month),
      levelDefinition(level),
    );
  }
  const [from, to] = reachOfMonth(month, windowsOfLevel(level));
  return tables.hours(partitions.filter((one) => one.month >= monthOf(from) && one.month <= monthOf(to)));
}

function compareRows(a: LevelRow, b: LevelRow): number {
  return (
    a.time - b.time ||
    compareText(a.location, b.location) ||
    compareText(a.source, b.source) ||
    compareText(a.dataKey, b.dataKey)
  );
}
