import { isUtf8 } from 'node:buffer';
import { quoted } from '@sensor-warehouse/model/findings/finding';
import { type Problem, UnreadableFile } from '../report/report';
import { countLineEnds, cutRow, isBlankRow, newRow, type Row, type RowCells, wholeRows } from './rows';
import { blocksOf, type TextFile } from './text-file';

const LF = 0x0a;

/** `false` stops the reading; a promise is awaited before the next row. Row and cells are only valid meanwhile. */
export type Visit = (row: Row, cells: RowCells) => boolean | Promise<void>;

/** Called for what is not visited as a row. */
export interface NoRows {
  comment?(row: Row, cells: RowCells): void;
  /** A line of the opening that stands again among the rows. */
  openingAgain?(row: Row): void;
  /** The last row, if its line end is required and not there: its end may be missing, too. */
  cutOff?(row: Row): void;
}

/**
 * Visits the rows of a file in order, from its start. Comment lines are not rows, nor is a repeated opening,
 * nor a last row that may be cut off.
 * @throws UnreadableFile for bytes outside the encoding, control characters, endless rows and open quotation marks,
 *   after the rows before them have been visited
 */
export async function visitRows(file: TextFile, visit: Visit, noRows: NoRows = {}): Promise<void> {
  const { delimiter, comment } = file;
  const { bytes: room, cells, limits } = file.room;
  const longest = limits.rowBytes;
  const mayBeCutOff = file.finalLineEnd === 'required';
  const isOpeningAgain = file.openingAgain?.();
  const readBlock = blocksOf(file);
  const row = newRow();
  row.line = file.firstLine - 1;
  let rest = 0;
  let offset = 0;
  for (let last = false; !last; ) {
    const block = readBlock(rest);
    last = block.last;
    const bytes = room.subarray(0, rest + block.bytes);
    const whole = wholeRows(bytes, delimiter);
    const end = last && whole.open < 0 ? bytes.length : whole.end;
    const rows = bytes.subarray(0, end);
    const fault = firstBadByte(rows, file.encoding, offset);
    room[bytes.length] = LF;
    row.bytes = room;
    row.length = end;
    row.next = 0;
    while (row.next < end) {
      cutRow(row, cells, delimiter);
      const isCutOff = row.lineEnd === 'none' && mayBeCutOff && !isBlankRow(row, delimiter);
      if (row.next > fault.at && !(isCutOff && isInLastLetter(fault, row))) throw badByte(fault, row);
      if (row.end - row.start > longest) throw endlessRow(row.line, longest);
      if (comment.length > 0 && isComment(row, comment)) {
        noRows.comment?.(row, cells);
        continue;
      }
      if (isOpeningAgain?.(row, cells)) {
        noRows.openingAgain?.(row);
        continue;
      }
      if (isCutOff) {
        noRows.cutOff?.(row);
        continue;
      }
      const outcome = visit(row, cells);
      if (outcome === false) return;
      if (outcome !== true) await outcome;
    }
    rest = bytes.length - end;
    if (rest > longest || (last && rest > 0)) {
      const from = row.line + row.linesInside + 1;
      throw whole.open < 0
        ? endlessRow(from, longest)
        : openQuote(from + countLineEnds(bytes.subarray(end, whole.open)), bytes.subarray(whole.open));
    }
    room.copyWithin(0, end, bytes.length);
    offset += end;
  }
}

/** No letter has more bytes. */
const LONGEST_LETTER = 4;

/** Whether the file ends inside of a letter: then it was cut off there, and is not in another encoding. */
function isInLastLetter({ at, problem }: Fault, row: Row): boolean {
  return problem.code === 'encoding-error' && row.end - at < LONGEST_LETTER;
}

const MARK = Buffer.from('\ufeff', 'utf8');

