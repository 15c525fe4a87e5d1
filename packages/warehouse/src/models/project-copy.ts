import { copyFile, mkdir, readdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { leftOversOf } from './left-over';
import { UNION_PATH } from './model-texts';
import { projectPaths } from './project-files';
import { readModels } from './project-models';

/**
 * Copies the project to a scratch folder: files of these folders are copied and may be changed, everything else is
 * linked. Links within these folders are followed and copied, so that a change never reaches the project.
 */
export async function copyProject(project: string, copy: string, changed: readonly string[]): Promise<void> {
  await mkdir(copy, { recursive: true });
  for (const name of await readdir(project))
    if (!changed.includes(name)) await symlink(resolve(project, name), join(copy, name));
  for (const folder of changed) {
    for (const path of await projectPaths(project, folder)) {
      await mkdir(dirname(join(copy, path)), { recursive: true });
      await copyFile(join(project, path), join(copy, path));
    }
  }
}

/**
 * The project as dbt can build it: without models of sources that have no row. They stay in a copy by name, switched off,
 * so that dbt leaves their tests out too.
 * @param configured the sources that have a row, enabled or not
 * @param copy where a copy may be made
 * @returns the folder of the project itself, or of the copy
 */
export async function withoutLeftOvers(project: string, configured: readonly string[], copy: string): Promise<string> {
  const { models, union } = leftOversOf(await readModels(project), configured);
  if (models.length === 0) return project;
  await copyProject(project, copy, ['models']);
  for (const { path } of models) await writeFile(join(copy, path), '{{ config(enabled=false) }}\nselect 1\n');
  if (union !== undefined) await writeFile(join(copy, UNION_PATH), union);
  return copy;
}
