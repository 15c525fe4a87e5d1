import { roomOf } from '@sensor-warehouse/model/findings/io-failure';
import type { StoredFile } from '@sensor-warehouse/storage/store';
import type { UploadFolder } from './look-at-folder';

/** The room on a disk. */
export interface DiskRoom {
  readonly bytes: number;
  readonly files: number;
}

/** The work folder holds an upload as received, as landing or quarantine, and as facts. */
const COPIES = 3;
/** The least space that a file takes on a disk. */
const BLOCK = 4096;

/** The uploads that fit on the disk of a folder, together with the files made from them. */
export function roomFor(folder: string): DiskRoom {
  const { bytes, inodes } = roomOf(folder) ?? { bytes: Number.POSITIVE_INFINITY, inodes: Number.POSITIVE_INFINITY };
  return { bytes: bytes / COPIES, files: inodes / COPIES };
}

/**
 * The uploads that do not fit. Space goes first to sources with few bytes, so that none loses its place to a larger
 * one, and within a source to the uploads that arrived first.
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
