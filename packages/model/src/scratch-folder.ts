import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, readlinkSync } from 'node:fs';
import { lstat, mkdtemp, readdir, rm } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';

/** What a scratch folder is for: part of its name. */
export type ScratchUse = 'documents' | 'environment' | 'gzip' | 'influxd' | 'json' | 'rclone' | 'wheels' | 'work';

/** The name says whose folder it is: warehouse-<use>-<processes>-<pid>-<start>-<random>. */
const NAME = /^warehouse-[a-z]+-([0-9a-f]{8})-(\d+)-(\d+)-\w{6}$/;

/** Folders of processes that cannot be seen from here, such as those of another container, are left for so long. */
const FOREIGN_FOR = 7 * 24 * 3_600_000;

/** Makes an empty folder for this process alone, and removes what processes left that were killed. */
export async function makeScratch(use: ScratchUse, parent: string = tmpdir()): Promise<string> {
  await sweepOnce(parent);
  return mkdtemp(beginningOf(use, parent));
}

/** The same without waiting, and without looking for what others left. */
export function makeScratchSync(use: ScratchUse, parent: string): string {
  return mkdtempSync(beginningOf(use, parent));
}

const beginningOf = (use: ScratchUse, parent: string) =>
  join(parent, `warehouse-${use}-${processes()}-${process.pid}-${startOf(process.pid)}-`);

/** Does something with a scratch folder, which is removed afterwards. */
export async function withScratch<T>(use: ScratchUse, what: (folder: string) => Promise<T>): Promise<T> {
  const folder = await makeScratch(use);
  try {
    return await what(folder);
  } finally {
    await removeScratch(folder);
  }
}

/** The next run removes what cannot be removed now; the work does not fail because of it. */
export async function removeScratch(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true }).catch(() => undefined);
}

const swept = new Map<string, Promise<void>>();

function sweepOnce(parent: string): Promise<void> {
  const begun = swept.get(parent) ?? sweep(parent);
  swept.set(parent, begun);
  return begun;
}

async function sweep(parent: string): Promise<void> {
  const names = await readdir(parent).catch(() => []);
  for (const name of names)
    if (await isLeftOver(parent, name).catch(() => false)) await removeScratch(join(parent, name));
}

/** Whether a folder is one of ours, belongs to our user, and its process is surely dead. A link is not one. */
async function isLeftOver(parent: string, name: string): Promise<boolean> {
  const [, its, pid, start] = NAME.exec(name) ?? [];
  if (its === undefined) return false;
  const found = await lstat(join(parent, name));
  if (!found.isDirectory() || found.uid !== process.getuid?.()) return false;
  if (its !== processes()) return Date.now() - found.mtimeMs > FOREIGN_FOR;
  return !isRunning(Number(pid), start!);
}

let known: string | undefined;

/** Names the processes that can be seen from here: those of this machine since it started, or of this container. */
export function processes(): string {
  known ??= createHash('sha256').update(visibleProcesses()).digest('hex').slice(0, 8);
  return known;
}

function visibleProcesses(): string {
  try {
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8')} ${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return hostname();
  }
}

/**
 * When a process started, in ticks since the system did: a later process of the same number is another one. `0` where the
 * system does not say.
 */
function startOf(pid: number): string {
  try {
    // The name of the program, in brackets, may hold anything; the start is the twentieth field after it.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    return fields[0] === 'Z' ? ENDED : (fields[19] ?? UNKNOWN);
  } catch {
    return UNKNOWN;
  }
}

const UNKNOWN = '0';
/** A process that has ended, and that nobody asked how. */
const ENDED = 'ended';

/** True if in doubt: nothing of a running process is removed. */
export function isRunning(pid: number, start: string = UNKNOWN): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
  const now = startOf(pid);
  return start === UNKNOWN || now === UNKNOWN || now === start;
}
