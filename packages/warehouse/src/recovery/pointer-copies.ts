import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure } from '@sensor-warehouse/model/failure';
import { compareText } from '@sensor-warehouse/model/readings';
import { sha256OfBytes } from '@sensor-warehouse/storage/file-hash';
import type { Store } from '@sensor-warehouse/storage/store';
import type { Context } from '../context';
import { readDocument } from '../formats';
import { pathOf } from '../layout/names';
import { POINTER, POINTER_COPIES, type Pointer, parsePointer } from '../pointer';

/** A pointer that was once written, as its copy tells. */
export interface PointerCopy {
  readonly path: string;
  readonly text: string;
  readonly pointer: Pointer;
}

/**
 * Keeps a copy of the pointer, right after it was moved: a copy is of a pointer that was really there, never of one that
 * was about to be. Their names hold the hash, because an older pointer that was restored may be followed by another one
 * of the same generation.
 */
export async function keepPointerCopy(
  { warehouse, work }: Context,
  pointer: Pick<Pointer, 'generation'>,
  text: string,
): Promise<void> {
  const local = join(work, `copy-of-${POINTER}`);
  await writeFile(local, text);
  await warehouse.uploadOnce(local, pointerCopyPath(pointer, text));
}

/** Where the copy of a pointer lies whose text, as it was written, is `text`. */
export function pointerCopyPath({ generation }: Pick<Pointer, 'generation'>, text: string): string {
  return pathOf({ kind: 'pointer copy', generation, hash: sha256OfBytes(text).slice(0, 8) });
}

/**
 * The copies that can be read and are what their names say, newest first.
 * @throws Failure (config) if a newer program wrote one
 */
export async function readPointerCopies(warehouse: Store): Promise<PointerCopy[]> {
  const copies: PointerCopy[] = [];
  const files = await warehouse.listHere(POINTER_COPIES);
  const newestFirst = [...files].sort(
    (a, b) => compareText(b.path.slice(0, 15), a.path.slice(0, 15)) || b.modified - a.modified,
  );
  for (const { path } of newestFirst) {
    const text = (await warehouse.readText(path)) ?? '';
    // Before its hash is looked at: no older copy may take the place of one that a newer program wrote.
    readDocument('pointer', text, `${warehouse.name}/${path}`);
    if (!path.endsWith(`-${sha256OfBytes(text).slice(0, 8)}.json`)) continue;
    copies.push({ path, text, pointer: parsePointer(warehouse, path, text) });
  }
  return copies;
}

/**
 * The newest copy that is what its name says. Files that it names and that are lost are healed after it: an older pointer
 * would have facts merged again that may be swept away since.
 * @throws Failure (remote-permanent) if there is none
 */
export async function newestCopy(warehouse: Store): Promise<PointerCopy> {
  const [newest] = await readPointerCopies(warehouse);
  if (newest !== undefined) return newest;
  throw new Failure({
    stage: 'heal',
    what: 'the pointer is gone or damaged, and there is no copy of it',
    where: `${warehouse.name}/${POINTER}`,
    found: `no copy in ${POINTER_COPIES}/`,
    fix: 'restore warehouse.json from the remote’s history of versions',
    class: 'remote-permanent',
    code: 'pointer-lost',
  });
}
