import { spawn } from 'node:child_process';
import { mkdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { childFailure, refusalAtEnd, startFailure } from '@sensor-warehouse/model/child-failure';
import { Failure, type FailureClass } from '@sensor-warehouse/model/failure';
import { printable } from '@sensor-warehouse/model/finding';
import { failureOf } from '@sensor-warehouse/model/io-failure';
import { compareText } from '@sensor-warehouse/model/readings';
import { withScratch } from '@sensor-warehouse/model/scratch-folder';
import { sha256OfFile } from './file-hash';
import { joinPath, writeOnceViolated } from './local-store';
import type { Store, StoredFile } from './store';

/** The program and its configuration file (0600, outside the workspace). */
export interface RcloneTool {
  readonly program: string;
  readonly configFile: string | undefined;
}

/** Path escape and credential leaks were fixed there (rclone's changelog, 1.75.0). */
const OLDEST_RCLONE = [1, 75] as const;

const LIMITS = [
  // Ours, below: rclone would also ask three times for a file that is not there, half a minute for each.
  '--retries=1',
  '--contimeout=15s',
  '--timeout=60s',
  '--max-duration=20m',
  '--stats=0',
  '--use-json-log',
  // The line that says why a command failed is a notice.
  '--log-level=NOTICE',
];

const TRIES = 3;
const BETWEEN_TRIES_MS = 10_000;

// rclone's documented exit codes (rclone.org/docs, «Exit code»).
const EXIT: Readonly<Record<number, { class: FailureClass; code: string; what: string; fix: string }>> = {
  1: {
    class: 'remote-temporary',
    code: 'rclone-failed',
    what: 'rclone failed',
    fix: 'read the reason, then run it again',
  },
  2: {
    class: 'config',
    code: 'rclone-usage',
    what: 'rclone did not understand its arguments or configuration',
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
    fix: 'run again; it may have been moved meanwhile',
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
    what: 'the remote refused for good',
    fix: 'check the account, its rights and its quota',
  },
  8: {
    class: 'remote-temporary',
    code: 'remote-limit',
    what: 'a transfer limit was reached',
    fix: 'run it again later',
  },
  10: { class: 'remote-temporary', code: 'remote-slow', what: 'the transfer took too long', fix: 'run it again later' },
};
const NOT_FOUND = new Set([3, 4]);

// rclone ends with 1 for most of what a remote or its configuration says; only the text tells what will never pass.
const SAID: readonly (readonly [text: RegExp, known: (typeof EXIT)[number]])[] = [
  // Google Drive answers 403 also when it is asked too often.
  [/rate ?limit|too many requests|\b429\b/i, EXIT[5]!],
  [/didn't find section in config file|couldn't find type|unknown backend/i, EXIT[2]!],
  [
    /\b40[13]\b|unauthori[sz]ed|forbidden|access ?denied|signature ?does ?not ?match|unable to authenticate|invalid_grant/i,
    EXIT[7]!,
  ],
  [/connection refused|no such host|i\/o timeout|connection reset/i, EXIT[5]!],
];

/** A store behind rclone. Every path is given after `--`, so no name can become an option. */
export function openRcloneStore(tool: RcloneTool, remote: string, folder: string, name: string): Store {
  const at = (path: string) => `${remote}:${joinPath(folder, path)}`;
  const run = (args: readonly string[]) => runUntilSettled(tool, args);

  const collect = async (path: string, deep: boolean): Promise<StoredFile[]> => {
    const flags = ['lsjson', '--files-only', '--no-mimetype', ...(deep ? ['--recursive'] : [])];
    const done = await run([...flags, '--', at(path)]);
    if (NOT_FOUND.has(done.code)) return [];
    demand(done, `${name}/${path}`);
    const entries = JSON.parse(done.stdout) as { Path: string; Size: number; ModTime: string }[];
    const files = entries
      .map((entry) => ({ path: joinPath(path, entry.Path), bytes: entry.Size, modified: Date.parse(entry.ModTime) }))
      .sort((a, b) => compareText(a.path, b.path));
    refuseSameNames(files, name);
    return files;
  };

  // Always sent: rclone would leave a file of the same size alone where a remote has no hashes to compare.
  const copyTo = async (from: string, to: string, where: string): Promise<void> => {
    demand(await run(['copyto', '--ignore-times', '--', from, to]), where);
  };

  const exists = async (path: string): Promise<boolean> => {
    const done = await run(['lsjson', '--stat', '--files-only', '--no-mimetype', '--', at(path)]);
    if (NOT_FOUND.has(done.code)) return false;
    demand(done, `${name}/${path}`);
    return JSON.parse(done.stdout) !== null;
  };

  const download = async (path: string, toFile: string): Promise<void> => {
    await mkdir(dirname(toFile), { recursive: true });
    await rm(toFile, { force: true });
    await copyTo(at(path), toFile, `${name}/${path}`);
    // To a remote that keeps no folders, such as S3, a missing file is an empty folder, copied with success.
    if (!(await isHere(toFile))) demand({ code: 4, stdout: '', stderr: 'nothing came' }, `${name}/${path}`);
  };

  const upload = (fromFile: string, path: string): Promise<void> => copyTo(fromFile, at(path), `${name}/${path}`);

  return {
    name,
    list: (path) => collect(path, true),
    listHere: (path) => collect(path, false),
    listNotFiles: async () => [],
    isThere: async () => {
      const done = await run(['lsjson', '--stat', '--no-mimetype', '--', at('')]);
      if (NOT_FOUND.has(done.code)) return false;
      demand(done, name);
      return true;
    },
    readText: async (path) => {
      const done = await run(['cat', '--', at(path)]);
      if (NOT_FOUND.has(done.code)) return undefined;
      demand(done, `${name}/${path}`);
      // `cat` of an absent object ends with 0 and nothing on some remotes; an empty file is something else.
      return done.stdout === '' && !(await exists(path)) ? undefined : done.stdout;
    },
    download,
    downloadAll: async (files) => {
      if (files.size === 0) return;
      return withScratch('work', async (scratch) => {
        const wanted = join(scratch, 'wanted.txt');
        await writeFile(wanted, `${[...files.keys()].join('\n')}\n`);
        const into = join(scratch, 'files');
        demand(await run(['copy', '--no-traverse', '--files-from-raw', wanted, '--', at(''), into]), name);
        for (const [path, toFile] of files) {
          await mkdir(dirname(toFile), { recursive: true });
          await rename(join(into, path), toFile).catch(() => download(path, toFile));
        }
      });
    },
    upload,
    // Not left to rclone: `copyto --immutable` replaces a file, and without common hashes it compares sizes only.
    uploadOnce: async (fromFile, path) => {
      if (!(await exists(path))) return upload(fromFile, path);
      return withScratch('work', async (scratch) => {
        const there = join(scratch, 'there');
        await download(path, there);
        if ((await sha256OfFile(there)) !== (await sha256OfFile(fromFile))) throw writeOnceViolated(`${name}/${path}`);
      });
    },
    remove: async (path) => {
      const done = await run(['deletefile', '--', at(path)]);
      if (!NOT_FOUND.has(done.code)) demand(done, `${name}/${path}`);
    },
  };
}

function isHere(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}

interface Ended {
  /** 1 if a signal ended it. */
  readonly code: number;
  readonly signal?: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs rclone again while what it says may pass by itself; an absent file, a refusal or a reached limit will not. */
async function runUntilSettled(tool: RcloneTool, args: readonly string[]): Promise<Ended> {
  for (let tries = 1; ; tries++) {
    const done = await runRclone(tool, args);
    const meaning = meaningOf(done);
    if (
      tries === TRIES ||
      done.code === 0 ||
      refusalOf(done) !== undefined ||
      (meaning !== EXIT[1] && meaning !== EXIT[5])
    )
      return done;
    await setTimeout(BETWEEN_TRIES_MS);
  }
}

/**
 * Runs rclone without a shell and with none of the RCLONE_* variables that could redefine its options or remotes.
 * @throws Failure if the program cannot be started
 */
async function runRclone(tool: RcloneTool, args: readonly string[]): Promise<Ended> {
  const env = Object.fromEntries(Object.entries(process.env).filter(([key]) => !key.startsWith('RCLONE_')));
  const [command, ...rest] = args as [string, ...string[]];
  const config = tool.configFile === undefined ? [] : [`--config=${tool.configFile}`];
  const limits = command === 'version' ? [] : LIMITS;
  return new Promise((resolve, reject) => {
    const child = spawn(tool.program, [command, ...config, ...limits, ...rest], {
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    // One that the system has no room to start has no streams.
    child.stdout?.on('data', (chunk: Buffer) => out.push(chunk));
    child.stderr?.on('data', (chunk: Buffer) => err.push(chunk));
    child.on('error', (cause) =>
      reject(
        startFailure(cause, { stage: 'storage' }) ??
          new Failure({
            stage: 'storage',
            what: 'rclone cannot be started',
            found: printable(cause.message),
            fix: 'install rclone 1.75 or newer, or bind the remote to a folder with --remote NAME=FOLDER',
            class: 'config',
            code: 'rclone-missing',
            cause,
          }),
      ),
    );
    child.on('close', (code, signal) =>
      resolve({
        code: code ?? 1,
        signal,
        stdout: Buffer.concat(out).toString('utf8'),
        stderr: Buffer.concat(err).toString('utf8'),
      }),
    );
  });
}

/** @throws Failure if the program is older than 1.75. */
export async function requireRcloneVersion(tool: RcloneTool): Promise<string> {
  const { stdout } = await runRclone(tool, ['version']);
  const match = /^rclone v(\d+)\.(\d+)\.(\d+)/.exec(stdout);
  const [major, minor] = [Number(match?.[1]), Number(match?.[2])];
  const [oldestMajor, oldestMinor] = OLDEST_RCLONE;
  if (match !== null && (major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)))
    return match[0].slice(8);
  throw new Failure({
    stage: 'storage',
    what: 'rclone is too old',
    found: printable(stdout.split('\n', 1)[0] ?? 'no version'),
    expected: `rclone v${oldestMajor}.${oldestMinor}.0 or newer`,
    fix: 'update rclone',
    class: 'config',
    code: 'rclone-version',
  });
}

/** Google Drive allows two files of one name; which one is meant cannot be told. */
function refuseSameNames(files: readonly StoredFile[], name: string): void {
  const twice = files.find((file, index) => files[index - 1]?.path === file.path);
  if (twice === undefined) return;
  throw new Failure({
    stage: 'storage',
    what: 'two files have the same name',
    where: printable(`${name}/${basename(twice.path)}`),
    fix: 'rename or remove one of them on the remote',
    class: 'input',
    code: 'same-name-twice',
  });
}

/** What the system of this machine, or of the remote, refused: room, handles, memory. It says so in the text alone. */
function refusalOf(done: Ended): string | undefined {
  return done.code === 1 ? refusalAtEnd(reason(done.stderr)) : undefined;
}

/** What a failed run means, by its exit code or, where that says nothing, by its text. */
function meaningOf(done: Ended): (typeof EXIT)[number] {
  const said = reason(done.stderr);
  return (done.code === 1 ? SAID.find(([text]) => text.test(said))?.[1] : EXIT[done.code]) ?? EXIT[1]!;
}

function demand(done: Ended, where: string): void {
  if (done.code === 0) return;
  const refused = refusalOf(done);
  if (refused !== undefined) throw failureOf(refused, `rclone: ${reason(done.stderr)}`, { stage: 'storage', where });
  if (done.signal)
    throw childFailure('rclone', { exit: null, signal: done.signal, said: '' }, { stage: 'storage', where });
  const known = meaningOf(done);
  throw new Failure({
    stage: 'storage',
    what: known.what,
    where: printable(where),
    found: printable(reason(done.stderr)),
    fix: known.fix,
    class: known.class,
    code: known.code,
  });
}

/** The last error that rclone logged; its log may hold anything, so it is shown as one printable line. */
function reason(stderr: string): string {
  const lines = stderr.trim().split('\n').filter(Boolean);
  const last = lines.at(-1) ?? 'no reason given';
  try {
    // What rclone puts before the cause would crowd it out of the line.
    return String((JSON.parse(last) as { msg?: unknown }).msg ?? last).replace(
      /^Failed to (create file system for "[^"]*"|\w+( with \d+ errors: last error was)?): /,
      '',
    );
  } catch {
    return last;
  }
}
