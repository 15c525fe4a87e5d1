import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { systemError, unlessAbsent } from '@sensor-warehouse/model/findings/io-failure';
import { compareText } from '@sensor-warehouse/model/readings/readings';

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
  const paths = (await projectPaths(project, folder)).filter((path) => endings.some((ending) => path.endsWith(ending)));
  const files: ProjectFile[] = [];
  for (const path of paths) files.push({ path, text: await readFile(join(project, path), 'utf8') });
  return files;
}

/**
 * The paths of all files below a folder of the project, relative to the project, with `/` between, in order. However the
 * project itself is written, they are built downwards and never cut out of a longer path. Links are followed, as dbt does.
 */
export async function projectPaths(project: string, folder: string): Promise<string[]> {
  return (await pathsBelow(project, folder, [])).sort(compareText);
}

async function pathsBelow(project: string, folder: string, above: readonly string[]): Promise<string[]> {
  const place = await realpath(join(project, folder)).catch(unlessDangling);
  // A link to a folder above would form a loop.
  if (place === undefined || above.includes(place)) return [];
  const names = (await readdir(place).catch(unlessAbsent)) ?? [];
  const paths: string[] = [];
  for (const name of names) {
    const path = `${folder}/${name}`;
    const found = await stat(join(place, name)).catch(unlessDangling);
    if (found?.isDirectory()) paths.push(...(await pathsBelow(project, path, [...above, place])));
    else if (found?.isFile()) paths.push(path);
  }
  return paths;
}

/** A link may lead to nothing, or to itself. */
function unlessDangling(thrown: unknown): undefined {
  return systemError(thrown)?.errno === 'ELOOP' ? undefined : unlessAbsent(thrown);
}
