import type { Store } from '@sensor-warehouse/storage/store';
import type { PointedFile, Pointer } from './pointer';
import { readWhole } from './read-document';

/** Of which generation the stable copies are; a marker that cannot be read says of none, and they are made again. */
export function copiedBefore(marker: string, where: string): Copied {
  const { generation, version, levels = [] } = readWhole('marker', marker, where).document ?? NOTHING_COPIED;
  return { generation, version, levels };
}

const NOTHING_COPIED: Copied = { generation: 0, version: '', levels: [] };

/** What the marker says. */
export interface Copied {
  readonly generation: number;
  readonly version: string;
  /** Names of the own levels that have stable copies. */
  readonly levels: readonly string[];
}

/** Whether the copies are those of this very pointer. */
export const areOf = ({ generation, version }: Copied, pointer: Pointer) =>
  generation === pointer.generation && version === pointer.public.version;

/** The monthly CSVs whose copies are missing, or may be of an older pointer than this one. */
export function staleCopies(pointer: Pointer, copied: Copied, lacking: ReturnType<typeof lackingFrom>): PointedFile[] {
  // A marker that is ahead, or of another version of this generation, is of a pointer that was restored since: what it says
  // of older files cannot be used.
  const from = copied.generation < pointer.generation || areOf(copied, pointer) ? copied.generation : 0;
  return pointer.normalized.filter(({ since, path, bytes }) => since > from || lacking(path, bytes));
}

/** Bytes of the files in some folders, by their paths; undefined where the remote does not say. */
export async function sizesIn(warehouse: Store, folders: readonly string[]): Promise<Sizes> {
  const listed = await Promise.all(folders.map((folder) => warehouse.listHere(folder)));
  return new Map(listed.flat().map(({ path, bytes }) => [path, bytes]));
}

/** Whether a file is missing, or has another size where one is given. */
export const lackingFrom = (sizes: Sizes) => (path: string, bytes?: number) =>
  !sizes.has(path) || (bytes !== undefined && (sizes.get(path) ?? bytes) !== bytes);

type Sizes = ReadonlyMap<string, number | undefined>;