/** @throws UnreadableFile for a comment in which a quotation mark is open: the rows after it would be a part of it */
function isComment(row: Row, comment: Uint8Array): boolean {
  const { bytes } = row;
  const start =
    row.line === 1 && MARK.compare(bytes, row.start, row.start + MARK.length) === 0
      ? row.start + MARK.length
      : row.start;
  for (let i = 0; i < comment.length; i++) if (bytes[start + i] !== comment[i] || start + i >= row.end) return false;
  if (row.linesInside > 0) throw openQuote(row.line, bytes.subarray(row.start, row.end));
  return true;
}

function endlessRow(line: number, longest: number): UnreadableFile {
  return new UnreadableFile({
    code: 'line-too-long',
    line,
    found: `more than ${longest} bytes without a line end`,
    expected: 'rows of an export',
    message: 'a line is too long',
    fix: 'check that the file is an export with line ends, or raise row_bytes in seeds/limits.csv',
  });
}

function openQuote(line: number, bytes: Buffer): UnreadableFile {
  return new UnreadableFile({
    code: 'unclosed-quote',
    line,
    found: quoted(bytes.toString('utf8', 0, 40)),
    expected: 'a second quotation mark',
    message: 'a quotation mark is never closed',
    fix: 'remove the quotation mark, or export the file again',
  });
}

interface Fault {
  /** Infinity if there is none. */
  readonly at: number;
  readonly problem: Omit<Problem, 'line'>;
}

const CONTROLS: readonly (readonly [number, string])[] = [
  [0x00, 'a NUL byte'],
  [0x1a, 'Ctrl-Z, the end mark of DOS files'],
  [0x0c, 'a form feed'],
];
const REPLACEMENT = Buffer.from('\ufffd', 'utf8');

/** What does not occur in exports; it comes with other encodings, broken transfers and files put together. */
function firstBadByte(rows: Buffer, encoding: string, offset: number): Fault {
  const faults = CONTROLS.map(([byte, name]) => ({ at: rows.indexOf(byte), problem: controlCharacter(name) }));
  // Whole rows end with a whole character, so a character cut in two is always in the rest.
  if (!isUtf8(rows)) {
    const at = validLength(rows);
    const byte = `0x${rows[at]!.toString(16).padStart(2, '0')}`;
    faults.push({
      at,
      problem: encodingError(encoding, `the byte ${byte}, which is not UTF-8, at offset ${offset + at}`),
    });
  } else if (encoding !== 'utf-8') {
    faults.push({ at: rows.indexOf(REPLACEMENT), problem: encodingError(encoding, `bytes that are not ${encoding}`) });
  }
  const found = faults.filter(({ at }) => at >= 0);
  return found.reduce((first, one) => (one.at < first.at ? one : first), {
    ...faults[0]!,
    at: Number.POSITIVE_INFINITY,
  });
}

function badByte({ at, problem }: Fault, row: Row): UnreadableFile {
  return new UnreadableFile({ ...problem, line: row.line + countLineEnds(row.bytes.subarray(row.start, at)) });
}

function controlCharacter(name: string): Omit<Problem, 'line'> {
  return {
    code: 'control-character',
    found: name,
    expected: 'text',
    message: 'the file holds a control character',
    fix: 'export or upload the file again',
  };
}

function encodingError(encoding: string, found: string): Omit<Problem, 'line'> {
  return {
    code: 'encoding-error',
    found,
    expected: encoding,
    message: 'the file is not in the declared encoding',
    fix:
      encoding === 'utf-8'
        ? 'export it as UTF-8, or declare its encoding (Czech Windows programs write windows-1250)'
        : 'export it again, or declare the encoding it has',
  };
}

/** How many bytes are valid UTF-8 before the first that is not. */
function validLength(bytes: Buffer): number {
  let low = 0;
  let high = bytes.length;
  // A cut inside a character looks invalid too, hence the step back by up to three bytes.
  const valid = (length: number) => [0, 1, 2, 3].some((back) => isUtf8(bytes.subarray(0, Math.max(0, length - back))));
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (valid(middle)) low = middle;
    else high = middle - 1;
  }
  while (low > 0 && !isUtf8(bytes.subarray(0, low))) low--;
  return low;
}
