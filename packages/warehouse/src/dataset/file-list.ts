import type { Configuration } from '@sensor-warehouse/model/seeds/configuration';
import { FILE_LIST, type FileList, type ListedFile } from '../layout/file-list';
import { type DatasetFile, writtenFile } from './dataset-file';

/** Writes `files.json` of a version, which lists its other files, the flat table first. */
export async function writeFileList(
  folder: string,
  { dataset, localZone }: Pick<Configuration, 'dataset' | 'localZone'>,
  version: string,
  files: readonly DatasetFile[],
): Promise<DatasetFile> {
  const { name, title, license, citation } = dataset;
  const period = files[0]?.period;
  const list: FileList = {
    format: 1,
    dataset: { name, title, license, citation, timezone: localZone },
    version,
    ...(period === undefined ? {} : { period }),
    files: files.map(listed),
  };
  return writtenFile(folder, { name: FILE_LIST, rows: 0 }, `${JSON.stringify(list, null, 2)}\n`);
}

function listed({ local: _, carriedFrom: __, ...file }: DatasetFile): ListedFile {
  const { name, table, year, bytes, sha256, rows, period, madeFrom, columns } = file;
  return {
    name,
    ...(table === undefined ? {} : { table }),
    ...(year === undefined ? {} : { year }),
    bytes,
    sha256,
    rows,
    ...(period === undefined ? {} : { period }),
    ...(madeFrom === undefined ? {} : { madeFrom }),
    ...(columns === undefined ? {} : { columns }),
  };
}
