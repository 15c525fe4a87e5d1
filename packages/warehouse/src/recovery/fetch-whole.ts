import { stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Failure } from '@sensor-warehouse/model/failure';
import { sha256OfFile } from '@sensor-warehouse/storage/file-hash';
import type { Context } from '../context';

/** Path and hash of a file that is written once. */
export interface Expected {
  readonly path: string;
  readonly sha256: string;
}

/**
 * Brings a file of the warehouse here, if it is there and has the bytes that it must have.
 * @returns where it lies; undefined if it is missing or damaged
 * @throws Failure if the remote does not say which: a remote that does not answer has lost nothing
 */
export async function fetchWhole({ warehouse, work }: Context, file: Expected): Promise<string | undefined> {
  const local = join(work, 'known', file.path);
  try {
    await warehouse.download(file.path, local);
  } catch (error) {
    if (!(error instanceof Failure) || error.details.class !== 'remote-permanent') throw error;
    const there = await warehouse.listHere(dirname(file.path));
    if (there.some(({ path }) => path === file.path)) throw error;
    return undefined;
  }
  return (await isHash(local, file.sha256)) ? local : undefined;
}

/** Whether a file of this machine is there and has these bytes. */
export async function isHash(local: string, sha256: string): Promise<boolean> {
  const found = await stat(local).catch(() => undefined);
  return found !== undefined && (await sha256OfFile(local)) === sha256;
}
