import type { Finding } from '@sensor-warehouse/model/findings/finding';
import type { Configuration } from '@sensor-warehouse/model/seeds/configuration';
import type { FileChange } from '../project/file-changes';
import { replaceFiles } from '../project/replace-files';
import { landingModel, landingPath, stagingModel, stagingPath, UNION_PATH } from './model-texts';
import type { ProjectModels } from './project-models';
import { withUnion } from './union';

const COMPLETED = ['source-unmodelled', 'source-not-united'];

/**
 * The models that mapped sources lack: landing, staging and a part of the union. A source without mapping seeds is left
 * to a person, who knows its columns. Of the existing models, only the union is changed.
 * @param findings of modelFindings for the same project
 */
export function missingModels(
  { datasources }: Configuration,
  { models }: ProjectModels,
  findings: readonly Finding[],
): FileChange[] {
  const texts = new Map([...models.values()].map(({ path, text }) => [path, text]));
  const changes = new Map<string, FileChange>();
  const put = (path: string, after: string) => {
    changes.set(path, { path, before: texts.get(path) ?? '', after });
  };
  for (const datasource of datasources) {
    const { id, seeds } = datasource;
    if (seeds.length === 0 || !findings.some((one) => one.datasource === id && COMPLETED.includes(one.code))) continue;
    const union = withUnion(changes.get(UNION_PATH)?.after ?? texts.get(UNION_PATH) ?? '', id);
    if (union === undefined) continue;
    if (!texts.has(landingPath(id))) put(landingPath(id), landingModel(id));
    if (!texts.has(stagingPath(id))) put(stagingPath(id), stagingModel(datasource));
    put(UNION_PATH, union);
  }
  return [...changes.values()];
}

/** @throws Failure; then the project has the bytes that it had */
export async function writeModels(project: string, changes: readonly FileChange[]): Promise<void> {
  await replaceFiles(project, changes, 'models');
}
