import { explorerAssets } from '@sensor-warehouse/explorer/assets';
import { sha256OfBytes } from '@sensor-warehouse/storage/file-hash';
import type { CarriedFiles } from './carried-files';
import { type DatasetFile, writtenFile } from './dataset-file';

/** The page that shows the dataset in a browser. */
export const INDEX = 'index.html';

/** Writes the script and the stylesheet of the page. As long as they stay the same, each version takes them over. */
export async function writeExplorerAssets(folder: string, carried: CarriedFiles): Promise<DatasetFile[]> {
  const files: DatasetFile[] = [];
  for (const [name, bytes] of Object.entries(await explorerAssets())) {
    const made = sha256OfBytes(bytes);
    const known = carried.get(name);
    if (known?.madeFrom === made) {
      files.push(known);
      continue;
    }
    files.push(await writtenFile(folder, { name, rows: 0, madeFrom: made }, bytes));
  }
  return files;
}
