import { readdir, readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { compareText } from '@sensor-warehouse/model/readings';

/** A text of the dbt project; its path is relative to the project, with `/` between. */
export interface ProjectFile {
  readonly path: string;
  readonly text: string;
}

/** The files of a folder of the dbt project that end in one of `endings`, in order; none if there is no such folder. */
export async function projectFiles(
  project: string,
  folder: string,
  endings: readonly string[],
): Promise<ProjectFile[]> {
  const entries = await readdir(join(project, folder), { withFileTypes: true, recursive: true }).catch(() => []);
  const paths = entries
    .filter((entry) => entry.isFile() && endings.some((ending) => entry.name.endsWith(ending)))
    .map((entry) => relative(project, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .sort(compareText);
  return Promise.all(paths.map(async (path) => ({ path, text: await readFile(join(project, path), 'utf8') })));
}
