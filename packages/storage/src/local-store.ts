import { type FileHandle, link, lstat, mkdir, open, rename, rm, rmdir, stat, unlink } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { Failure } from '@sensor-warehouse/model/findings/failure';
import { failureOf, ioFailure, isAbsence, unlessAbsent } from '@sensor-warehouse/model/findings/io-failure';
import { checkedStore } from './checked-store';
import { blocksOfFile, hashOf, sha256OfFile } from './file-hash';
import { lookAround } from './look-around';
import { inFolder, openFile } from './open-folder';
import type { Store, StoredFile } from './store';
import { changedMeanwhile, LARGEST_TEXT, textTooLarge, writeOnceViolated } from './store-failures';
import { joinPath } from './store-path';
import { isAbandoned, nameBefore, partialOf, setAsideOf } from './unfinished';

/** A writer no longer looks for what killed ones left: a folder may be mounted from far away. */
const LOOK_FOR_LEFTOVERS_MS = 5_000;

/** A store in a folder of this machine. */
export function openLocalStore(root: string, name: string = root): Store {
  const base = resolve(root);

  /** Does something with a file, by a path through the open folder that holds it. */
  const at = <T>(path: string, make: boolean, work: (file: string) => Promise<T>): Promise<T> => {
    const folder = path.slice(0, Math.max(path.lastIndexOf('/'), 0));
    return inFolder(base, folder, make, (opened) => work(join(opened, basename(path))));
  };

  /** Reads a file that is there, from the descriptor that was checked. */
  const reading = <T>(path: string, read: (handle: FileHandle, shown: string) => Promise<T>): Promise<T> =>
    at(path, false, async (file) => {
      const handle = await openFile(file, `${name}/${path}`);
      return read(handle, `${name}/${path}`).finally(() => handle.close());
    });

  /** Reports what the system refuses by the file or folder that people know. */
  const told = <T>(path: string, work: Promise<T>): Promise<T> =>
    work.catch((error: unknown) => {
      throw localFailure(error, path === '' ? name : `${name}/${path}`);
    });

  const look = (folder: string, deep: boolean, until?: number) => told(folder, lookAround(base, folder, deep, until));

  const collect = async (folder: string, deep: boolean): Promise<StoredFile[]> => {
    const { files, closed } = await look(folder, deep);
    if (closed !== undefined) throw localFailure(closed, `${name}/${folder}`);
    return [...files];
  };

  const remove = (path: string): Promise<void> =>
    told(path, at(path, false, (file) => unlink(file)).catch(unlessAbsent));

  const listAbandoned = async (now: number, until?: number): Promise<StoredFile[]> =>
    (await look('', true, until)).partials.filter(({ path, modified }) => isAbandoned(path, modified, now));

  let tidied: Promise<void> | undefined;
  /** Takes away what killed writers left. A leftover is harmless: no listing shows it. */
  const tidy = async (): Promise<void> => {
    for (const { path } of await listAbandoned(Date.now(), performance.now() + LOOK_FOR_LEFTOVERS_MS))
      await remove(path);
  };

  const write = (path: string, fill: (partial: string) => Promise<unknown>): Promise<void> =>
    at(path, true, async (target) => {
      // A file is complete under its final name or not there at all: it is written beside it and renamed.
      const partial = partialOf(target);
      try {
        await fill(partial);
        await rename(partial, target);
      } catch (error) {
        // Whatever stopped the writing may stop this too, and is what must be reported.
        await rm(partial, { force: true }).catch(() => undefined);
        throw error;
      }
    });

  const upload = async (fromFile: string, path: string): Promise<void> => {
    tidied ??= tidy().catch(() => undefined);
    await tidied;
    const fill = async (partial: string) => {
      const source = await open(fromFile);
      await writeFrom(source, partial, 'wx').finally(() => source.close());
    };
    await told(path, write(path, fill));
  };

  const copyTo = (path: string, toFile: string): Promise<void> =>
    reading(path, async (handle) => {
      await mkdir(dirname(toFile), { recursive: true });
      const before = await handle.stat();
      try {
        const bytes = await writeFrom(handle, toFile, 'w');
        const after = await handle.stat();
        if (bytes !== after.size || before.mtimeMs !== after.mtimeMs) throw changedMeanwhile(`${name}/${path}`);
      } catch (error) {
        // Half a file must not pass for one that came, nor take the room that others need.
        await rm(toFile, { force: true }).catch(() => undefined);
        throw error;
      }
    });

  const download = (path: string, toFile: string) => told(path, copyTo(path, toFile));

  return checkedStore({
    name,
    list: (folder) => collect(folder, true),
    listHere: (folder) => collect(folder, false),
    survey: async (folder) => {
      const { files } = await look(folder, true);
      // A run was killed before it had removed them, or seen that it must not.
      const aside = files.filter(
        ({ path, modified }) => nameBefore(path) !== undefined && isAbandoned(path, modified, Date.now()),
      );
      for (const { path } of aside) {
        const before = nameBefore(path)!;
        // Below the folder of the name that it gets back.
        const below = relative(dirname(before), path);
        await told(
          path,
          at(before, false, (file) => giveBack(join(dirname(file), below), file)),
        );
      }
      const { files: now, others } = await look(folder, true);
      return { files: now, others };
    },
    listAbandoned: (now) => listAbandoned(now),
    isThere: () =>
      stat(base).then(
        (entry) => entry.isDirectory(),
        (error) => {
          if (isAbsence(error)) return false;
          throw localFailure(error, name);
        },
      ),
    readText: (path) => told(path, reading(path, readText).catch(unlessAbsent)),
    download,
    downloadAll: async (files) => {
      for (const [path, toFile] of files) await download(path, toFile);
    },
    upload,
    uploadOnce: async (fromFile, path) => {
      const there = await told(path, reading(path, (handle) => hashOf(handle)).catch(unlessAbsent));
      if (there === undefined) return upload(fromFile, path);
      if (there !== (await sha256OfFile(fromFile))) throw writeOnceViolated(`${name}/${path}`);
    },
    uploadAll: async (fromFolder, toFolder, names) => {
      for (const one of names) await upload(join(fromFolder, one), joinPath(toFolder, one));
    },
    copyAll: async (fromFolder, toFolder, names) => {
      for (const one of names) {
        const [from, to] = [`${fromFolder}/${one}`, `${toFolder}/${one}`];
        const copy = (handle: FileHandle) => write(to, (partial) => writeFrom(handle, partial, 'wx'));
        await told(from, reading(from, (handle) => told(to, copy(handle))).catch(unlessAbsent));
      }
    },
    remove,
    removeAll: async (paths) => {
      for (const path of paths) await remove(path);
    },
    removeSame: async (path, sha256) => {
      const look = (file: string) => removeIf(file, `${name}/${path}`, sha256);
      return (await told(path, at(path, false, look).catch(unlessAbsent))) ?? false;
    },
  });
}

