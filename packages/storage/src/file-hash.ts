import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';

/** Bytes of files that are in memory at a time. */
const BLOCK = 1 << 20;

/**
 * The content of an open file, from its first byte on, in blocks. A block is overwritten by the next one.
 * @param most stop after so many bytes
 */
export async function* blocksOfFile(file: FileHandle, most = Number.POSITIVE_INFINITY): AsyncGenerator<Buffer> {
  const { size } = await file.stat();
  // Most files are small, and thousands of large buffers keep the garbage collector busy. A device says that it has no size.
  const room = Buffer.allocUnsafe(size > 0 && size < BLOCK ? size + 1 : BLOCK);
  for (let position = 0; position < most; ) {
    const { bytesRead } = await file.read(room, 0, Math.min(room.length, most - position), position);
    if (bytesRead === 0) return;
    position += bytesRead;
    yield room.subarray(0, bytesRead);
  }
}

/** A hash of an open file in hex; memory does not grow with the file. */
export async function hashOf(file: FileHandle, algorithm: 'sha256' | 'md5' = 'sha256'): Promise<string> {
  const hash = createHash(algorithm);
  for await (const block of blocksOfFile(file)) hash.update(block);
  return hash.digest('hex');
}

/** A hash of a file in hex; memory does not grow with the file. */
export async function hashOfFile(file: string, algorithm: 'sha256' | 'md5'): Promise<string> {
  const handle = await open(file);
  return hashOf(handle, algorithm).finally(() => handle.close());
}

/** SHA-256 of a file in hex. */
export function sha256OfFile(file: string): Promise<string> {
  return hashOfFile(file, 'sha256');
}

export function sha256OfBytes(bytes: Uint8Array | string): string {
  return createHash('sha256').update(bytes).digest('hex');
}
