import { roomOf } from '@sensor-warehouse/model/findings/io-failure';
import type { StoredFile } from '@sensor-warehouse/storage/store';
import type { UploadFolder } from './look-at-folder';

/** What a disk has room for. */
export interface DiskRoom {
  readonly bytes: number;
  readonly files: number;
}

/** An upload is in the work folder as received, as its landing or in the quarantine, and as facts. */
const COPIES = 3;
/** The least that a file takes on a disk. */
const BLOCK = 4096;

/** The uploads that the disk of a folder has room for, with what becomes of them. */
export function roomFor(folder: string): DiskRoom {
  const { bytes, inodes } = roomOf(folder) ?? { bytes: Number.POSITIVE_INFINITY, inodes: Number.POSITIVE_INFINITY };
  return { bytes: bytes / COPIES, files: inodes / COPIES };
}

/**
 * Which uploads there is no room for. Sources with few bytes come first, so none loses its place to a larger one, and of
 * one source the uploads that arrived first.
 */
export function withoutRoom(folders: readonly UploadFolder[], room: DiskRoom): ReadonlySet<StoredFile> {
  const bytesOf = ({ bytes }: StoredFile) => Math.max(bytes ?? 0, BLOCK);
  const needed = ({ wanted }: UploadFolder) => wanted.reduce((total, file) => total + bytesOf(file), 0);
  const left = new Set<StoredFile>();
  let { bytes, files } = room;
  for (const { wanted } of [...folders].sort((a, b) => needed(a) - needed(b)))
    for (const file of wanted) {
      if (bytesOf(file) > bytes || files < 1) left.add(file);
      else {
        bytes -= bytesOf(file);
        files--;
      }
    }
  return left;
}
