import { rm } from 'node:fs/promises';
import type { Finding } from '@sensor-warehouse/model/findings/finding';
import { sha256OfFile } from '@sensor-warehouse/storage/file-hash';
import type { StoredFile } from '@sensor-warehouse/storage/store';
import type { OpenWarehouse } from '../run/context';
import { inWork } from '../run/in-work';

/** Everything that is in the warehouse, by its path. */
export type Stored = ReadonlyMap<string, StoredFile>;

/** What a check looked at, and what it doubts. */
export interface CheckedFile {
  /** Files, or facts. */
  readonly checked: number;
  readonly findings: readonly Finding[];
}

/** A file that must be there with these bytes. */
export interface ExpectedFile {
  readonly path: string;
  readonly sha256: string;
  readonly bytes: number;
}

/** A file by its name and size; undefined if both are right. */
export function checkSize({ path, bytes }: Omit<ExpectedFile, 'sha256'>, stored: Stored): Finding | undefined {
  const found = stored.get(path);
  if (found === undefined) return doubt({ code: 'file-absent', file: path, message: 'a file is missing' });
  if (found.bytes === undefined || found.bytes === bytes) return undefined;
  return doubt({
    code: 'file-damaged',
    file: path,
    message: 'a file has a different size',
    found: `${found.bytes} bytes`,
    expected: `${bytes} bytes`,
  });
}

/**
 * A file by its name and size, and by its bytes if every byte is to be read. It is not kept here: a warehouse may be larger.
 * @param look what else is asked of the file while it lies here
 */
export async function checkFile(
  context: OpenWarehouse,
  file: ExpectedFile,
  stored: Stored,
  everyByte: boolean,
  look: (local: string) => Promise<Finding | undefined> = async () => undefined,
): Promise<Finding | undefined> {
  const found = checkSize(file, stored);
  if (found !== undefined || !everyByte) return found;
  return withFile(context, file.path, async (local) => {
    const sha256 = await sha256OfFile(local);
    if (sha256 === file.sha256) return look(local);
    return doubt({
      code: 'file-damaged',
      file: file.path,
      message: 'a file has different bytes',
      found: `SHA-256 ${sha256}`,
      expected: `SHA-256 ${file.sha256}`,
    });
  });
}

/** Brings a file here for as long as something looks at it. */
export async function withFile<T>(
  context: OpenWarehouse,
  path: string,
  look: (local: string) => Promise<T>,
): Promise<T> {
  const local = inWork(context.work, 'verified', path);
  try {
    await context.warehouse.download(path, local);
    return await look(local);
  } finally {
    await rm(local, { force: true });
  }
}

/** A doubt about a file, which `warehouse heal` rebuilds or names unless there is more to say. */
export function doubt(
  about: Pick<Finding, 'code' | 'message'> & Partial<Finding> & { readonly file: string },
): Finding {
  return { severity: 'warning', count: 1, fix: 'run `warehouse heal`', ...about };
}

/** What cannot be rebuilt from anything else in the warehouse. */
export function withoutHealing(finding: Finding): Finding {
  return { ...finding, fix: 'restore the file from the remote’s version history' };
}
