import { setTimeout } from 'node:timers/promises';
import { startFailure } from '@sensor-warehouse/model/findings/child-failure';
import { Failure } from '@sensor-warehouse/model/findings/failure';
import { printable } from '@sensor-warehouse/model/findings/finding';
import { runProcess } from '@sensor-warehouse/model/processes/run-process';
import { rcloneVariables } from './rclone-environment';
import { mayPass, type RcloneEnd, TOO_SLOW } from './rclone-meaning';
import { listingUnreadable } from './store-failures';

/** The program and its configuration file (0600, outside the workspace). */
export interface RcloneTool {
  readonly program: string;
  readonly configFile: string | undefined;
  /** One line of progress, while a remote lets one wait. */
  readonly say?: (line: string) => void;
  /** Milliseconds before what may pass is tried again; ten seconds if none are given. */
  readonly betweenTries?: number;
}

/** Path escape and credential leaks were fixed there (rclone's changelog, 1.75.0). */
const OLDEST_RCLONE = [1, 75] as const;

/** What rclone puts between the name of a file and its own `.partial-wh` while it writes it. */
export const IS_RCLONE_PARTIAL = /\.[0-9a-f]{8}\.partial-wh$/;

const LIMITS = [
  // Ours, below: rclone would also ask three times for a file that does not exist, half a minute for each.
  '--retries=1',
  '--contimeout=15s',
  '--timeout=60s',
  '--partial-suffix=.partial-wh',
  '--stats=0',
  '--use-json-log',
  // The line that says why a command failed is a notice.
  '--log-level=NOTICE',
];

const TRIES = 3;
const BETWEEN_TRIES_MS = 10_000;
/** After so long a wait, do not retry. */
const TRY_AGAIN_WITHIN_MS = 60_000;

/** A remote that is silent for so long is slow: a listing of many files prints all the time. */
const SILENCE_MS = 90_000;
/** No run may take longer, however much it prints. */
const LONGEST_MS = 20 * 60_000;
/** A transfer that is slower is not waited for: 64 KiB a second, and two minutes to begin. */
const SLOWEST_BYTES_PER_SECOND = 64 << 10;
const TO_BEGIN_MS = 120_000;
/** rclone ends a transfer by itself when its time is over; this is what it gets to tidy up. */
const TO_TIDY_UP_MS = 15_000;
const TELL_EVERY_MS = 30_000;

const LONGEST_LOG = 64 << 10;

/** Lists, reads, moves or removes: waits as long as something comes. Runs again while what rclone says may pass by itself. */
export function askRclone(tool: RcloneTool, args: readonly string[]): Promise<RcloneEnd> {
  return untilSettled(tool, () => run(tool, args, SILENCE_MS));
}

/**
 * Copies, in a time that is enough for so many bytes.
 * @param bytes undefined if nobody knows how many
 */
export function transfer(tool: RcloneTool, args: readonly string[], bytes: number | undefined): Promise<RcloneEnd> {
  const enough = bytes === undefined ? LONGEST_MS : TO_BEGIN_MS + (bytes / SLOWEST_BYTES_PER_SECOND) * 1000;
  const limit = Math.min(enough, LONGEST_MS);
  const [command, ...rest] = args as [string, ...string[]];
  const limited = [command, `--max-duration=${Math.ceil(limit / 1000)}s`, ...rest];
  return untilSettled(tool, () => run(tool, limited, limit + TO_TIDY_UP_MS));
}

async function untilSettled(
  { betweenTries = BETWEEN_TRIES_MS }: RcloneTool,
  once: () => Promise<RcloneEnd>,
): Promise<RcloneEnd> {
  const started = performance.now();
  for (let tries = 1; ; tries++) {
    const done = await once();
    if (tries === TRIES || !mayPass(done) || performance.now() - started > TRY_AGAIN_WITHIN_MS) return done;
    await setTimeout(betweenTries);
  }
}

/**
 * Runs rclone without a shell.
 * @param silence how long nothing may come from it, milliseconds
 * @throws Failure if the program cannot be started, or what it prints does not end
 */
async function run(tool: RcloneTool, args: readonly string[], silence: number): Promise<RcloneEnd> {
  const [command, ...rest] = args as [string, ...string[]];
  const config = tool.configFile === undefined ? [] : [`--config=${tool.configFile}`];
  const limits = command === 'version' ? [] : LIMITS;
  const place = printable(args.at(-1)!);
  const started = performance.now();
  const telling = setInterval(() => {
    tool.say?.(`rclone: waiting for ${place}, ${Math.round((performance.now() - started) / 1000)} s`);
  }, TELL_EVERY_MS);
  try {
    const { exit, signal, stdout, stderr, cut } = await runProcess({
      program: tool.program,
      args: [command, ...config, ...limits, ...rest],
      names: rcloneVariables(tool.configFile),
      deadline: LONGEST_MS + TO_TIDY_UP_MS,
      silence,
    }).catch((cause: Error) => {
      throw startFailure(cause, { stage: 'storage' }) ?? missing(cause);
    });
    if (cut?.limit === 'output') throw listingUnreadable(place, 'an endless answer', `at most ${cut.most}`);
    if (cut !== undefined) return { code: TOO_SLOW, stdout: Buffer.alloc(0), stderr: cut.why };
    return { code: exit ?? 1, signal, stdout, stderr: stderr.slice(-LONGEST_LOG) };
  } finally {
    clearInterval(telling);
  }
}

function missing(cause: Error): Failure {
  return new Failure({
    stage: 'storage',
    what: 'rclone cannot be started',
    found: printable(cause.message),
    fix: 'install rclone 1.75 or newer, or bind the remote to a folder with --remote NAME=FOLDER',
    class: 'config',
    code: 'rclone-missing',
    cause,
  });
}

/** @throws Failure if the program is older than 1.75. */
export async function requireRcloneVersion(tool: RcloneTool): Promise<string> {
  const { stdout } = await run(tool, ['version'], SILENCE_MS);
  const said = stdout.toString('utf8');
  const match = /^rclone v(\d+)\.(\d+)\.(\d+)/.exec(said);
  const [major, minor] = [Number(match?.[1]), Number(match?.[2])];
  const [oldestMajor, oldestMinor] = OLDEST_RCLONE;
  if (match !== null && (major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)))
    return match[0].slice(8);
  throw new Failure({
    stage: 'storage',
    what: 'rclone is too old',
    found: printable(said.split('\n', 1)[0] ?? 'no version'),
    expected: `rclone v${oldestMajor}.${oldestMinor}.0 or newer`,
    fix: 'update rclone',
    class: 'config',
    code: 'rclone-version',
  });
}

/** Google Drive allows two files of one name; which one is meant cannot be determined. */
