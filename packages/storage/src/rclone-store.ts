import { mkdir, mkdtemp, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { unlessAbsent } from '@sensor-warehouse/model/findings/io-failure';
import { withScratch } from '@sensor-warehouse/model/scratch-folder';
import { checkedStore } from './checked-store';
import { hashOfFile, sha256OfFile } from './file-hash';
import { type Listed, type Listing, readListing } from './rclone-listing';
import { demand, isNotFound } from './rclone-meaning';
import { askRclone, IS_RCLONE_PARTIAL, type RcloneTool, transfer } from './rclone-run';
import type { Store, StoredFile } from './store';
import { arrivedDiffers, LARGEST_TEXT, sameNameTwice, textTooLarge, writeOnceViolated } from './store-failures';
import { byPath, joinPath } from './store-path';
import { ABANDONED_AFTER, nameBefore, setAsideOf } from './unfinished';

export { type RcloneTool, requireRcloneVersion } from './rclone-run';

const NOTHING: Listing = { files: [], others: [] };
const ABSENT = { code: 4, stdout: Buffer.alloc(0), stderr: 'nothing is there' };

/** A store behind rclone. Every path is given after `--`, so no name can become an option. */
export function openRcloneStore(tool: RcloneTool, remote: string, folder: string, name: string): Store {
  const at = (path: string) => `${remote}:${joinPath(folder, path)}`;
  const shown = (path: string) => (path === '' ? name : `${name}/${path}`);

  /** Half-written files that listings showed. */
  const partials = new Map<string, StoredFile>();
  const abandoned = (now: number) => [...partials.values()].filter(({ modified }) => now - modified > ABANDONED_AFTER);

  const listing = async (path: string, flags: readonly string[], where = shown(path)): Promise<Listing> => {
    const done = await askRclone(tool, ['lsjson', '--files-only', '--no-mimetype', ...flags, '--', at(path)]);
    if (isNotFound(done)) return NOTHING;
    demand(done, where);
    const { files, others } = readListing(done.stdout.toString('utf8'), path, where);
    for (const file of files) if (IS_RCLONE_PARTIAL.test(file.path)) partials.set(file.path, stored(file));
    return { files: files.filter((file) => !IS_RCLONE_PARTIAL.test(file.path)), others };
  };

  const list = async (path: string, flags: readonly string[]): Promise<StoredFile[]> => {
    const { files, others } = await listing(path, flags);
    const twice = others.find(({ kind }) => kind === 'name that two files have');
    if (twice !== undefined) throw sameNameTwice(shown(twice.path));
    return files.map(stored);
  };

  /** A file as its folder lists it: asked for it alone, rclone would show one of two that have its name. */
  const look = async (path: string): Promise<Listed | undefined> => {
    const cut = path.lastIndexOf('/');
    const { files, others } = await listing(
      path.slice(0, Math.max(cut, 0)),
      [onlyOne(path.slice(cut + 1))],
      shown(path),
    );
    if (others.some((other) => other.path === path)) throw sameNameTwice(shown(path));
    return files.find((file) => file.path === path);
  };

  // Always sent: rclone would leave a file of the same size alone where a remote has no hashes to compare.
  const copyTo = async (from: string, to: string, bytes: number | undefined, where: string): Promise<void> => {
    demand(await transfer(tool, ['copyto', '--ignore-times', '--', from, to], bytes), where);
  };

  const download = async (path: string, toFile: string): Promise<void> => {
    await mkdir(dirname(toFile), { recursive: true });
    await rm(toFile, { force: true });
    await copyTo(at(path), toFile, undefined, shown(path));
    // A remote that keeps no folders, such as S3, takes a missing file for an empty folder, and copies that with success.
    if ((await stat(toFile).catch(unlessAbsent)) === undefined) demand(ABSENT, shown(path));
  };

  /**
   * Copies files into a folder, under their paths.
   * @returns why those that did not arrive as they are listed did not
   */
  const bring = async (paths: readonly string[], into: string): Promise<Map<string, () => never>> => {
    const wanted = `${into}.txt`;
    await writeFile(wanted, `${paths.join('\n')}\n`);
    const these = ['--no-traverse', '--files-from-raw', wanted];
    const { files, others } = await listing('', ['--recursive', '--hash-type=md5', ...these]);
    const listed = new Map(files.map((file) => [file.path, file]));
    for (const path of paths) {
      if (others.some((other) => other.path === path)) throw sameNameTwice(shown(path));
      if (!listed.has(path)) demand(ABSENT, shown(path));
    }
    const bytes = files.reduce((total: number | undefined, file) => plus(total, file.bytes), 0);
    demand(await transfer(tool, ['copy', ...these, '--', at(''), into], bytes), name);
    const differing = new Map<string, () => never>();
    for (const [path, file] of listed) {
      const difference = await differenceOf(file, join(into, path));
      if (difference !== undefined)
        differing.set(path, () => {
          throw arrivedDiffers(shown(path), difference.found, difference.expected);
        });
    }
    return differing;
  };

  const downloadAll = async (files: ReadonlyMap<string, string>): Promise<void> => {
    const first = [...files.values()][0];
    if (first === undefined) return;
    await mkdir(dirname(first), { recursive: true });
    const scratch = await mkdtemp(join(dirname(first), 'arriving-'));
    try {
      const into = join(scratch, 'first');
      const again = join(scratch, 'again');
      const differing = await bring([...files.keys()], into);
      // It may have been written since it was listed.
      const lasting = differing.size === 0 ? differing : await bring([...differing.keys()], again);
      for (const complain of lasting.values()) complain();
      for (const [path, toFile] of files) {
        await mkdir(dirname(toFile), { recursive: true });
        await rename(join(differing.has(path) ? again : into, path), toFile);
      }
    } finally {
      await rm(scratch, { recursive: true, force: true });
    }
  };

  const remove = async (path: string): Promise<void> => {
    const done = await askRclone(tool, ['deletefile', '--', at(path)]);
    if (!isNotFound(done)) demand(done, shown(path));
  };

  const move = async (from: string, to: string): Promise<void> => {
    demand(await transfer(tool, ['moveto', '--', at(from), at(to)], undefined), shown(from));
  };

  /** Gives a file that was set aside its name back, unless another one has it by now: then it stays for a person to see. */
  const giveBack = async (aside: string, path: string): Promise<void> => {
    if ((await look(path)) === undefined) await move(aside, path);
  };

  /** Copies files into a folder of the remote in one go: a program for each would take longer than most files. */
  const send = (from: string, to: string, names: readonly string[], bytes: number | undefined): Promise<void> =>
    withScratch('work', async (scratch) => {
      const wanted = join(scratch, 'wanted.txt');
      await writeFile(wanted, `${names.join('\n')}\n`);
      const these = ['--ignore-times', '--no-traverse', '--files-from-raw', wanted];
      demand(await transfer(tool, ['copy', ...these, '--', from, at(to)], bytes), shown(to));
    });

  const tidy = async (): Promise<void> => {
    for (const { path } of abandoned(Date.now())) {
      partials.delete(path);
      await remove(path);
    }
  };

  const upload = async (fromFile: string, path: string): Promise<void> => {
    // A leftover is harmless: no listing shows it.
    await tidy().catch(() => undefined);
    await copyTo(fromFile, at(path), (await stat(fromFile)).size, shown(path));
  };

  return checkedStore({
    name,
    list: (path) => list(path, ['--recursive']),
    listHere: (path) => list(path, []),
    survey: async (path) => {
      const { files, others } = await listing(path, ['--recursive']);
      const aside = files.filter((file) => nameBefore(file.path) !== undefined);
      if (aside.length === 0) return { files: files.map(stored), others };
      // A run was killed before it had removed them, or seen that it must not.
      for (const file of aside) await giveBack(file.path, nameBefore(file.path)!);
      const now = await listing(path, ['--recursive']);
      return { files: now.files.map(stored), others: now.others };
    },
    listAbandoned: async (now) => {
      await listing('', ['--recursive']);
      return abandoned(now).sort(byPath);
    },
    isThere: async () => {
      const done = await askRclone(tool, ['lsjson', '--stat', '--no-mimetype', '--', at('')]);
      if (isNotFound(done)) return false;
      demand(done, name);
      return true;
    },
    readText: async (path) => {
      for (let tries = 1; ; tries++) {
        const listed = await look(path);
        if (listed === undefined) return undefined;
        if ((listed.bytes ?? 0) > LARGEST_TEXT) throw textTooLarge(shown(path));
        const done = await askRclone(tool, ['cat', `--count=${LARGEST_TEXT + 1}`, '--', at(path)]);
        if (isNotFound(done)) return undefined;
        demand(done, shown(path));
        const { length } = done.stdout;
        if (length > LARGEST_TEXT) throw textTooLarge(shown(path));
        if (listed.bytes === undefined || length === listed.bytes) return done.stdout.toString('utf8');
        // It may have been written since it was looked at.
        if (tries === 2) throw arrivedDiffers(shown(path), `${length} bytes`, `${listed.bytes} bytes, as listed`);
      }
    },
    download,
    downloadAll,
    upload,
    // Not left to rclone: `copyto --immutable` replaces a file, and without common hashes it compares sizes only.
    uploadOnce: async (fromFile, path) => {
      if ((await look(path)) === undefined) return upload(fromFile, path);
      if ((await hashThere(download, path)) !== (await sha256OfFile(fromFile))) throw writeOnceViolated(shown(path));
    },
    uploadAll: async (fromFolder, toFolder, names) => {
      await tidy().catch(() => undefined);
      let bytes = 0;
      for (const one of names) bytes += (await stat(join(fromFolder, one))).size;
      await send(fromFolder, toFolder, names, bytes);
    },
    copyAll: (fromFolder, toFolder, names) => send(at(fromFolder), toFolder, names, undefined),
    remove,
    removeAll: (paths) =>
      withScratch('work', async (scratch) => {
        const unwanted = join(scratch, 'unwanted.txt');
        await writeFile(unwanted, `${paths.join('\n')}\n`);
        const done = await askRclone(tool, ['delete', '--files-from-raw', unwanted, '--', at('')]);
        if (!isNotFound(done)) demand(done, name);
      }),
    removeSame: async (path, sha256) => {
      // rclone would move a folder of that name.
      if ((await look(path)) === undefined) return false;
      const aside = setAsideOf(path);
      await move(path, aside);
      let isSame = false;
      try {
        isSame = (await hashThere(download, aside)) === sha256;
      } finally {
        await (isSame ? remove(aside) : giveBack(aside, path));
      }
      return isSame;
    },
  });
}

/** The option that leaves only files of this name in a listing; rclone would cut blanks off its end. */
function onlyOne(name: string): string {
  return `--include=/${name.replace(/[\\*?[\]{}]/g, '\\$&').replace(/\s(?=\s*$)/gu, '[$&]')}`;
}

function stored({ path, bytes, modified }: Listed): StoredFile {
  return { path, bytes, modified };
}

function plus(total: number | undefined, bytes: number | undefined): number | undefined {
  return total === undefined || bytes === undefined ? undefined : total + bytes;
}

/** How a file differs from its listing: by size, and by hash if the remote knows it. */
async function differenceOf(
  { bytes, hashes }: Listed,
  here: string,
): Promise<{ readonly found: string; readonly expected: string } | undefined> {
  const arrived = await stat(here).catch(unlessAbsent);
  if (arrived === undefined) return { found: 'nothing', expected: 'a file' };
  if (bytes !== undefined && arrived.size !== bytes)
    return { found: `${arrived.size} bytes`, expected: `${bytes} bytes, as listed` };
  const md5 = hashes.md5?.toLowerCase();
  if (md5 === undefined) return undefined;
  const found = await hashOfFile(here, 'md5');
  return found === md5 ? undefined : { found: `MD5 ${found}`, expected: `MD5 ${md5}, as listed` };
}

function hashThere(download: Store['download'], path: string): Promise<string> {
  return withScratch('work', async (scratch) => {
    const there = join(scratch, 'there');
    await download(path, there);
    return sha256OfFile(there);
  });
}
