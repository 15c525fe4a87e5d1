import { stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sha256OfFile } from '@sensor-warehouse/storage/file-hash';
import type { ListedFile, ListedPeriod } from '../layout/file-list';

/** A file of the dataset, either made here or reused from the previous version. */
export interface DatasetFile extends ListedFile {
  /** Its path on this machine; undefined if it was not made here. */
  readonly local: string | undefined;
  /** Its path in the previous version in the warehouse; undefined if it was made here. */
  readonly carriedFrom: string | undefined;
}

/** Metadata of a file. */
export type Described = Pick<ListedFile, 'name' | 'rows'> & Partial<ListedFile>;

/** A file on this machine, with its size and hash. */
export async function madeFile(local: string, described: Described): Promise<DatasetFile> {
  return {
    ...described,
    local,
    carriedFrom: undefined,
    sha256: await sha256OfFile(local),
    bytes: (await stat(local)).size,
  };
}

/** Writes a file of the dataset that is no table. */
export async function writtenFile(
  folder: string,
  described: Described,
  content: string | Uint8Array,
): Promise<DatasetFile> {
  const local = join(folder, described.name);
  await writeFile(local, content);
  return madeFile(local, described);
}

/** Instants `[from, to)` as files.json writes them; undefined if nothing is between them. */
export function periodText([from, to]: readonly [from: number, to: number]): ListedPeriod | undefined {
  const text = (instant: number) => `${new Date(instant).toISOString().slice(0, 19)}Z`;
  return from < to ? { from: text(from), to: text(to) } : undefined;
}
