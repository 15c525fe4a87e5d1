import type { Dirent, Stats } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import { isAbsence, unlessAbsent } from '@sensor-warehouse/model/findings/io-failure';
import { inFolder } from './open-folder';
import type { NotAFile, StoredFile } from './store';
import { byPath, isPath } from './store-path';
import { isPartial } from './unfinished';

/** The content of a local folder, each list sorted by path. */
export interface Seen {
  readonly files: readonly StoredFile[];
  readonly others: readonly NotAFile[];
  /** Files that somebody writes at the moment, or wrote before being killed. */
  readonly partials: readonly StoredFile[];
  /** Why the first folder that cannot be listed cannot. */
  readonly closed: unknown;
}

/** Longer ones do not concern us: no folder of uploads or of a warehouse is so deep. */
const LONGEST_PATH = 4096;

/**
 * Looks at what is in a folder; an absent one is empty.
 * @param deep go into its folders
 * @param until when to stop looking into more folders, by `performance.now()`
 * @throws what the system says if the folder itself cannot be listed, or lies behind a link
 */
export async function lookAround(base: string, folder: string, deep: boolean, until = Infinity): Promise<Seen> {
  const files: StoredFile[] = [];
  const others: NotAFile[] = [];
  const partials: StoredFile[] = [];
  let closed: unknown;
  const ahead = [folder];
  for (let at = ahead.pop(); at !== undefined && performance.now() < until; at = ahead.pop()) {
    const entries = await entriesOf(base, at).catch((error: unknown) => {
      if (at === folder) throw error;
      closed ??= error;
      others.push({ path: at!, kind: 'folder that cannot be listed' });
      return [];
    });
    for (const { entry, stats } of entries) {
      const path = at === '' ? entry.name : `${at}/${entry.name}`;
      if (!isPath(path)) others.push({ path, kind: 'name that no store accepts' });
      else if (!entry.isFile() && !entry.isDirectory()) others.push({ path, kind: kindOf(entry) });
      else if (stats === undefined) {
        // No path can be made of such a name; anything else has left meanwhile.
        if (entry.name.includes('\ufffd')) others.push({ path, kind: 'name that is not UTF-8' });
      } else if (entry.isDirectory()) {
        if (deep) ahead.push(path);
      } else {
        const file = { path, bytes: stats.size, modified: Math.floor(stats.mtimeMs) };
        (isPartial(entry.name) ? partials : files).push(file);
      }
    }
  }
  return { files: files.sort(byPath), others: others.sort(byPath), partials: partials.sort(byPath), closed };
}

interface Entry {
  readonly entry: Dirent;
  readonly stats: Stats | undefined;
}

async function entriesOf(base: string, folder: string): Promise<Entry[]> {
  if (Buffer.byteLength(folder) > LONGEST_PATH) throw tooDeep();
  try {
    return await inFolder(base, folder, false, async (at) => {
      const entries: Entry[] = [];
      for (const entry of await readdir(at, { withFileTypes: true }))
        entries.push({ entry, stats: await lstat(`${at}/${entry.name}`).catch(unlessAbsent) });
      return entries;
    });
  } catch (error) {
    if (isAbsence(error)) return [];
    throw error;
  }
}

function kindOf(entry: Dirent): NotAFile['kind'] {
  if (entry.isSymbolicLink()) return 'symbolic link';
  if (entry.isFIFO()) return 'pipe';
  return entry.isSocket() ? 'socket' : 'device';
}

/** What the system would say of the whole path. */
function tooDeep(): Error {
  const said: NodeJS.ErrnoException = new Error('ENAMETOOLONG: folders are nested too deep');
  said.code = 'ENAMETOOLONG';
  said.errno = -36;
  return said;
}
