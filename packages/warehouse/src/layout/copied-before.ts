import type { Store } from '@sensor-warehouse/storage/store';
import type { lackingFrom } from './file-sizes';
import { type PointedFile, type Pointer, STABLE, shownVersion } from './pointer';
import { readWhole } from './read-document';

/** What the marker of a warehouse says its stable copies are of. */
export async function readCopied(warehouse: Store): Promise<Copied> {
  return copiedBefore((await warehouse.readText(STABLE)) ?? '', `${warehouse.name}/${STABLE}`);
}

/** The generation of the stable copies; a marker that cannot be read says of none, and they are rebuilt. */
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
  generation === pointer.generation && version === shownVersion(pointer).version;

/**
 * Whether the stable copies of the dataset are of the version that a pointer shows. A run that was cut short while it laid
 * those of another version left the marker as it was, but the pointer has gone on since.
 */
export function areOfShown({ generation, version }: Pick<Copied, 'generation' | 'version'>, pointer: Pointer): boolean {
  const behind = pointer.generation - generation;
  return version === shownVersion(pointer).version && (behind === 0 || behind === 1);
}

/** The monthly CSVs whose copies are missing, or may be of an older pointer than this one. */
export function staleCopies(pointer: Pointer, copied: Copied, lacking: ReturnType<typeof lackingFrom>): PointedFile[] {
  // A marker that is ahead, or of another version of this generation, is of a pointer that was restored since: what it says
  // of older files cannot be used.
  const from = copied.generation < pointer.generation || areOf(copied, pointer) ? copied.generation : 0;
  return pointer.normalized.filter(({ since, path, bytes }) => since > from || lacking(path, bytes));
}
