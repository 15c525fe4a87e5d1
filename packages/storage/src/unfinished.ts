import { createHash } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/*
 * Names of what lies beside a file only while it is written or removed. Their last 12 digits say who does that: 4 digits of
 * the machine, 6 of the process, 2 to tell its files apart.
 */
const PARTIAL = '.partial-';
const IS_PARTIAL = /\.partial-([0-9a-f]{12})$/;
const SET_ASIDE = '.removing-';
const IS_SET_ASIDE = /^(.+)\.removing-([0-9a-f]{12})$/s;

/** No write takes so long: whoever began it is dead. */
export const ABANDONED_AFTER = 24 * 3_600_000;

let made = 0;
function mine(): string {
  made = (made + 1) % 256;
  return `${machine()}${hex(process.pid, 6)}${hex(made, 2)}`;
}

/** Where a file is written before it has its name. */
export function partialOf(file: string): string {
  return `${file}${PARTIAL}${mine()}`;
}

/** What a file is called while it is looked at for the last time. */
export function setAsideOf(file: string): string {
  return `${file}${SET_ASIDE}${mine()}`;
}

export function isPartial(name: string): boolean {
  return IS_PARTIAL.test(name);
}

/** The name that a file had before it was set aside; undefined if it was not. */
export function nameBefore(name: string): string | undefined {
  return IS_SET_ASIDE.exec(name)?.[1];
}

/**
 * Whether nobody works on what has such a name any more: the process is gone, or, where that cannot be seen, nothing was
 * written for a day.
 * @param modified milliseconds since the epoch
 */
export function isAbandoned(name: string, modified: number): boolean {
  const writer = (IS_PARTIAL.exec(name)?.[1] ?? IS_SET_ASIDE.exec(name)?.[2])!;
  if (writer.startsWith(machine()) && !isRunning(Number.parseInt(writer.slice(4, 10), 16))) return true;
  return Date.now() - modified > ABANDONED_AFTER;
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

let known: string | undefined;
/** 4 hex digits of the machine and its processes: a container has a machine's name of its own, or numbers of its own. */
function machine(): string {
  known ??= createHash('sha256')
    .update(
      [
        hostname(),
        told(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8')),
        told(() => readlinkSync('/proc/self/ns/pid')),
      ].join('\n'),
    )
    .digest('hex')
    .slice(0, 4);
  return known;
}

/** Nothing, where the system does not say it. */
function told(read: () => string): string {
  try {
    return read();
  } catch {
    return '';
  }
}

function hex(number: number, digits: number): string {
  return number.toString(16).padStart(digits, '0').slice(-digits);
}
