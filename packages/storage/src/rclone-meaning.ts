import { childFailure, refusalAtEnd } from '@sensor-warehouse/model/findings/child-failure';
import { type Ending, Failure } from '@sensor-warehouse/model/findings/failure';
import { printable } from '@sensor-warehouse/model/findings/finding';
import { failureOf } from '@sensor-warehouse/model/findings/io-failure';

/** How a run of rclone ended, and its output. */
export interface RcloneEnd {
  /** 1 if a signal ended it. */
  readonly code: number;
  readonly signal?: NodeJS.Signals | null;
  readonly stdout: Buffer;
  readonly stderr: string;
}

/** The meaning of a run's end for people. */
export type Meaning = Ending & { readonly what: string; readonly fix: string };

/** Our own end of a run that did nothing for too long; rclone ends with the same when a transfer takes too long. */
export const TOO_SLOW = 10;

// rclone's documented exit codes (rclone.org/docs, «Exit code»).
const EXIT: Readonly<Record<number, Meaning>> = {
  1: {
    class: 'remote-temporary',
    code: 'rclone-failed',
    what: 'rclone failed',
    fix: 'read the reason, then run it again',
  },
  2: {
    class: 'config',
    code: 'rclone-usage',
    what: 'rclone rejects its arguments or configuration',
    fix: 'check the rclone configuration',
  },
  3: {
    class: 'remote-permanent',
    code: 'remote-not-found',
    what: 'the folder does not exist',
    fix: 'check the location in seeds/datasources_config.csv',
  },
  4: {
    class: 'remote-permanent',
    code: 'remote-not-found',
    what: 'the file does not exist',
    fix: 'run it again; the file may have been moved meanwhile',
  },
  5: {
    class: 'remote-temporary',
    code: 'remote-unreachable',
    what: 'the remote did not answer',
    fix: 'run it again later',
  },
  6: {
    class: 'remote-permanent',
    code: 'write-once-violated',
    what: 'the remote refused',
    fix: 'find out who wrote the file',
  },
  7: {
    class: 'remote-permanent',
    code: 'remote-refused',
    what: 'the remote refused the request, and will refuse it again',
    fix: 'check the account, its permissions and its quota',
  },
  8: {
    class: 'remote-temporary',
    code: 'remote-limit',
    what: 'a transfer limit was reached',
    fix: 'run it again later',
  },
  [TOO_SLOW]: {
    class: 'remote-temporary',
    code: 'remote-slow',
    what: 'the transfer took too long',
    fix: 'run it again later',
  },
};

/** Whether a run found that what it was asked for is not there. */
export function isNotFound({ code }: RcloneEnd): boolean {
  return code === 3 || code === 4;
}

/** Whether a run's failure may be temporary; an absent file, a refusal or a reached limit is not. */
export function mayPass(done: RcloneEnd): boolean {
  const meaning = meaningOf(done);
  return done.code !== 0 && refusalOf(done) === undefined && (meaning === EXIT[1] || meaning === EXIT[5]);
}

// rclone ends with 1 for most of what a remote or its configuration says; only the text says what will never pass.
const SAID: readonly (readonly [text: RegExp, known: Meaning])[] = [
  // Google Drive answers 403 also when it is asked too often.
  [/rate ?limit|too many requests|\b429\b/i, EXIT[5]!],
  [/didn't find section in config file|couldn't find type|unknown backend/i, EXIT[2]!],
  [
    /\b40[13]\b|unauthori[sz]ed|forbidden|access ?denied|signature ?does ?not ?match|unable to authenticate|invalid_grant/i,
    EXIT[7]!,
  ],
  [/connection refused|no such host|i\/o timeout|connection reset/i, EXIT[5]!],
];

/** A system error of this machine or of the remote: space, handles, memory. Only the text shows it. */
function refusalOf(done: RcloneEnd): string | undefined {
  return done.code === 1 ? refusalAtEnd(reason(done.stderr)) : undefined;
}

/** The meaning of a failed run, by its exit code or, if that is not specific, by its text. */
function meaningOf(done: RcloneEnd): Meaning {
  const said = reason(done.stderr);
  return (done.code === 1 ? SAID.find(([text]) => text.test(said))?.[1] : EXIT[done.code]) ?? EXIT[1]!;
}

/** @throws Failure with rclone's message, unless the run succeeded */
export function demand(done: RcloneEnd, where: string): void {
  if (done.code === 0) return;
  const refused = refusalOf(done);
  if (refused !== undefined) throw failureOf(refused, `rclone: ${reason(done.stderr)}`, { stage: 'storage', where });
  if (done.signal) {
    const ended = { exit: null, signal: done.signal, said: '' };
    throw childFailure('rclone', ended, { stage: 'storage', where });
  }
  const known = meaningOf(done);
  throw new Failure({
    stage: 'storage',
    ...known,
    where: printable(where),
    found: printable(reason(done.stderr)),
  });
}

/** The last error that rclone logged; its log may hold anything, so it is shown as one printable line. */
function reason(stderr: string): string {
  const lines = stderr.trim().split('\n').filter(Boolean);
  const last = lines.at(-1) ?? 'no reason given';
  try {
    // rclone's prefix would crowd the cause out of the line.
    return String((JSON.parse(last) as { msg?: unknown }).msg ?? last).replace(
      /^Failed to (create file system for "[^"]*"|\w+( with \d+ errors: last error was)?): /,
      '',
    );
  } catch {
    return last;
  }
}
