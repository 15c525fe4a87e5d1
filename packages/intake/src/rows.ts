import type { Block } from './blocks';

/** Cell borders of one row: cell i is bytes[starts[i], ends[i]), unless it was quoted and stands in `texts`. */
export interface RowCells {
  count: number;
  readonly starts: Int32Array;
  readonly ends: Int32Array;
}

export const MOST_COLUMNS = 4096;
const LF = 0x0a;
const CR = 0x0d;
const QUOTE = 0x22;

export type LineEnd = 'lf' | 'crlf' | 'cr' | 'none';

/** One row of a block, as the visitor sees it. */
export interface RowVisit {
  readonly bytes: Buffer;
  readonly line: number;
  readonly start: number;
  /** End of the row without its line end. */
  readonly end: number;
  readonly lineEnd: LineEnd;
}

/** Why a row could not be cut into cells. */
export type RowFault = 'unclosed-quote' | 'text-after-quote' | 'too-many-columns';

/**
 * Visits the block's rows in order. `cells` is filled before each visit and is only valid during it.
 * Quoted cells follow RFC 4180; their doubled quotation marks are undone in place (the block is ours).
 */
export function visitRows(
  block: Block,
  delimiter: number,
  cells: RowCells,
  visit: (row: RowVisit, fault: RowFault | undefined) => boolean,
): void {
  const { bytes } = block;
  const quoted = bytes.includes(QUOTE);
  let line = block.firstLine;
  let start = 0;
  while (start < bytes.length) {
    let next: number;
    let fault: RowFault | undefined;
    let linesInside = 0;
    let end: number;
    if (!quoted) {
      const feed = bytes.indexOf(LF, start);
      end = feed < 0 ? bytes.length : feed;
      next = feed < 0 ? bytes.length : feed + 1;
      if (end > start && bytes[end - 1] === CR) end--;
      fault = cutPlain(bytes, start, end, delimiter, cells);
    } else {
      const cut = cutQuoted(bytes, start, delimiter, cells);
      fault = cut.fault;
      end = cut.end;
      next = cut.next;
      linesInside = cut.linesInside;
    }
    const lineEnd: LineEnd = next === end ? 'none' : next - end === 2 ? 'crlf' : 'lf';
    if (!visit({ bytes, line, start, end, lineEnd }, fault)) return;
    line += 1 + linesInside;
    start = next;
  }
}

function cutPlain(bytes: Buffer, start: number, end: number, delimiter: number, cells: RowCells): RowFault | undefined {
  const { starts, ends } = cells;
  let count = 0;
  let from = start;
  for (let at = start; at < end; at++) {
    if (bytes[at] !== delimiter) continue;
    if (count === MOST_COLUMNS - 1) {
      cells.count = count;
      return 'too-many-columns';
    }
    starts[count] = from;
    ends[count++] = at;
    from = at + 1;
  }
  starts[count] = from;
  ends[count++] = end;
  cells.count = count;
  return undefined;
}

interface QuotedCut {
  readonly end: number;
  readonly next: number;
  readonly linesInside: number;
  readonly fault: RowFault | undefined;
}

function cutQuoted(bytes: Buffer, start: number, delimiter: number, cells: RowCells): QuotedCut {
  const { starts, ends } = cells;
  let count = 0;
  let at = start;
  let linesInside = 0;
  let fault: RowFault | undefined;
  for (;;) {
    if (count === MOST_COLUMNS) fault = 'too-many-columns';
    const slot = Math.min(count, MOST_COLUMNS - 1);
    if (bytes[at] === QUOTE) {
      let to = ++at;
      const from = at;
      let closed = false;
      while (at < bytes.length) {
        const byte = bytes[at]!;
        if (byte === QUOTE) {
          if (bytes[at + 1] !== QUOTE) {
            closed = true;
            at++;
            break;
          }
          at++;
        } else if (byte === LF) linesInside++;
        bytes[to++] = bytes[at++]!;
      }
      if (!closed) fault = 'unclosed-quote';
      starts[slot] = from;
      ends[slot] = to;
      if (closed && at < bytes.length && bytes[at] !== delimiter && bytes[at] !== LF && bytes[at] !== CR) {
        fault = 'text-after-quote';
        while (at < bytes.length && bytes[at] !== delimiter && bytes[at] !== LF) at++;
      }
    } else {
      starts[slot] = at;
      while (at < bytes.length && bytes[at] !== delimiter && bytes[at] !== LF) at++;
      ends[slot] = at > starts[slot]! && bytes[at] === LF && bytes[at - 1] === CR ? at - 1 : at;
      if (at === bytes.length && bytes[at - 1] === CR) ends[slot] = at - 1;
    }
    count++;
    if (at < bytes.length && bytes[at] === CR) at++;
    if (at >= bytes.length || bytes[at] === LF) break;
    at++;
  }
  cells.count = Math.min(count, MOST_COLUMNS);
  const next = at < bytes.length ? at + 1 : bytes.length;
  const crlf = at > start && bytes[at - 1] === CR;
  return { end: crlf ? at - 1 : at, next, linesInside, fault };
}

export function newRowCells(): RowCells {
  return { count: 0, starts: new Int32Array(MOST_COLUMNS), ends: new Int32Array(MOST_COLUMNS) };
}
