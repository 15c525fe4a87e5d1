import type { DatetimeFormat } from '@sensor-warehouse/model/time/datetime-format';
import type { Row, RowCells } from '../text/rows';

/** Earlier times come from a clock that was never set, or from a column that holds no times. */
export const EARLIEST = Date.UTC(2000, 0, 1);

/** Where the time of the row at hand is, in one piece. There is a single one, valid until the next row. */
export interface TimeCell {
  bytes: Uint8Array;
  start: number;
  end: number;
}

const SPACE = 0x20;
const TAB = 0x09;
const NOT_ASCII = 0x80;
/** U+00A0, U+202F and U+2007, which programs put around and into numbers, in UTF-8. */
const NO_BREAK = ['\u00a0', '\u202f', '\u2007'].map((blank) => Buffer.from(blank, 'utf8'));
const LONGEST_PART = 100;

/** Finds the time of a row: its only time cell, or its time cells joined with one space. White space around is left out. */
export function timeCells(positions: readonly number[]): (row: Row, cells: RowCells) => TimeCell {
  const joined = Buffer.alloc(positions.length * (LONGEST_PART + 1));
  const cell: TimeCell = { bytes: joined, start: 0, end: 0 };
  const only = positions.length === 1 ? positions[0]! : -1;
  return (row, cells) => {
    if (only >= 0) {
      cell.bytes = row.bytes;
      cell.start = skipWhite(row.bytes, cells.starts[only]!, cells.ends[only]!);
      cell.end = skipWhiteBack(row.bytes, cell.start, cells.ends[only]!);
      return cell;
    }
    let length = 0;
    for (let i = 0; i < positions.length; i++) {
      if (i > 0) joined[length++] = SPACE;
      const start = skipWhite(row.bytes, cells.starts[positions[i]!]!, cells.ends[positions[i]!]!);
      const end = skipWhiteBack(row.bytes, start, cells.ends[positions[i]!]!);
      // No time is that long: what is cut off here cannot be read anyway.
      const stop = Math.min(end, start + LONGEST_PART);
      for (let at = start; at < stop; at++) joined[length++] = row.bytes[at]!;
    }
    cell.end = length;
    return cell;
  };
}

export function readTime(cell: TimeCell, format: DatetimeFormat): number {
  return format.read(cell.bytes, cell.start, cell.end);
}

/** Leaves out blanks before a cell, no-break ones among them. */
export function skipWhite(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  for (;;) {
    while (at < end && (bytes[at] === SPACE || bytes[at] === TAB)) at++;
    if (at === end || bytes[at]! < NOT_ASCII) return at;
    const blank = NO_BREAK.find((one) => at + one.length <= end && stands(one, bytes, at));
    if (blank === undefined) return at;
    at += blank.length;
  }
}

/** Leaves out blanks after a cell, no-break ones among them. */
export function skipWhiteBack(bytes: Uint8Array, start: number, end: number): number {
  let at = end;
  for (;;) {
    while (at > start && (bytes[at - 1] === SPACE || bytes[at - 1] === TAB)) at--;
    if (at === start || bytes[at - 1]! < NOT_ASCII) return at;
    const blank = NO_BREAK.find((one) => at - one.length >= start && stands(one, bytes, at - one.length));
    if (blank === undefined) return at;
    at -= blank.length;
  }
}

function stands(text: Uint8Array, bytes: Uint8Array, at: number): boolean {
  return text.every((byte, i) => bytes[at + i] === byte);
}
