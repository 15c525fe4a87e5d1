import { basename, dirname, join } from 'node:path';
import { isRunning, processes } from '@sensor-warehouse/model/scratch-folder';

/*
 * Names of what is beside a file only while it is written or removed. Their last 12 digits say who does that: 4 digits of
 * the machine, 6 of the process, 2 to distinguish its files.
 */
const PARTIAL = '.partial-';
const IS_PARTIAL = /\.partial-([0-9a-f]{12})$/;
const SET_ASIDE = '.removing-';
/** Bytes that a folder takes as a name. */
const LONGEST_NAME = 255;
const IN_SET_ASIDE = /^(.*\/)?\.removing-([0-9a-f]{12})\/([^/]+)$/s;
const IS_SET_ASIDE = /^(.+)\.removing-([0-9a-f]{12})$/s;

/** No write takes so long: whoever began it is dead. */
export const ABANDONED_AFTER = 24 * 3_600_000;

let made = 0;
function mine(): string {
  made = (made + 1) % 256;
  return `${machine()}${hex(process.pid, 6)}${hex(made, 2)}`;
}

/** The temporary name under which a file is written. */
export function partialOf(file: string): string {
  return `${file}${PARTIAL}${mine()}`;
}

/** The name of a file during its last check. */
export function setAsideOf(file: string): string {
  const mark = `${SET_ASIDE}${mine()}`;
  // A name that leaves no room for the mark keeps its own, in a folder that has the mark for its name.
  if (Buffer.byteLength(basename(file)) + mark.length <= LONGEST_NAME) return `${file}${mark}`;
  return join(dirname(file), mark, basename(file));
}

export function isPartial(name: string): boolean {
  return IS_PARTIAL.test(name);
}

/** The name that a file had before it was set aside; undefined if it was not. */
export function nameBefore(name: string): string | undefined {
  const inFolder = IN_SET_ASIDE.exec(name);
  return inFolder === null ? IS_SET_ASIDE.exec(name)?.[1] : `${inFolder[1] ?? ''}${inFolder[3]}`;
}

/**
 * Whether nobody works on what has such a name any longer: the process is gone, or, where that cannot be seen, nothing was
 * written for a day.
 * @param modified milliseconds since the epoch, as is `now`
 */
export function isAbandoned(name: string, modified: number, now: number): boolean {
  const writer = (IS_PARTIAL.exec(name)?.[1] ?? IN_SET_ASIDE.exec(name)?.[2] ?? IS_SET_ASIDE.exec(name)?.[2])!;
  if (writer.startsWith(machine()) && !isRunning(Number.parseInt(writer.slice(4, 10), 16))) return true;
  return now - modified > ABANDONED_AFTER;
}

/** 4 hex digits of the machine or container whose processes can be seen. */
function machine(): string {
  return processes().slice(0, 4);
}

function hex(number: number, digits: number): string {
  return number.toString(16).padStart(digits, '0').slice(-digits);
}
