import { open, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { ByteSource } from '../dataset/byte-ranges';
import { DataProblem } from '../dataset/data-problem';
import { type FilesList, type PublishedFile, parseFilesList } from '../dataset/files-list';

/** @throws DataProblem (absent) if the folder has no `files.json`, (form) if it is not as it should be */
export async function readFilesList(folder: string): Promise<FilesList> {
  const text = await readFile(join(folder, 'files.json'), 'utf8').catch((error) => {
    throw error.code === 'ENOENT' ? new DataProblem('absent', 'no files.json') : error;
  });
  return parseFilesList(text);
}

/** A file of a folder, to be read in pieces. */
export function fileRanges(folder: string, { name, bytes }: PublishedFile): ByteSource {
  return {
    byteLength: bytes,
    async slice(start, end = bytes) {
      const file = await open(join(folder, name)).catch((error) => {
        throw error.code === 'ENOENT' ? new DataProblem('absent', `no ${name}`) : error;
      });
      try {
        const buffer = Buffer.alloc(end - start);
        const { bytesRead } = await file.read(buffer, 0, end - start, start);
        if (bytesRead !== end - start) throw new DataProblem('changed', name);
        return buffer.buffer.slice(buffer.byteOffset, buffer.byteOffset + buffer.length);
      } finally {
        await file.close();
      }
    },
  };
}

/** @throws DataProblem if files are missing, or not as long as the list says */
export async function requireWhole(folder: string, { files }: FilesList): Promise<void> {
  for (const { name, bytes } of files) {
    const found = await stat(join(folder, name)).catch(() => undefined);
    if (found === undefined) throw new DataProblem('absent', `no ${name}`);
    if (found.size !== bytes) throw new DataProblem('changed', `${name} has ${found.size} bytes, not ${bytes}`);
  }
}
