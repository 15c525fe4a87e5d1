import { stat } from 'node:fs/promises';
import { sha256OfFile } from '@sensor-warehouse/storage/file-hash';
import type { ListedFile, ListedPeriod } from '../layout/file-list';

/** A file of the dataset: one that was made here, or one that is taken over from the version before. */
export interface DatasetFile extends ListedFile {
  /** Where it lies on this machine; undefined if it was not made. */
  readonly local: string | undefined;
  /** Its path in the warehouse, of the version before; undefined if it was made. */
  readonly carriedFrom: string | undefined;
}

/** What is known of a file besides its bytes. */
export type Described = Pick<ListedFile, 'name' | 'rows'> & Partial<ListedFile>;

/** A file that lies on this machine, with its size and hash. */
export async function madeFile(local: string, described: Described): Promise<DatasetFile> {
  return {
    ...described,
    local,
    carriedFrom: undefined,
    sha256: await sha256OfFile(local),
    bytes: (await stat(local)).size,
  };
}

/** Instants `[from, to)` as files.json writes them; undefined if nothing is between them. */
export function periodText([from, to]: readonly [from: number, to: number]): ListedPeriod | undefined {
  const text = (instant: number) => `${new Date(instant).toISOString().slice(0, 19)}Z`;
  return from < to ? { from: text(from), to: text(to) } : undefined;
}
