import { accessSync, constants, existsSync, statfsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, resolve } from 'node:path';
import { type Ending, Failure, type FailureDetails } from './failure';
import { printable } from './finding';

/** The meaning of a system error for people. */
type Meaning = Ending & Pick<FailureDetails, 'what' | 'fix'>;

/** Where something went wrong: what was being done, and what may help to name the place. */
export interface Doing {
  readonly stage: string;
  /** The place in a person's terms, such as `sm2drive:Warehouse/facts`; otherwise the path that the system names. */
  readonly where?: string;
  /** The folder that was written to, where the system names no path. */
  readonly folder?: string | undefined;
}

const DISK_FULL: Meaning = {
  what: 'the disk is full',
  fix: 'free space on the disk',
  class: 'remote-temporary',
  code: 'disk-full',
};

const NO_INODES: Meaning = {
  what: 'the disk can hold no more files, though it has room (no inodes are free)',
  fix: 'remove files that nobody needs from this disk, or use one that was made for more files',
  class: 'remote-temporary',
  code: 'no-inodes',
};

const OUT_OF_MEMORY: Meaning = {
  what: 'there is not enough memory',
  fix: 'run it on a machine with more memory, or with fewer uploads at a time; check that no memory limit is too low',
  class: 'remote-temporary',
  code: 'out-of-memory',
};

const NETWORK_GONE: Meaning = {
  what: 'the network does not answer',
  fix: 'run it again later',
  class: 'remote-temporary',
  code: 'remote-unreachable',
};

const localIo = (what: string, fix: string): Meaning => ({ what, fix, class: 'remote-permanent', code: 'local-io' });
const CHECK_RIGHTS = 'check that the folder exists and that its permissions allow it';

const FILES: Readonly<Record<string, Meaning>> = {
  ENOSPC: DISK_FULL,
  EDQUOT: { ...DISK_FULL, what: 'the quota of the disk is used up', fix: 'free space, or ask for a larger quota' },
  EFBIG: {
    what: 'a file may not grow this large',
    fix: 'raise the limit of file sizes (ulimit -f), or use a disk that holds larger files',
    class: 'config',
    code: 'file-size-limit',
  },
  EMFILE: {
    what: 'too many files are open in this program',
    fix: 'raise the limit of open files: ulimit -n 1024',
    class: 'config',
    code: 'too-many-files',
  },
  ENFILE: {
    what: 'too many files are open on this machine',
    fix: 'end programs that nobody needs, or raise fs.file-max; then run it again',
    class: 'remote-temporary',
    code: 'too-many-files',
  },
  EROFS: {
    what: 'the disk is read-only',
    fix: 'use another folder, or make this disk writable again: an error may have made it read-only',
    class: 'remote-permanent',
    code: 'read-only',
  },
  ENOMEM: OUT_OF_MEMORY,
  EAGAIN: {
    what: 'no more programs or threads can be started',
    fix: 'end programs that nobody needs, or raise the limits of processes and memory (ulimit -u, -v); then run it again',
    class: 'remote-temporary',
    code: 'too-many-processes',
  },
  EACCES: localIo('the file may not be read or written (EACCES)', CHECK_RIGHTS),
  EPERM: localIo('the file may not be read or written (EPERM)', CHECK_RIGHTS),
  EIO: localIo('the disk cannot be read or written (EIO)', 'check the disk and the log of the system'),
  ELOOP: localIo('links form a loop (ELOOP)', 'remove the link that leads back'),
  ENAMETOOLONG: localIo('a path is too long (ENAMETOOLONG)', 'use shorter names, or a folder with a shorter path'),
};

/** Refusals of the system that are not about files. */
const NETWORK =
  /^(ECONN\w+|ENOTFOUND|EAI_\w+|ETIMEDOUT|EHOSTUNREACH|EHOSTDOWN|ENETUNREACH|ENETDOWN|EPIPE|EPROTO|EADDR\w+)$/;

/** Codes with which Node and the engines under it report a lack of memory. */
const NO_MEMORY_CODES = new Set(['ERR_WORKER_OUT_OF_MEMORY', 'ERR_MEMORY_ALLOCATION_FAILED']);
const NO_MEMORY_TEXT = /^Array buffer allocation failed$|^WebAssembly\.\w+\(\): .*(out of memory|could not allocate)/i;

/** The code of a system error (`ENOSPC`) anywhere in a chain of causes, with the error that has it. */
export function systemError(
  thrown: unknown,
): { readonly errno: string; readonly error: NodeJS.ErrnoException } | undefined {
  let error = thrown;
  for (let depth = 0; error instanceof Error && depth < 8; depth++, error = error.cause) {
    if (error instanceof Failure) return undefined;
    const { code, errno } = error as NodeJS.ErrnoException;
    if (NO_MEMORY_CODES.has(code ?? '') || NO_MEMORY_TEXT.test(error.message)) return { errno: 'ENOMEM', error };
    if (typeof code !== 'string' || !/^E[A-Z0-9]+$|^EAI_/.test(code)) continue;
    if (code in FILES || NETWORK.test(code) || typeof errno === 'number') return { errno: code, error };
  }
  return undefined;
}

