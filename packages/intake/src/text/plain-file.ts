import { closeSync, createReadStream, createWriteStream, openSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { withScratch } from '@sensor-warehouse/model/scratch-folder';
import type { Limits } from '@sensor-warehouse/model/seeds/limits';
import { UnreadableFile } from '../report/report';

const GZIP = Buffer.from([0x1f, 0x8b]);
/** No text is squeezed to less: more is an attack or an accident. */
const MOST_RATIO = 200;
const RATIO_FROM = 16 * 2 ** 20;

/**
 * Gives the path of an export's text: the file itself, or, of a gzip that is named as one, a decompressed copy that is
 * removed afterwards.
 * @throws UnreadableFile if a gzip is damaged, cut off, or holds more than any export
 */
export async function withPlainFile<T>(
  file: { readonly path: string; readonly name: string },
  limits: Pick<Limits, 'bytes'>,
  use: (path: string) => Promise<T>,
): Promise<T> {
  if (!/\.gz$/i.test(file.name) || !isGzip(file.path)) return use(file.path);
  return withScratch('gzip', async (folder) => {
    const path = join(folder, 'text');
    await decompress(file.path, path, limits.bytes);
    return await use(path);
  });
}

function isGzip(path: string): boolean {
  const descriptor = openSync(path, 'r');
  try {
    const head = Buffer.alloc(GZIP.length);
    return readSync(descriptor, head, 0, GZIP.length, 0) === GZIP.length && head.equals(GZIP);
  } finally {
    closeSync(descriptor);
  }
}

async function decompress(from: string, to: string, mostBytes: number): Promise<void> {
  const gunzip = createGunzip();
  let written = 0;
  const watch = new Transform({
    transform(chunk: Buffer, _, done) {
      written += chunk.length;
      const tooMuch = written > mostBytes || (written > RATIO_FROM && written > gunzip.bytesWritten * MOST_RATIO);
      done(tooMuch ? tooLarge(written, gunzip.bytesWritten, mostBytes) : null, chunk);
    },
  });
  try {
    await pipeline(createReadStream(from), gunzip, watch, createWriteStream(to));
  } catch (error) {
    if (error instanceof UnreadableFile) throw error;
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'Z_BUF_ERROR') throw damaged('truncated-file', 'a truncated gzip');
    if (code?.startsWith('Z_') === true) throw damaged('archive-damaged', 'a gzip that cannot be decompressed');
    throw error;
  }
  // What follows the last member is silently skipped by zlib.
  const { size } = statSync(from);
  if (gunzip.bytesWritten < size)
    throw damaged('archive-damaged', `${size - gunzip.bytesWritten} bytes after the end of the gzip`);
}

function tooLarge(written: number, read: number, mostBytes: number): UnreadableFile {
  return new UnreadableFile({
    code: 'archive-too-large',
    found: `more than ${written} bytes out of ${read}`,
    expected: `at most ${mostBytes} bytes, and ${MOST_RATIO} times the compressed size`,
    message: 'the archive expands to more than allowed',
    fix: 'upload the export itself, in pieces if it is that large',
  });
}

function damaged(code: 'truncated-file' | 'archive-damaged', found: string): UnreadableFile {
  return new UnreadableFile({
    code,
    found,
    expected: 'an intact gzip',
    message: 'the archive is damaged',
    fix: 'compress or upload the file again',
  });
}
