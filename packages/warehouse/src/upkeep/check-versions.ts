import type { Finding } from '@sensor-warehouse/model/findings/finding';
import { type CheckedFile, checkFile, type Stored } from '../layout/check-file';
import type { Pointer } from '../layout/pointer';
import { readPointerCopies } from '../layout/pointer-copies';
import type { OpenWarehouse } from '../run/context';

/** Versions of the dataset before the published one: whoever cites one reads it, and copies of the pointer have its hashes. */
export async function checkVersions(
  context: OpenWarehouse,
  pointer: Pointer,
  stored: Stored,
  everyByte: boolean,
): Promise<CheckedFile> {
  const folderOf = (version: string) => `public/versions/${version}/`;
  const there = new Set([...stored.keys()].flatMap((path) => /^public\/versions\/[^/]+\//.exec(path)?.[0] ?? []));
  const files = new Map<string, Pointer['public']['files'][number]>();
  const pointed = [pointer.public.version, pointer.pinned?.version];
  for (const { pointer: older } of await readPointerCopies(context.warehouse)) {
    const { version } = older.public;
    // A version that is gone altogether was removed when newer ones came.
    if (pointed.includes(version) || !there.has(folderOf(version))) continue;
    for (const file of older.public.files) files.set(file.path, file);
  }
  const findings: Finding[] = [];
  for (const file of files.values()) {
    const found = await checkFile(context, file, stored, everyByte);
    if (found !== undefined) findings.push({ ...found, fix: FIX });
  }
  return { checked: files.size, findings };
}

const FIX = 'restore the file from the remote’s version history, or remove the folder of this older version';
