import { statfs } from 'node:fs/promises';
import type { StoredFile } from '@sensor-warehouse/storage/store';
import type { UploadFolder } from './look-at-folder';

/** An upload lies in the work folder as received, as its landing or in the quarantine, and as facts. */
const COPIES = 3;

/** Bytes of uploads that the disk of a folder has room for, with what becomes of them. */
export async function roomFor(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return Math.floor((bavail * bsize) / COPIES);
}

/**
 * Which uploads there is no room for. Sources with few bytes come first, so none loses its place to a larger one, and of
 * one source the uploads that arrived first.
 */
export function withoutRoom(folders: readonly UploadFolder[], room: number): ReadonlySet<StoredFile> {
  const bytesOf = ({ bytes }: StoredFile) => bytes ?? 0;
  const needed = ({ wanted }: UploadFolder) => wanted.reduce((total, file) => total + bytesOf(file), 0);
  const left = new Set<StoredFile>();
  let free = room;
  for (const { wanted } of [...folders].sort((a, b) => needed(a) - needed(b)))
    for (const file of wanted) {
      if (bytesOf(file) > free) left.add(file);
      else free -= bytesOf(file);
    }
  return left;
}
