import { randomBytes } from 'node:crypto';
import type { Dirent } from 'node:fs';
import { constants, copyFile, lstat, mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join, resolve, sep } from 'node:path';
import { Failure } from '@sensor-warehouse/model/failure';
import { printable } from '@sensor-warehouse/model/finding';
import { failureOf, ioFailure } from '@sensor-warehouse/model/io-failure';
import { compareText } from '@sensor-warehouse/model/readings';
import { sha256OfFile } from './file-hash';
import type { NotAFile, Store, StoredFile } from './store';

// A file is complete under its final name or not there at all: it is written beside it and renamed.
const PARTIAL = '.partial-';
const IS_PARTIAL = /\.partial-[0-9a-f]{12}$/;
/** No write takes so long: whoever began it is dead. */
const ABANDONED_AFTER = 24 * 3_600_000;

/** A store in a folder of this machine. */
export function openLocalStore(root: string, name: string = root): Store {
  const base = resolve(root);
  const locate = (path: string): string => {
    const file = resolve(base, path);
    if (file !== base && !file.startsWith(base + sep)) {
      throw new Failure({
        stage: 'storage',
        what: 'a path leads out of the folder',
        where: printable(path),
        fix: 'rename the file',
        class: 'input',
        code: 'path-escape',
      });
    }
    return file;
  };

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

  const collect = async (folder: string, deep: boolean): Promise<StoredFile[]> => {
    const found: StoredFile[] = [];
    const walk = async (at: string): Promise<void> => {
      for (const entry of await entriesOf(at)) {
        const path = at === '' ? entry.name : `${at}/${entry.name}`;
        if (entry.isDirectory()) {
          if (deep) await walk(path);
        } else if (entry.isFile() && !IS_PARTIAL.test(entry.name)) {
          const entry = await statOf(path);
          if (entry !== undefined) found.push({ path, bytes: entry.size, modified: Math.floor(entry.mtimeMs) });
        }
      }
    };
    await walk(trimSlashes(folder));
    return found.sort((a, b) => compareText(a.path, b.path));
  };

  const collectNotFiles = async (folder: string): Promise<NotAFile[]> => {
    const found: NotAFile[] = [];
    for (const entry of await entriesOf(trimSlashes(folder))) {
      const path = joinPath(folder, entry.name);
      if (!entry.isFile() && !entry.isDirectory()) found.push({ path, kind: kindOf(entry) });
      else if (entry.name.includes('\ufffd') && (await statOf(path)) === undefined)
        found.push({ path, kind: 'name that is not UTF-8' });
    }
    return found.sort((a, b) => compareText(a.path, b.path));
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

  return {
    name,
    list: (folder) => collect(folder, true),
    listHere: (folder) => collect(folder, false),
    listNotFiles: collectNotFiles,
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
  };
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

function trimSlashes(path: string): string {
  return path.replace(/^\/+|\/+$/g, '');
}

export function joinPath(...parts: readonly string[]): string {
  return parts.map(trimSlashes).filter(Boolean).join('/');
}

function isAbsent(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException).code;
  return code === 'ENOENT' || code === 'ENOTDIR';
}

function localFailure(error: unknown, where: string): Failure {
  if (error instanceof Failure) return error;
  const refused = ioFailure(error, { stage: 'storage', where });
  return refused ?? failureOf('', (error as Error).message, { stage: 'storage', where }, undefined, error);
}
