import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { unlessAbsent } from '@sensor-warehouse/model/findings/io-failure';
import { projectFiles, projectPaths } from './project-files';

/** What `ref('…')` may name in a project. */
export interface Resources {
  /** Name → the files that define it: models, seeds and snapshots. */
  readonly files: ReadonlyMap<string, readonly string[]>;
  /** The project's own name. */
  readonly project: string | undefined;
  /** Whether names may come from elsewhere too: from packages, from versions of a model, from other folders. */
  readonly open: boolean;
}

export async function readResources(project: string): Promise<Resources> {
  const files = new Map<string, string[]>();
  const put = (name: string, path: string) => files.set(name, [...(files.get(name) ?? []), path]);
  for (const path of [...(await projectPaths(project, 'models')), ...(await projectPaths(project, 'seeds'))]) {
    const name = /^(?:models\/.*?([^/]+)\.(?:sql|py)|seeds\/.*?([^/]+)\.csv)$/.exec(path);
    if (name !== null) put(name[1] ?? name[2]!, path);
  }
  for (const { path, text } of await projectFiles(project, 'snapshots', ['.sql', '.yml', '.yaml']))
    for (const [, inSql, inYaml] of text.matchAll(/\{%-?\s*snapshot\s+(\w+)|^\s*-\s*name:\s*['"]?(\w+)/gm))
      put(inSql ?? inYaml!, path);
  const settings = (await readFile(join(project, 'dbt_project.yml'), 'utf8').catch(unlessAbsent)) ?? '';
  const properties = await projectFiles(project, 'models', ['.yml', '.yaml']);
  const paths = [...settings.matchAll(/^(?:model|seed|snapshot)-paths:\s*\[\s*['"]?([\w.-]+)['"]?\s*(?=[\],])/gm)].map(
    (one) => one[1]!,
  );
  return {
    files,
    project: /^name:\s*['"]?(\w+)/m.exec(settings)?.[1],
    open:
      paths.some((path) => !['models', 'seeds', 'snapshots'].includes(path)) ||
      properties.some(({ text }) => /^\s+versions:/m.test(text)) ||
      (await hasPackages(project)),
  };
}

async function hasPackages(project: string): Promise<boolean> {
  for (const name of ['packages.yml', 'dependencies.yml'])
    if ((await readFile(join(project, name), 'utf8').catch(unlessAbsent))?.trim()) return true;
  return false;
}
