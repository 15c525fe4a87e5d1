import { mkdir, writeFile } from 'node:fs/promises';
import { compareText, type Measurement } from '@sensor-warehouse/model/readings/readings';
import type { AggregationLevel } from '@sensor-warehouse/model/seeds/configuration';
import { builtInLevels, windowsOfLevel } from '@sensor-warehouse/model/seeds/level-windows';
import { type Month, shiftMonth } from '@sensor-warehouse/model/time/month';
import { sha256OfBytes } from '@sensor-warehouse/storage/file-hash';
import type { ChangedPartition } from '../layout/changed-partition';
import { pathOf } from '../layout/names';
import type { Partition, PointedFile, Pointer } from '../layout/pointer';
import { ownLevelOf } from '../levels/level-csvs';
import { levelCsv, monthOfLevel } from '../levels/levels';
import { fetchHours } from '../partitions/partition-hours';
import type { Publishing, Scratch, Seeds } from '../run/context';
import { inWork } from '../run/in-work';
import type { Hours } from '../tables/hours';
import type { LevelTablesFrom } from './levels-of-models';
import { rebuildOwnLevels } from './own-levels';

const MEASUREMENTS: readonly Measurement[] = ['additive', 'nonadditive'];

/**
 * Writes the monthly CSVs of hours, days and weeks that the changed partitions reach. An hour belongs to a local day and week that may begin in
 * the month before it or end in the one after, so neighbours are written too, from the hours of their neighbours.
 */
export async function writeNormalized(
  context: Scratch & Seeds,
  hours: ReadonlyMap<Partition, Hours>,
  changed: readonly ChangedPartition[],
  before: Pointer,
  generation: number,
): Promise<Pointer['normalized']> {
  const levels = builtInLevels(context.configuration);
  const months = new Set<Month>();
  for (const { month } of changed) for (const by of [-1, 0, 1]) months.add(shiftMonth(month, by));
  const files = new Map(before.normalized.map((file) => [file.path, file]));
  const folder = inWork(context.work, 'normalized');
  await mkdir(folder, { recursive: true });
  for (const month of [...months].sort()) {
    const near = [...hours].filter(([one]) => one.month >= shiftMonth(month, -1) && one.month <= shiftMonth(month, 1));
    for (const measurement of MEASUREMENTS) {
      for (const level of levels) {
        const csv = normalizedCsv(
          near.map(([, part]) => part),
          measurement,
          level,
          month,
        );
        const path = pathOf({ kind: 'window csv', measurement, month, level: level.name });
        // A file that was there and has no more rows stays, with its header alone: nobody reads the rows of before.
        if (csv.rows === 0 && !files.has(path)) continue;
        const bytes = Buffer.from(csv.text, 'utf8');
        const sha256 = sha256OfBytes(bytes);
        if (files.get(path)?.sha256 === sha256) continue;
        await writeFile(inWork(context.work, path), bytes);
        files.set(path, { path, sha256, bytes: bytes.length, rows: csv.rows, since: generation });
      }
    }
  }
  return [...files.values()].sort((a, b) => compareText(a.path, b.path));
}

function normalizedCsv(
  parts: readonly Hours[],
  measurement: Measurement,
  level: AggregationLevel,
  month: Month,
): { text: string; rows: number } {
  const rows = monthOfLevel(parts, measurement, windowsOfLevel(level), month);
  return { text: levelCsv(rows), rows: rows.length };
}

/** The monthly CSVs follow from the partitions; a run that has not built them rebuilds them. */
export async function rebuildNormalized(
  context: Publishing,
  pointer: Pointer,
  files: readonly PointedFile[],
  dbt: LevelTablesFrom,
): Promise<Map<string, string>> {
  const levels = builtInLevels(context.configuration);
  const own = files.filter(({ path }) => ownLevelOf(path) !== undefined);
  const made = await rebuildOwnLevels(context, pointer, own, dbt);
  await mkdir(inWork(context.work, 'normalized'), { recursive: true });
  for (const { path } of files) {
    if (own.some((one) => one.path === path)) continue;
    const [, measurement, month, name] =
      /^normalized\/(additive|nonadditive)_(\d{4}-\d{2})\.(hourly|daily|weekly)\.csv$/.exec(path)!;
    const near = pointer.partitions.filter(
      (one) => one.month >= shiftMonth(month!, -1) && one.month <= shiftMonth(month!, 1),
    );
    const hours = await fetchHours(context, near, []);
    const level = levels.find((one) => one.name === name)!;
    const csv = normalizedCsv([...hours.values()], measurement as Measurement, level, month!);
    const local = inWork(context.work, path);
    await writeFile(local, csv.text);
    made.set(path, local);
  }
  return made;
}
