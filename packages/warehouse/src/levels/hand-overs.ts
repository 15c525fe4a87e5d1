import type { HandOver } from '../run/hand-over';

/** Input of the stage dbt-levels in the work folder. */
export interface LevelArchive {
  /** Names the archive that is laid out, and the models; '' if no level has to be made. */
  readonly of: string;
}

/** Rows of one model, as lines of JSON in the work folder (see tableFile). */
export interface LevelTable {
  /** Of the model: of the level. */
  readonly name: string;
  readonly rows: number;
  readonly sha256: string;
}

/** Output of the stage dbt-levels for publish-parquet. */
export interface DbtLevels extends LevelArchive {
  readonly tables: readonly LevelTable[];
}

export const LEVEL_ARCHIVE: HandOver<LevelArchive> = { file: 'level-archive.json', by: 'influx-aggregate' };
export const DBT_LEVELS: HandOver<DbtLevels> = { file: 'dbt-levels.json', by: 'dbt-levels' };
