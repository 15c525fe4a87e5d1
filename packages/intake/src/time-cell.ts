import type { DatetimeFormat } from '@sensor-warehouse/model/datetime-format';
import type { Row, RowCells } from './rows';

/** Where the time of the row at hand stands, in one piece. There is a single one, valid until the next row. */
export interface TimeCell {
  bytes: Uint8Array;
  start: number;
  end: number;
}

const SPACE = 0x20;
const TAB = 0x09;
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

export function skipWhite(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end && (bytes[at] === SPACE || bytes[at] === TAB)) at++;
  return at;
}

export function skipWhiteBack(bytes: Uint8Array, start: number, end: number): number {
  let at = end;
  while (at > start && (bytes[at - 1] === SPACE || bytes[at - 1] === TAB)) at--;
  return at;
}
