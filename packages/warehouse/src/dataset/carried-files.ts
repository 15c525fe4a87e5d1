import { readFile } from 'node:fs/promises';
import type { Store } from '@sensor-warehouse/storage/store';
import { isHash } from '../layout/fetch-whole';
import { FILE_LIST, type ListedFile } from '../layout/file-list';
import { lackingFrom, sizesIn } from '../layout/file-sizes';
import { pathOf } from '../layout/names';
import type { Pointer } from '../layout/pointer';
import { readWhole } from '../layout/read-document';
import type { DatasetFile } from './dataset-file';

/** Files of the previous version that can be reused, by what they were made from. */
export type CarriedFiles = ReadonlyMap<string, DatasetFile>;

export const NOTHING_CARRIED: CarriedFiles = new Map();

/**
 * Finds the files of the published version that the next one can reuse. A version without a file list, such as those of
 * 0.1.0, or with a list that the pointer does not confirm, has none. Missing files are left out.
 * @param local where its list is downloaded
 */
export async function carriedFiles(
  warehouse: Store,
  published: Pointer['public'],
  local: string,
): Promise<CarriedFiles> {
  const { version, files } = published;
  const fileAt = (name: string) => pathOf({ kind: 'version file', version, name });
  const list = files.find(({ path }) => path === fileAt(FILE_LIST));
  if (list === undefined) return NOTHING_CARRIED;
  const lacking = lackingFrom(await sizesIn(warehouse, [`public/versions/${version}`]));
  if (lacking(list.path, list.bytes)) return NOTHING_CARRIED;
  await warehouse.download(list.path, local);
  if (!(await isHash(local, list.sha256))) return NOTHING_CARRIED;
  const { document } = readWhole('file list', await readFile(local, 'utf8'), `${warehouse.name}/${list.path}`);
  return new Map(
    (document?.files ?? []).flatMap((listed): [string, DatasetFile][] => {
      const file = files.find(({ path }) => path === fileAt(listed.name));
      if (listed.madeFrom === undefined || file === undefined || lacking(file.path, file.bytes)) return [];
      return isSame(listed, file) ? [[listed.name, { ...listed, local: undefined, carriedFrom: file.path }]] : [];
    }),
  );
}

function isSame(listed: ListedFile, { sha256, bytes, rows }: Pointer['public']['files'][number]): boolean {
  return listed.sha256 === sha256 && listed.bytes === bytes && listed.rows === rows;
}
