/** One row: cell `i` is `bytes[start[i], end[i])`, without its quotation marks. Valid until the next row. */
export interface CsvRow {
  readonly bytes: Buffer;
  readonly start: readonly number[];
  readonly end: readonly number[];
}

/** Takes the rows below one header. */
export type TakeRow = (row: CsvRow) => void;

/** The result reports that the query failed after a good start. */
export class ErrorTable extends Error {}

/** The result does not end as results do: something cut it off. */
export class CutResult extends Error {}

const COMMA = 0x2c;
const CR = 0x0d;
const LF = 0x0a;
const QUOTE = 0x22;
/** A row is a few cells; a longer one is not a row. */
const LONGEST_ROW = 1 << 20;

/**
 * Reads the result of a Flux query as its bytes come, so memory does not depend on its length. Each table of other
 * columns begins with a blank line and a header; a blank line ends the result. Columns are identified by name, their order
 * depends on the server's plan.
 * @param open receives the names of a header, and gives what takes the rows below it
 * @throws ErrorTable for an error that came after the status 200; CutResult if the end is missing
 */
export async function readAnnotatedCsv(
  chunks: AsyncIterable<Uint8Array>,
  open: (header: readonly string[]) => TakeRow,
): Promise<void> {
  let rest: Buffer = Buffer.alloc(0);
  let reader: TakeRow | undefined;
  let width = 0;
  let endedBlank = false;
  const row = { bytes: rest, start: [] as number[], end: [] as number[] };

  const takeRow = (cells: number) => {
    if (reader === undefined) {
      const header = Array.from({ length: cells }, (_, cell) => textInCell(row, cell));
      width = cells;
      reader = header.includes('error') && header.includes('reference') ? errorReader(header) : open(header);
      return;
    }
    if (cells !== width) throw new CutResult(`a row of ${cells} cells below a header of ${width}`);
    reader(row);
  };

  for await (const chunk of chunks) {
    const bytes = rest.length === 0 ? asBuffer(chunk) : Buffer.concat([rest, chunk]);
    let at = 0;
    for (;;) {
      if (bytes[at] === CR && bytes[at + 1] === LF) {
        reader = undefined;
        endedBlank = true;
        at += 2;
        continue;
      }
      const next = splitRow(bytes, at, row);
      if (next < 0) break;
      endedBlank = false;
      takeRow(row.start.length);
      at = next;
    }
    rest = bytes.subarray(at);
    if (rest.length > LONGEST_ROW) throw new CutResult(`a row of more than ${LONGEST_ROW} bytes`);
  }
  if (rest.length > 0) throw new CutResult('the last line has no end');
  if (!endedBlank) throw new CutResult('no blank line at the end');
}

/** The start of the row after the one at `at`; -1 if that one's end has not arrived yet. */
function splitRow(bytes: Buffer, at: number, row: { bytes: Buffer; start: number[]; end: number[] }): number {
  const { start, end } = row;
  let cells = 0;
  start[0] = at;
  for (let position = at; position < bytes.length; position++) {
    const byte = bytes[position]!;
    if (byte === COMMA) {
      end[cells++] = position;
      start[cells] = position + 1;
    } else if (byte === LF && bytes[position - 1] === CR) {
      end[cells++] = position - 1;
      start.length = cells;
      end.length = cells;
      row.bytes = bytes;
      return position + 1;
    } else if (byte === QUOTE) return splitQuotedRow(bytes, at, row);
  }
  return -1;
}

/** The same for a row with quoted cells, which may hold commas and line ends; a copy holds them without their quotes. */
function splitQuotedRow(bytes: Buffer, at: number, row: { bytes: Buffer; start: number[]; end: number[] }): number {
  const copy: number[] = [];
  const start = [0];
  const end: number[] = [];
  let quoted = false;
  for (let position = at; position < bytes.length; position++) {
    const byte = bytes[position]!;
    if (quoted) {
      if (byte !== QUOTE) copy.push(byte);
      else if (position + 1 === bytes.length) return -1;
      else if (bytes[position + 1] === QUOTE) copy.push(bytes[position++]!);
      else quoted = false;
    } else if (byte === QUOTE) quoted = true;
    else if (byte === COMMA) {
      end.push(copy.length);
      start.push(copy.length);
    } else if (byte === LF) {
      end.push(copy.length);
      Object.assign(row, { bytes: Buffer.from(copy), start, end });
      return position + 1;
    } else if (byte !== CR) copy.push(byte);
  }
  return -1;
}

export function textInCell({ bytes, start, end }: CsvRow, cell: number): string {
  return bytes.toString('utf8', start[cell]!, end[cell]!);
}

function errorReader(header: readonly string[]): TakeRow {
  const at = header.indexOf('error');
  return (row) => {
    throw new ErrorTable(textInCell(row, at));
  };
}

const asBuffer = (chunk: Uint8Array) => Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
