import { join } from 'node:path';
import { explorerAssets } from '../assets';
import { readSummary } from '../dataset/read-summary';
import { explorerPage } from '../page/explorer-page';
import { fileRanges, readFilesList, requireWhole } from './folder-dataset';
import type { Served } from './page-server';

/**
 * The page for a folder with a dataset, made now by this version of the page.
 * @throws DataProblem if the folder has no dataset, or one that is not whole
 */
export async function servedDataset(folder: string): Promise<(name: string) => Promise<Served | undefined>> {
  const list = await readFilesList(folder);
  await requireWhole(folder, list);
  const summary = await readSummary(list, (file) => fileRanges(folder, file));
  const files = ['files.json', ...list.files.map(({ name }) => name)];
  const served = new Map<string, Served>([
    ...files.map((name): [string, Served] => [name, { file: join(folder, name) }]),
    ...Object.entries(await explorerAssets()).map(([name, bytes]): [string, Served] => [name, { bytes }]),
    ['index.html', { bytes: explorerPage(summary) }],
  ]);
  return async (name) => served.get(name);
}
