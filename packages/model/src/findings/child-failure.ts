import { constants } from 'node:os';
import { Failure } from './failure';
import { printable } from './finding';
import { type Doing, failureOf, ioFailure, isAbsence, roomOf, systemError } from './io-failure';

/** How a child program ended, and its output. */
export interface ChildEnd {
  /** Its exit code; null if a signal ended it. */
  readonly exit: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly said: string;
  /** Why we ended it, if we did, such as `did not end within 5 minutes`. */
  readonly cut?: string | undefined;
}

/** Phrases that programs print for system errors → the error's code. The first match counts. */
const PHRASES: readonly (readonly [phrase: RegExp, code: string])[] = [
  [/no space left on device|database or disk is full|max_temp_directory_size|\[Errno 28\]/i, 'ENOSPC'],
  [/disk quota exceeded|\[Errno 122\]/i, 'EDQUOT'],
  [/too many open files in system|\[Errno 23\]/i, 'ENFILE'],
  [/too many open files|\[Errno 24\]/i, 'EMFILE'],
  [/read-only file system|\[Errno 30\]/i, 'EROFS'],
  [/file too large|\[Errno 27\]/i, 'EFBIG'],
  [/file name too long|\[Errno 36\]/i, 'ENAMETOOLONG'],
  [/input\/output error|\[Errno 5\]/i, 'EIO'],
  [/can't start new thread|resource temporarily unavailable|\[Errno 11\]/i, 'EAGAIN'],
  [
    /out of memory error|outofmemory|memoryerror|bad_alloc|cannot allocate memory|memory allocation of \d+ bytes failed|failed to map segment|\[Errno 12\]/i,
    'ENOMEM',
  ],
  [/permission denied|\[Errno 13\]/i, 'EACCES'],
  [/operation not permitted|\[Errno 1\]/i, 'EPERM'],
];

/**
 * Kinds of mistakes in which DuckDB and Python say what the system refused. A mistake of another kind, such as one of
 * conversion, may quote a cell that holds the same words.
 */
const OF_SYSTEM =
  /^(IO|Out of Memory|TransactionContext|FATAL|Connection|OS|IsADirectory|Permission|FileNotFound|Memory|Import|Runtime|System|\w*IO|\w*OutOfMemory|\w*Fatal|\w*Transaction)$/;
const KIND = /(?:^|[\s.])([A-Z]\w*(?: \w+){0,3}?) ?(?:Error|Exception)(?=:|$)/;

/**
 * How dbt shows Python's system errors, and how libraries under it end their messages: without the type of the error.
 */
const BARE =
  /^\s*(\d\d:\d\d:\d\d)?\s*(\[Errno \d+\]|cannot allocate memory|terminate called after throwing|memory allocation of|OpenBLAS|Fatal Python error|\S+: error while loading)/i;

/** The code of a system error (`ENOSPC`), if one message of a program reports it. */
export function refusalIn(message: string): string | undefined {
  if (BARE.test(message)) return phraseIn(message);
  const kind = KIND.exec(message)?.[1];
  return kind !== undefined && OF_SYSTEM.test(kind) ? phraseIn(message) : undefined;
}

function phraseIn(text: string): string | undefined {
  return PHRASES.find(([phrase]) => phrase.test(text))?.[1];
}

/**
 * The same for programs that end their messages with the system's words, as Go programs do: `write /x: no space left on
 * device`.
 */
export function refusalAtEnd(message: string): string | undefined {
  const last = /(?:^|: )([^:"]+?)[\s.]*$/.exec(message)?.[1];
  return last === undefined ? undefined : phraseIn(last);
}

/** Whether a program has said that the system refused it something. */
export function tellsRefusal(said: string): boolean {
  return firstRefusal(said) !== undefined;
}

/** The first error in a text; later lines may come from a cell that it quotes. */
function firstRefusal(text: string): { readonly errno: string; readonly line: string } | undefined {
  const line = text.split('\n').find((one) => BARE.test(one) || KIND.test(one));
  const errno = line === undefined ? undefined : refusalIn(line);
  return errno === undefined ? undefined : { errno, line: line! };
}

const SIGNALS = new Map(Object.entries(constants.signals).map(([name, number]) => [number, name]));

/**
 * The failure if the system could not start an existing program.
 * @returns undefined if the program does not exist, or is not one: its own message says what to install
 */
export function startFailure(cause: unknown, doing: Doing): Failure | undefined {
  return isAbsence(cause) || systemError(cause)?.errno === 'EACCES' ? undefined : ioFailure(cause, doing);
}

/** The signal that ended a program, also where a shell between gives it as 128 and its number. */
function signalOf({ exit, signal }: ChildEnd): string | undefined {
  if (signal !== null) return signal;
  return exit !== null && exit > 128 ? SIGNALS.get(exit - 128) : undefined;
}

/**
 * Why a program ended that is not a mistake of what it was given: the system refused it something, or killed it.
 * @param program for messages, such as `dbt`
 * @returns undefined if the program itself has to say why
 */
export function childFailure(program: string, ended: ChildEnd, doing: Doing): Failure | undefined {
  if (ended.exit === 0 && ended.cut === undefined) return undefined;
  const refused = firstRefusal(ended.said);
  if (refused !== undefined) return failureOf(refused.errno, `${program}: ${refused.line.trim()}`, doing);
  if (ended.cut !== undefined) return ofCut(program, ended.cut, doing);
  const signal = signalOf(ended);
  if (signal !== undefined) return ofSignal(program, signal, doing);
  const room = doing.folder === undefined ? undefined : roomOf(doing.folder);
  if (room !== undefined && (room.bytes === 0 || room.inodes === 0))
    return failureOf('ENOSPC', `${program} ended with ${ended.exit}, and its disk is full`, doing);
  return undefined;
}

function ofCut(program: string, cut: string, { stage, where }: Doing): Failure {
  return new Failure({
    stage,
    what: `${program} ${cut}, and was stopped`,
    ...(where === undefined ? {} : { where: printable(where) }),
    fix: 'run it again; if it happens again, find out what it waits for, and whether the machine is fast enough for this much data',
    class: 'remote-temporary',
    code: 'program-endless',
  });
}

function ofSignal(program: string, signal: string, { stage, where }: Doing): Failure {
  const place = where === undefined ? {} : { where: printable(where) };
  if (signal === 'SIGKILL') {
    return new Failure({
      stage,
      what: `${program} was killed, as the system does when memory runs out`,
      ...place,
      found: signal,
      fix: 'run it on a machine with more memory, or with fewer uploads at a time; if a person killed it, run it again',
      class: 'remote-temporary',
      code: 'out-of-memory',
    });
  }
  if (signal === 'SIGXFSZ') return failureOf('EFBIG', `${program}: ${signal}`, { stage, ...(where ? { where } : {}) });
  return new Failure({
    stage,
    what: `${program} was stopped by a signal`,
    ...place,
    found: signal,
    fix: 'run it again; if it happens again, find out what stops it, and whether memory and disk have room',
    class: 'remote-temporary',
    code: 'program-ended',
  });
}
