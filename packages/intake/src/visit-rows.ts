import { isUtf8 } from 'node:buffer';
import { open } from 'node:fs/promises';
import { quoted } from '@sensor-warehouse/model/finding';
import { UnreadableFile } from './report';
import { countLineEnds, cutRow, newRow, type Row, type RowCells, wholeRows } from './rows';

/** How the bytes of a file become rows. */
export interface TextForm {
  readonly encoding: string;
  readonly delimiter: number;
}

/** `false` stops the reading; a promise is awaited before the next row. */
export type Visit = (row: Row) => boolean | Promise<void>;

export const LONGEST_ROW = 1 << 20;
const BLOCK = 1 << 20;

/**
 * Visits the rows of a file in order; memory does not grow with the file. `cells` is filled before each visit, and
 * is only valid during it, as the row is.
 * @throws UnreadableFile for bytes outside the encoding, control characters, endless rows and open quotation marks
 */
export async function visitRows(path: string, form: TextForm, cells: RowCells, visit: Visit): Promise<void> {
  const handle = await open(path, 'r');
  try {
    const decode = form.encoding === 'utf-8' ? undefined : transcoder(form.encoding);
    const chunk = Buffer.allocUnsafe(BLOCK);
    const row = newRow();
    let rest = Buffer.alloc(0);
    let offset = 0;
    for (let last = false; !last; ) {
      const { bytesRead } = await handle.read(chunk, 0, BLOCK, null);
      last = bytesRead === 0;
      const line = row.line + row.linesInside + 1;
      const raw = chunk.subarray(0, bytesRead);
      const fresh = decode === undefined ? raw : decode(raw, last, offset, line + countLineEnds(rest));
      const bytes = Buffer.concat([rest, fresh]);
      const whole = wholeRows(bytes, form.delimiter);
      const end = last && whole.open < 0 ? bytes.length : whole.end;
      const rows = bytes.subarray(0, end);
      // Whole rows end with a whole character, so a character cut in two is always in the rest.
      if (!isUtf8(rows)) throw undecodable(rows, offset - rest.length, line);
      refuseControlCharacters(rows, line);
      row.bytes = rows;
      row.next = 0;
      while (row.next < end) {
        cutRow(row, cells, form.delimiter);
        if (row.end - row.start > LONGEST_ROW) throw endlessRow(row.line);
        const outcome = visit(row);
        if (outcome === false) return;
        if (outcome !== true) await outcome;
      }
      rest = bytes.subarray(end);
      if (rest.length > LONGEST_ROW || (last && rest.length > 0)) {
        const from = row.line + row.linesInside + 1;
        throw whole.open < 0
          ? endlessRow(from)
          : openQuote(from + countLineEnds(bytes.subarray(end, whole.open)), bytes.subarray(whole.open));
      }
      offset += bytesRead;
    }
  } finally {
    await handle.close();
  }
}

function endlessRow(line: number): UnreadableFile {
  return new UnreadableFile({
    code: 'line-too-long',
    line,
    found: `more than ${LONGEST_ROW} bytes without a line end`,
    expected: 'rows of an export',
    message: 'a line is too long',
    fix: 'check that the file is an export with line ends',
  });
}

function openQuote(line: number, bytes: Buffer): UnreadableFile {
  return new UnreadableFile({
    code: 'unclosed-quote',
    line,
    found: quoted(bytes.toString('utf8', 0, 40)),
    expected: 'a second quotation mark',
    message: 'a quotation mark is opened and never closed',
    fix: 'remove the quotation mark, or export the file again',
  });
}

const CONTROLS: readonly (readonly [number, string])[] = [
  [0x00, 'a NUL byte'],
  [0x1a, 'Ctrl-Z, the end mark of DOS files'],
  [0x0c, 'a form feed'],
];

/** They do not occur in exports; they come with broken transfers and with files put together. */
function refuseControlCharacters(bytes: Buffer, firstLine: number): void {
  let first = -1;
  let name = '';
  for (const [byte, label] of CONTROLS) {
    const at = bytes.indexOf(byte);
    if (at < 0 || (first >= 0 && at > first)) continue;
    first = at;
    name = label;
  }
  if (first < 0) return;
  throw new UnreadableFile({
    code: 'control-character',
    line: firstLine + countLineEnds(bytes.subarray(0, first)),
    found: name,
    expected: 'text',
    message: 'the file holds a control character',
    fix: 'export or upload the file again',
  });
}

type Decode = (bytes: Buffer, last: boolean, offset: number, line: number) => Buffer;

function transcoder(encoding: string): Decode {
  const decoder = new TextDecoder(encoding, { fatal: true, ignoreBOM: true });
  return (bytes, last, offset, line) => {
    try {
      return Buffer.from(decoder.decode(bytes, { stream: !last }), 'utf8');
    } catch {
      // The same once more, with a mark in the place of what is wrong. Only UTF-16 has anything that can be wrong.
      const text = new TextDecoder(encoding, { ignoreBOM: true }).decode(bytes);
      const before = Math.max(0, text.indexOf('\ufffd'));
      throw encodingError(encoding, offset + 2 * before, line + countLineEnds(Buffer.from(text.slice(0, before))));
    }
  };
}

function undecodable(bytes: Buffer, offset: number, firstLine: number): UnreadableFile {
  let low = 0;
  let high = bytes.length;
  // The longest valid prefix; a cut inside a character looks invalid too, hence the step back by up to three bytes.
  const valid = (length: number) => [0, 1, 2, 3].some((back) => isUtf8(bytes.subarray(0, Math.max(0, length - back))));
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (valid(middle)) low = middle;
    else high = middle - 1;
  }
  while (low > 0 && !isUtf8(bytes.subarray(0, low))) low--;
  return encodingError('utf-8', offset + low, firstLine + countLineEnds(bytes.subarray(0, low)), bytes[low]);
}

function encodingError(encoding: string, offset: number, line: number, byte?: number): UnreadableFile {
  const what = byte === undefined ? 'bytes that are' : `the byte 0x${byte.toString(16).padStart(2, '0')}, which is`;
  return new UnreadableFile({
    code: 'encoding-error',
    line,
    found: `${what} not ${encoding}, at offset ${offset}`,
    expected: encoding,
    message: 'the file is not in the declared encoding',
    fix:
      encoding === 'utf-8'
        ? 'export it as UTF-8, or declare its encoding (Czech Windows programs write windows-1250)'
        : 'export it again, or declare the encoding it has',
  });
}
