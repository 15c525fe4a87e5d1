import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { AggregationLevel, Configuration } from '@sensor-warehouse/model/seeds/configuration';
import type { Month } from '@sensor-warehouse/model/time/month';
import type { Engine, MonthOfReadings } from '../engines/engine';
import { levelDefinition, levelsInProcess, levelsLeftOut, levelsOfReadings } from '../engines/reading-levels';
import { pathOf } from '../layout/names';
import type { Partition, PointedFile } from '../layout/pointer';
import type { Hours } from '../tables/hours';
import { digested, writeHours } from '../tables/partition-files';

/** Tables of one partition, by level. */
export type LevelTables = ReadonlyMap<AggregationLevel, Hours>;

/** The engine's tables for own levels in a window: those of each month, in order. */
export async function levelTables(
  configuration: Pick<Configuration, 'ownLevels'>,
  engine: Engine,
  datasource: string,
  window: readonly MonthOfReadings[],
): Promise<LevelTables[]> {
  const levels = levelsOfReadings(configuration);
  if (levels.length === 0) return window.map(() => new Map());
  const made = await (engine.levels ?? levelsInProcess)(datasource, window, levels);
  return window.map(
    (_, month) =>
      new Map(
        levels.flatMap((level) => {
          const table = made.get(levelDefinition(level))?.[month];
          return table === undefined ? [] : [[level, table] as const];
        }),
      ),
  );
}

export interface WrittenLevels {
  /** Levels that the engine does not make: they may be those of earlier readings. */
  readonly leftOut: readonly AggregationLevel[];
  /** By levelDefinition. */
  readonly levels: Readonly<Record<string, PointedFile>>;
  /** Path in the warehouse → local file, of those that were made. */
  readonly localLevels: Readonly<Record<string, string>>;
}

/** Writes a partition's levels into the work folder; one that the engine leaves out stays as `before` has it. */
export async function writeLevels(
  folder: string,
  configuration: Pick<Configuration, 'ownLevels'>,
  engine: Engine,
  partition: { readonly datasource: string; readonly month: Month; readonly before: Partition | undefined },
  tables: LevelTables,
): Promise<WrittenLevels> {
  const { datasource, month, before } = partition;
  const levels: Record<string, PointedFile> = {};
  const localLevels: Record<string, string> = {};
  const leftOut = levelsLeftOut(configuration, engine);
  for (const definition of leftOut.map(levelDefinition)) {
    const known = before?.levels?.[definition];
    if (known !== undefined) levels[definition] = known;
  }
  await mkdir(folder, { recursive: true });
  for (const [level, table] of tables) {
    const local = join(folder, `${month}.${level.name}.parquet`);
    await writeHours(local, table);
    const { sha256, bytes } = await digested(local);
    const hash = sha256.slice(0, 8);
    const path = pathOf({ kind: 'level windows', datasource, month, level: level.name, hash });
    levels[levelDefinition(level)] = { path, sha256, bytes, rows: table.count };
    localLevels[path] = local;
  }
  return { leftOut, levels, localLevels };
}