/** Whether an error says that a file or folder does not exist; anything else says nothing about that. */
export function isAbsence(thrown: unknown): boolean {
  const errno = systemError(thrown)?.errno;
  return errno === 'ENOENT' || errno === 'ENOTDIR';
}

/**
 * For `.catch`: returns undefined if the file or folder does not exist.
 * @throws any other error: an unreadable disk, or too many open files, does not make a file absent
 */
export function unlessAbsent(thrown: unknown): undefined {
  if (!isAbsence(thrown)) throw thrown;
  return undefined;
}

/**
 * Whether a file or folder exists.
 * @throws any other error
 */
export async function isThere(path: string): Promise<boolean> {
  return (await stat(path).catch(unlessAbsent)) !== undefined;
}

/** The failure for a system error, wherever it occurred; undefined for any other error. */
export function ioFailure(thrown: unknown, doing: Doing): Failure | undefined {
  const found = systemError(thrown);
  if (found === undefined) return undefined;
  const { error } = found;
  const { path, dest, syscall } = error as NodeJS.ErrnoException & { readonly dest?: string };
  const hidden = found.errno === 'ENOENT' && syscall === 'mkdir' ? refusalToWrite(path) : undefined;
  const code = hidden?.code ?? found.errno;
  const place = dest ?? path ?? (code === 'ENOSPC' ? fullOf(doing.folder) : doing.folder);
  return failureOf(
    code,
    wordsOf(hidden ?? error, dest),
    { ...doing, where: doing.where ?? place ?? '' },
    place,
    thrown,
  );
}

/** Node makes folders with those above them, and says ENOENT where the system says that none may be made. */
function refusalToWrite(path = '.'): NodeJS.ErrnoException | undefined {
  try {
    accessSync(existingAbove(path), constants.W_OK);
    return undefined;
  } catch (error) {
    return error as NodeJS.ErrnoException;
  }
}

function existingAbove(path: string): string {
  const at = resolve(path);
  return existsSync(at) || dirname(at) === at ? at : existingAbove(dirname(at));
}

/** Where there is no room for two paths, the one of the source is left out. */
function wordsOf({ code, message, syscall }: NodeJS.ErrnoException, dest: string | undefined): string {
  if (dest === undefined || !['ENOSPC', 'EDQUOT', 'EFBIG', 'EROFS'].includes(code ?? '')) return message;
  return `${message.replace(/, .*$/s, '')}, ${syscall} to '${dest}'`;
}

/** The folder that was written to and has no room: that of the stage, or the one for temporary files. */
function fullOf(folder: string | undefined): string | undefined {
  const there = roomOf(tmpdir());
  if (there === undefined || (there.bytes > ROOM && there.inodes > FEW_INODES)) return folder;
  const here = folder === undefined ? undefined : roomOf(folder);
  return here === undefined || there.inodes === 0 || there.bytes < here.bytes ? tmpdir() : folder;
}

/**
 * The failure that a code of the system means.
 * @param code such as `ENOSPC`; '' if the system gave none
 * @param said in the words of whoever met it
 * @param path what could not be written, to see whether its disk lacks bytes or inodes
 */
export function failureOf(
  code: string,
  said: string,
  { stage, where, folder }: Doing,
  path: string | undefined = folder,
  cause?: unknown,
): Failure {
  const meaning = code === 'ENOSPC' && lacksInodes(path ?? folder) ? NO_INODES : meaningOf(code);
  return new Failure({
    stage,
    ...meaning,
    ...(where ? { where: printable(where) } : {}),
    found: printable(said.trim()),
    ...(cause === undefined ? {} : { cause }),
  });
}

function meaningOf(code: string): Meaning {
  if (NETWORK.test(code)) return NETWORK_GONE;
  const named = code === '' ? '' : ` (${code})`;
  return FILES[code] ?? localIo(`the file cannot be read or written${named}`, CHECK_RIGHTS);
}

/** The free space of a disk; undefined if unknown. */
export function roomOf(path: string): { readonly bytes: number; readonly inodes: number } | undefined {
  try {
    const { bavail, bsize, files, ffree } = statfsSync(existingAbove(path));
    // Disks that make inodes as they are needed count none.
    return { bytes: bavail * bsize, inodes: files === 0 ? Number.POSITIVE_INFINITY : ffree };
  } catch {
    return undefined;
  }
}

/** Of a disk with room that can hold no more than these, what was refused was a file: some may have gone since. */
const FEW_INODES = 64;
const ROOM = 2 ** 20;

function lacksInodes(path: string | undefined): boolean {
  const room = path === undefined ? undefined : roomOf(path);
  return room !== undefined && room.inodes < FEW_INODES && room.bytes > (room.inodes === 0 ? 0 : ROOM);
}
