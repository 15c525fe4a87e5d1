import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { compareText } from '@sensor-warehouse/model/readings/readings';
import { sha256OfBytes } from '@sensor-warehouse/storage/file-hash';
import { LEVELS_FOLDER } from '../models/check-levels';
import { projectPaths } from '../models/project-files';

/** Selects the dbt models of aggregation levels: they read the archive, and are built after it, not by transform. */
export const LEVEL_MODELS = `path:${LEVELS_FOLDER}`;

export interface LevelModels {
  /** Names of the models: of the levels. */
  readonly names: readonly string[];
  /** Names everything in their folder and in `macros`: another text may give other values. */
  readonly digest: string;
}

/** @returns undefined if the project has no such model */
export async function levelModels(project: string): Promise<LevelModels | undefined> {
  const files = await projectPaths(project, LEVELS_FOLDER);
  const names = files.map((path) => /([^/]+)\.sql$/.exec(path)?.[1]).filter((name) => name !== undefined);
  if (names.length === 0) return undefined;
  const parts: Buffer[] = [];
  for (const path of [...files, ...(await projectPaths(project, 'macros'))]) {
    const text = await readFile(join(project, path));
    parts.push(Buffer.from(`${path}\0${text.length}\0`, 'utf8'), text);
  }
  return { names: names.sort(compareText), digest: sha256OfBytes(Buffer.concat(parts)).slice(0, 16) };
}
