import type { Store } from '@sensor-warehouse/storage/store';

/** Bytes of the files in some folders, by their paths; undefined where the remote does not say. */
export async function sizesIn(warehouse: Store, folders: readonly string[]): Promise<Sizes> {
  const listed = await Promise.all(folders.map((folder) => warehouse.listHere(folder)));
  return new Map(listed.flat().map(({ path, bytes }) => [path, bytes]));
}

/** Whether a file is missing, or has a different size where one is given. */
export const lackingFrom = (sizes: Sizes) => (path: string, bytes?: number) =>
  !sizes.has(path) || (bytes !== undefined && (sizes.get(path) ?? bytes) !== bytes);

export type Sizes = ReadonlyMap<string, number | undefined>;
