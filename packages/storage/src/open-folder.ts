import { constants, type Stats } from 'node:fs';
import { type FileHandle, lstat, mkdir, open } from 'node:fs/promises';
import { Failure } from '@sensor-warehouse/model/findings/failure';
import { printable } from '@sensor-warehouse/model/findings/finding';
import { unlessAbsent } from '@sensor-warehouse/model/findings/io-failure';

const { O_RDONLY, O_DIRECTORY, O_NOFOLLOW, O_NONBLOCK } = constants;

/** Where Linux shows the files that this process has open: a path below an open folder cannot be led elsewhere. */
const OPEN_FILES = '/proc/self/fd';

/** A folder of a store on this machine, by the path that people know and by the one that nobody can redirect. */
interface Place {
  readonly shown: string;
  readonly path: string;
}

/**
 * Works in a folder below a base, which is opened part by part: nobody who may write there can put a link in its place, not
 * even meanwhile. The base itself may be a link.
 * @param folder below the base, with `/`; '' for the base
 * @param make whether to create what is missing
 * @param work gets the path of the folder, for this one use
 * @throws Failure (remote-permanent, link-in-store) if a part is a link
 */
export async function inFolder<T>(
  base: string,
  folder: string,
  make: boolean,
  work: (folder: string) => Promise<T>,
): Promise<T> {
  let handle: FileHandle | undefined;
  let at: Place = { shown: base, path: base };
  const enter = async (next: Place, flags: number) => {
    const opened = await open(next.path, O_RDONLY | O_DIRECTORY | flags);
    await handle?.close();
    handle = opened;
    at = { shown: next.shown, path: process.platform === 'linux' ? `${OPEN_FILES}/${opened.fd}` : next.shown };
  };
  try {
    if (make) await mkdir(base, { recursive: true });
    await enter(at, 0);
    for (const part of folder.split('/').filter(Boolean)) {
      const next: Place = { shown: `${at.shown}/${part}`, path: `${at.path}/${part}` };
      const found = await lstat(next.path).catch(unlessAbsent);
      if (found?.isSymbolicLink()) throw linkFailure(next.shown);
      if (found === undefined && make) await mkdir(next.path).catch(unlessThere);
      await enter(next, O_NOFOLLOW);
    }
    return await work(at.path);
  } catch (error) {
    throw shownAs(error, at);
  } finally {
    await handle?.close();
  }
}

/**
 * Opens a file for reading, and nothing but a file: a link could name any file of this machine, a pipe never ends.
 * @throws Failure (remote-permanent, link-in-store or local-io), or what the system refuses
 */
export async function openFile(path: string, shown: string): Promise<FileHandle> {
  requireFile(await lstat(path), shown);
  // Another file may be there by now: the opened one counts.
  const handle = await open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK).catch((error: NodeJS.ErrnoException) => {
    throw error.code === 'ELOOP' ? linkFailure(shown) : error;
  });
  try {
    requireFile(await handle.stat(), shown);
    return handle;
  } catch (error) {
    await handle.close();
    throw error;
  }
}

function requireFile(found: Stats, where: string): void {
  if (found.isFile()) return;
  if (found.isSymbolicLink()) throw linkFailure(where);
  throw new Failure({
    stage: 'storage',
    what: 'this is not a readable file',
    where: printable(where),
    found: found.isDirectory() ? 'a folder' : found.isFIFO() ? 'a pipe' : 'a socket or a device',
    expected: 'a file',
    fix: 'put the file itself there',
    class: 'remote-permanent',
    code: 'local-io',
  });
}

function linkFailure(where: string): Failure {
  return new Failure({
    stage: 'storage',
    what: 'a link is where a file or a folder should be; it is not followed',
    where: printable(where),
    found: 'a symbolic link',
    expected: 'the file or the folder itself',
    fix: 'put the file or folder there itself; only the folder of a whole warehouse or upload folder may be a link',
    class: 'remote-permanent',
    code: 'link-in-store',
  });
}

function unlessThere(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EEXIST') throw error;
}

/** The same error, with the path that people know. */
function shownAs(error: unknown, { shown, path }: Place): unknown {
  if (!(error instanceof Error) || error instanceof Failure || path === shown) return error;
  const known = error as NodeJS.ErrnoException & { dest?: string };
  for (const key of ['message', 'path', 'dest'] as const) {
    const text = known[key];
    if (text !== undefined) known[key] = text.replaceAll(path, shown);
  }
  return error;
}