/** Removes a file if it has these bytes; it is set aside first, so that nobody can put another one in its place. */
async function removeIf(file: string, shown: string, sha256: string): Promise<boolean> {
  const aside = setAsideOf(file);
  const ownFolder = dirname(aside) === dirname(file) ? undefined : dirname(aside);
  if (ownFolder !== undefined) await mkdir(ownFolder);
  let isSame = false;
  try {
    await rename(file, aside);
    try {
      const handle = await openFile(aside, shown);
      isSame = await isStill(handle, sha256).finally(() => handle.close());
    } finally {
      await (isSame ? unlink(aside) : giveBack(aside, file));
    }
  } finally {
    // One that is not empty holds what could not be given back.
    if (ownFolder !== undefined) await rmdir(ownFolder).catch(() => undefined);
  }
  return isSame;
}

/** Whether a file has these bytes, and nobody who has it open wrote to it meanwhile. */
async function isStill(handle: FileHandle, sha256: string): Promise<boolean> {
  const before = await handle.stat();
  const found = await hashOf(handle);
  const after = await handle.stat();
  return found === sha256 && before.size === after.size && before.mtimeMs === after.mtimeMs;
}

/** Gives a file that was set aside its name back, unless another one has it by now: then it stays for a person to see. */
async function giveBack(aside: string, file: string): Promise<void> {
  try {
    await link(aside, file);
    await unlink(aside);
  } catch (error) {
    // Not every disk knows two names of one file.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST' && !(await isThere(file))) await rename(aside, file);
  }
  if (dirname(aside) !== dirname(file)) await rmdir(dirname(aside)).catch(() => undefined);
}

async function isThere(file: string): Promise<boolean> {
  return (await lstat(file).catch(unlessAbsent)) !== undefined;
}

/** @throws Failure (remote-permanent) if it is not a document: nothing that a warehouse keeps as one is so large */
async function readText(handle: FileHandle, shown: string): Promise<string> {
  const blocks: Buffer[] = [];
  for await (const block of blocksOfFile(handle, LARGEST_TEXT + 1)) blocks.push(Buffer.from(block));
  const text = Buffer.concat(blocks);
  if (text.length > LARGEST_TEXT) throw textTooLarge(shown);
  return text.toString('utf8');
}

/**
 * Writes what an open file holds; a new file (`wx`) down to the disk.
 * @param flags as of `open`
 * @returns how many bytes were written
 */
async function writeFrom(from: FileHandle, toFile: string, flags: 'w' | 'wx'): Promise<number> {
  const to = await open(toFile, flags);
  try {
    let written = 0;
    for await (const block of blocksOfFile(from)) {
      await to.writeFile(block);
      written += block.length;
    }
    if (flags === 'wx') await to.sync();
    return written;
  } finally {
    await to.close();
  }
}

function localFailure(error: unknown, where: string): Failure {
  if (error instanceof Failure) return error;
  const refused = ioFailure(error, { stage: 'storage', where });
  return refused ?? failureOf('', (error as Error).message, { stage: 'storage', where }, undefined, error);
}
