/** Cell borders of one row: cell i is bytes[starts[i], ends[i]), without its quotation marks if it has any. */
export interface RowCells {
  count: number;
  readonly starts: Int32Array;
  readonly ends: Int32Array;
}

export type LineEnd = 'lf' | 'crlf' | 'cr' | 'none';

/** Why a row could not be cut into cells. */
export type RowFault = 'text-after-quote' | 'too-many-columns';

/** One row as it is cut. The reader has a single one, which is only valid during a visit. */
export interface Row {
  /** Whole rows up to `length`, and a line feed after them that ends a last row without its own. */
  bytes: Buffer;
  length: number;
  /** Number of the row's first line; 1 is the file's first. */
  line: number;
  start: number;
  /** End of the row without its line end. */
  end: number;
  /** Where the next row starts. */
  next: number;
  lineEnd: LineEnd;
  /** Line ends inside quotation marks. */
  linesInside: number;
  fault: RowFault | undefined;
}

const LF = 0x0a;
const CR = 0x0d;
const QUOTE = 0x22;

/** @param most cells of a row */
export function newRowCells(most: number): RowCells {
  return { count: 0, starts: new Int32Array(most), ends: new Int32Array(most) };
}

export function newRow(): Row {
  return {
    bytes: Buffer.alloc(0),
    length: 0,
    line: 0,
    start: 0,
    end: 0,
    next: 0,
    lineEnd: 'none',
    linesInside: 0,
    fault: undefined,
  };
}

/**
 * Cuts the row that starts at `row.next`, after RFC 4180: a cell that begins with a quotation mark ends at the next
 * single one, whatever stands between. Rows end with LF, CRLF or CR.
 */
export function cutRow(row: Row, cells: RowCells, delimiter: number): void {
  const { bytes, length } = row;
  const { starts, ends } = cells;
  let at = row.next;
  let count = 0;
  row.line += row.linesInside + 1;
  row.start = at;
  row.linesInside = 0;
  row.fault = undefined;
  for (;;) {
    let start = at;
    let byte = bytes[at]!;
    let end: number;
    if (byte === QUOTE) {
      start = at + 1;
      end = endOfQuoted(bytes, at);
      for (let i = start; i < end; i++) {
        const inside = bytes[i]!;
        if (inside === LF || (inside === CR && bytes[i + 1] !== LF)) row.linesInside++;
      }
      at = end + 1;
      byte = bytes[at]!;
      while (byte !== delimiter && byte !== LF && byte !== CR) {
        row.fault = 'text-after-quote';
        byte = bytes[++at]!;
      }
    } else {
      while (byte !== delimiter && byte !== LF && byte !== CR) byte = bytes[++at]!;
      end = at;
    }
    if (count < starts.length) {
      starts[count] = start;
      ends[count++] = end;
    } else row.fault = 'too-many-columns';
    if (byte !== delimiter) break;
    at++;
  }
  cells.count = count;
  row.end = at;
  if (at >= length) {
    row.next = length;
    row.lineEnd = 'none';
  } else if (bytes[at] === LF) {
    row.next = at + 1;
    row.lineEnd = 'lf';
  } else if (at + 1 < length && bytes[at + 1] === LF) {
    row.next = at + 2;
    row.lineEnd = 'crlf';
  } else {
    row.next = at + 1;
    row.lineEnd = 'cr';
  }
}

/** Where the quotation mark stands that closes the one at `open`; the end of the bytes if none does. */
function endOfQuoted(bytes: Buffer, open: number): number {
  let at = bytes.indexOf(QUOTE, open + 1);
  while (at >= 0 && bytes[at + 1] === QUOTE) at = bytes.indexOf(QUOTE, at + 2);
  return at < 0 ? bytes.length : at;
}

/** Text of a cell, with its doubled quotation marks undone. */
export function cellText(row: Row, cells: RowCells, index: number): string {
  const start = cells.starts[index]!;
  const text = row.bytes.toString('utf8', start, cells.ends[index]!);
  return start > row.start && row.bytes[start - 1] === QUOTE ? text.replaceAll('""', '"') : text;
}

/** Text of the row as received, without its line end. */
export function rowText(row: Row): string {
  return row.bytes.toString('utf8', row.start, row.end);
}

/** Whether the row holds nothing but white space and delimiters. */
export function isBlankRow(row: Row, delimiter: number): boolean {
  return isBlank(row.bytes, row.start, row.end, delimiter);
}

export function isBlank(bytes: Uint8Array, start: number, end: number, delimiter: number): boolean {
  for (let at = start; at < end; at++) {
    const byte = bytes[at]!;
    if (byte !== delimiter && byte !== 0x20 && byte !== 0x09) return false;
  }
  return true;
}

/** How far whole rows reach in bytes that may be cut anywhere, and where a quoted cell is open after that. */
export interface WholeRows {
  readonly end: number;
  /** Position of a quotation mark that is not closed, -1 if there is none. */
  readonly open: number;
}

/**
 * Follows the same grammar as `cutRow`. A CR at the very end is left for later: an LF may follow it. Of a CRLF inside,
 * the LF moves the end once more.
 */
export function wholeRows(bytes: Buffer, delimiter: number): WholeRows {
  const length = bytes.length;
  if (!bytes.includes(QUOTE)) {
    const feed = bytes.lastIndexOf(LF);
    const carriage = length > 1 ? bytes.lastIndexOf(CR, length - 2) : -1;
    return { end: Math.max(feed, carriage) + 1, open: -1 };
  }
  let end = 0;
  let at = 0;
  while (at < length) {
    if (bytes[at] === QUOTE) {
      const open = at;
      at = endOfQuoted(bytes, open);
      if (at >= length) return { end, open };
      // The last byte may be the first half of a doubled quotation mark.
      if (at === length - 1) return { end, open: -1 };
      at++;
    }
    while (at < length && bytes[at] !== delimiter && bytes[at] !== LF && bytes[at] !== CR) at++;
    if (at >= length) break;
    if (bytes[at] === LF) end = at + 1;
    else if (bytes[at] === CR) {
      if (at + 1 >= length) break;
      end = at + 1;
    }
    at++;
  }
  return { end, open: -1 };
}

/** Line ends (LF, CRLF or CR) in the bytes. */
export function countLineEnds(bytes: Buffer): number {
  let lines = 0;
  for (let at = bytes.indexOf(LF); at >= 0; at = bytes.indexOf(LF, at + 1)) lines++;
  for (let at = bytes.indexOf(CR); at >= 0; at = bytes.indexOf(CR, at + 1)) if (bytes[at + 1] !== LF) lines++;
  return lines;
}
