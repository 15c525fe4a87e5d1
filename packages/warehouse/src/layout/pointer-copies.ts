import { writeFile } from 'node:fs/promises';
import { Failure } from '@sensor-warehouse/model/findings/failure';
import { compareText } from '@sensor-warehouse/model/readings/readings';
import { sha256OfBytes } from '@sensor-warehouse/storage/file-hash';
import type { Store } from '@sensor-warehouse/storage/store';
import type { OpenWarehouse } from '../run/context';
import { inWork } from '../run/in-work';
import { readDocument } from './formats';
import { parsePath, pathOf } from './names';
import { type DatasetFiles, POINTER, POINTER_COPIES, type Pointer, parsePointer } from './pointer';
import { lessThan } from './pointer-less';

/** A pointer that was once written, as its copy shows. */
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
  { warehouse, work }: OpenWarehouse,
  pointer: Pick<Pointer, 'generation'>,
  text: string,
): Promise<void> {
  const local = inWork(work, `copy-of-${POINTER}`);
  await writeFile(local, text);
  await warehouse.uploadOnce(local, pointerCopyPath(pointer, text));
}

/** Where the copy of a pointer lies whose text, as it was written, is `text`. */
export function pointerCopyPath({ generation }: Pick<Pointer, 'generation'>, text: string): string {
  return pathOf({ kind: 'pointer copy', generation, hash: sha256OfBytes(text).slice(0, 8) });
}

/** How the pointer stands to the names of its copies. */
export type PointerStanding =
  /** One of them is of these bytes. */
  | 'copied'
  /** None is of its generation: it was moved a moment ago, or its copy was swept or lost. */
  | 'uncopied'
  /** Its generation has copies, and it is none of them; or it lacks what the newest before it has. */
  | 'changed';

/** Looks at names alone unless there is no copy, so that every publication can ask. */
async function standingOf(warehouse: Store, pointer: Pointer, text: string): Promise<PointerStanding> {
  const copies = (await warehouse.listHere(POINTER_COPIES)).flatMap(({ path }) => {
    const name = parsePath(path);
    return name?.kind === 'pointer copy' ? [name] : [];
  });
  const same = copies.filter(({ generation }) => generation === pointer.generation);
  const hash = sha256OfBytes(text).slice(0, 8);
  if (same.some((one) => one.hash === hash)) return 'copied';
  if (same.length > 0) return 'changed';
  if (!copies.some(({ generation }) => generation < pointer.generation)) return 'uncopied';
  const [newest] = await readPointerCopies(warehouse);
  return newest === undefined || lessThan(pointer, newest).length === 0 ? 'uncopied' : 'changed';
}

/**
 * A pointer that somebody changed may have less than was published, and whatever is published over it lacks that for good.
 * @throws Failure (remote-permanent) if it is not as a run wrote it
 */
export async function requireUnchanged(
  warehouse: Store,
  pointer: Pointer,
  text: string | undefined,
): Promise<Exclude<PointerStanding, 'changed'>> {
  if (text === undefined) return 'copied';
  const standing = await standingOf(warehouse, pointer, text);
  if (standing !== 'changed') return standing;
  throw new Failure({
    stage: 'pointer',
    what: 'the pointer of the warehouse differs from what a run wrote',
    where: `${warehouse.name}/${POINTER}`,
    found: `generation ${pointer.generation}, SHA-256 ${sha256OfBytes(text).slice(0, 8)}…`,
    expected: `one of the copies in ${POINTER_COPIES}/`,
    fix: 'run `warehouse heal`: it restores the newest intact copy of the pointer',
    class: 'remote-permanent',
    code: 'pointer-changed',
  });
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

/** Every version of the dataset that the pointer ever named, as far as its copies remember, the newest first. */
export async function versionsEver(warehouse: Store): Promise<DatasetFiles[]> {
  const copies = await readPointerCopies(warehouse);
  return copies.flatMap(({ pointer }) => [pointer.public, ...(pointer.pinned === undefined ? [] : [pointer.pinned])]);
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
    what: 'the pointer is missing or damaged, and has no copy',
    where: `${warehouse.name}/${POINTER}`,
    found: `no copy in ${POINTER_COPIES}/`,
    fix: 'restore warehouse.json from the remote’s version history',
    class: 'remote-permanent',
    code: 'pointer-lost',
  });
}
