import { randomBytes } from 'node:crypto';
import type { Dirent } from 'node:fs';
import { constants, copyFile, lstat, mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { Failure } from '@sensor-warehouse/model/failure';
import { printable } from '@sensor-warehouse/model/finding';
import { checkedStore } from './checked-store';
import { sha256OfFile } from './file-hash';
import type { NotAFile, Store, StoredFile, Survey } from './store';
import { byPath, isPath, joinPath } from './store-path';

// A file is complete under its final name or not there at all: it is written beside it and renamed.
const PARTIAL = '.partial-';
const IS_PARTIAL = /\.partial-[0-9a-f]{12}$/;
/** No write takes so long: whoever began it is dead. */
const ABANDONED_AFTER = 24 * 3_600_000;

/** A store in a folder of this machine. */
export function openLocalStore(root: string, name: string = root): Store {
  const base = resolve(root);
  const locate = (path: string): string => resolve(base, path);

  const entriesOf = async (folder: string): Promise<Dirent[]> => {
    try {
      return await readdir(locate(folder), { withFileTypes: true });
    } catch (error) {
      if (isAbsent(error)) return [];
      throw localFailure(error, `${name}/${folder}`);
    }
  };

  /** Nothing for what has left since it was listed, and for names that are not UTF-8: no path can be made of those. */
  const statOf = (path: string) =>
    lstat(locate(path)).catch((error: unknown) => {
      if (isAbsent(error)) return undefined;
      throw localFailure(error, `${name}/${path}`);
    });

  const survey = async (folder: string, deep: boolean): Promise<Survey> => {
    const files: StoredFile[] = [];
    const others: NotAFile[] = [];
    const look = async (at: string, entry: Dirent): Promise<void> => {
      const path = joinPath(at, entry.name);
      if (!isPath(path)) others.push({ path, kind: 'name that no store takes' });
      else if (!entry.isFile() && !entry.isDirectory()) others.push({ path, kind: kindOf(entry) });
      else if (entry.isFile() && IS_PARTIAL.test(entry.name)) return;
      else {
        const stats = await statOf(path).catch(() => 'beyond reach' as const);
        const below = deep && entry.isDirectory() ? await entriesOf(path).catch(() => 'beyond reach' as const) : [];
        if (below === 'beyond reach') others.push({ path, kind: 'folder that cannot be listed' });
        else if (stats === 'beyond reach') others.push({ path, kind: 'name that no store takes' });
        else if (stats === undefined && entry.name.includes('\ufffd'))
          others.push({ path, kind: 'name that is not UTF-8' });
        else if (stats !== undefined && entry.isFile())
          files.push({ path, bytes: stats.size, modified: Math.floor(stats.mtimeMs) });
        for (const entry of below === 'beyond reach' ? [] : below) await look(path, entry);
      }
    };
    for (const entry of await entriesOf(folder)) await look(folder, entry);
    return { files: files.sort(byPath), others: others.sort(byPath) };
  };

  const collect = async (folder: string, deep: boolean): Promise<StoredFile[]> => {
    const { files, others } = await survey(folder, deep);
    const closed = others.find(({ kind }) => kind === 'folder that cannot be listed');
    if (closed !== undefined) await entriesOf(closed.path);
    return [...files];
  };

  const tidied = new Set<string>();
  const upload = async (fromFile: string, path: string): Promise<void> => {
    const target = locate(path);
    const partial = `${target}${PARTIAL}${randomBytes(6).toString('hex')}`;
    try {
      await mkdir(dirname(target), { recursive: true });
      if (!tidied.has(dirname(target))) await removeAbandoned(dirname(target)).catch(() => undefined);
      tidied.add(dirname(target));
      await copyFile(fromFile, partial, constants.COPYFILE_EXCL);
      const handle = await open(partial, 'r+');
      await handle.sync().finally(() => handle.close());
      await rename(partial, target);
    } catch (error) {
      // What hinders the writing may hinder this too, and is what has to be told.
      await rm(partial, { force: true }).catch(() => undefined);
      throw localFailure(error, `${name}/${path}`);
    }
  };

  const download = async (path: string, toFile: string): Promise<void> => {
    try {
      const source = locate(path);
      // A link in an upload folder could name any file of this machine.
      if (!(await lstat(source)).isFile()) throw new Error('not a regular file');
      await mkdir(dirname(toFile), { recursive: true });
      await copyFile(source, toFile);
    } catch (error) {
      throw localFailure(error, `${name}/${path}`);
    }
  };

  return checkedStore({
    name,
    list: (folder) => collect(folder, true),
    listHere: (folder) => collect(folder, false),
    survey: (folder) => survey(folder, true),
    isThere: () =>
      stat(base).then(
        (entry) => entry.isDirectory(),
        (error) => {
          if (isAbsent(error)) return false;
          throw localFailure(error, name);
        },
      ),
    readText: async (path) => {
      try {
        return await readFile(locate(path), 'utf8');
      } catch (error) {
        if (isAbsent(error)) return undefined;
        throw localFailure(error, `${name}/${path}`);
      }
    },
    download,
    downloadAll: async (files) => {
      for (const [path, toFile] of files) await download(path, toFile);
    },
    upload,
    uploadOnce: async (fromFile, path) => {
      const target = locate(path);
      const exists = await stat(target).catch((error: unknown) => {
        if (isAbsent(error)) return undefined;
        throw localFailure(error, `${name}/${path}`);
      });
      if (exists === undefined) return upload(fromFile, path);
      if ((await sha256OfFile(target)) !== (await sha256OfFile(fromFile))) throw writeOnceViolated(`${name}/${path}`);
    },
    remove: async (path) => {
      await rm(locate(path), { force: true }).catch((error: unknown) => {
        throw localFailure(error, `${name}/${path}`);
      });
    },
  });
}

/** Takes away what killed writers left in a folder. What cannot be taken away harms nobody: no listing shows it. */
async function removeAbandoned(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (!IS_PARTIAL.test(name)) continue;
    const partial = join(folder, name);
    const found = await lstat(partial).catch(() => undefined);
    if (found?.isFile() && Date.now() - found.mtimeMs > ABANDONED_AFTER) await rm(partial, { force: true });
  }
}

function kindOf(entry: Dirent): NotAFile['kind'] {
  if (entry.isSymbolicLink()) return 'symbolic link';
  if (entry.isFIFO()) return 'pipe';
  return entry.isSocket() ? 'socket' : 'device';
}

export function writeOnceViolated(where: string): Failure {
  return new Failure({
    stage: 'storage',
    what: 'a file that is written once is there with other content',
    where: printable(where),
    fix: 'find out who wrote it; move it away by hand if it is not ours',
    class: 'remote-permanent',
    code: 'write-once-violated',
  });
}

function isAbsent(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException).code;
  return code === 'ENOENT' || code === 'ENOTDIR';
}

function localFailure(error: unknown, where: string): Failure {
  if (error instanceof Failure) return error;
  const { code = 'EIO', message } = error as NodeJS.ErrnoException;
  const full = code === 'ENOSPC';
  return new Failure({
    stage: 'storage',
    what: full ? 'the disk is full' : `the file cannot be read or written (${code})`,
    where: printable(where),
    found: printable(message),
    fix: full ? 'make room on the disk' : 'check that the folder exists and that its rights allow it',
    class: full ? 'remote-temporary' : 'remote-permanent',
    code: full ? 'disk-full' : 'local-io',
    cause: error,
  });
}
