import { isUtf8 } from 'node:buffer';
import { open } from 'node:fs/promises';

/** A piece of a file that holds whole lines, in UTF-8. */
export interface Block {
  readonly bytes: Buffer;
  /** Number of the block's first line; 1 is the file's first. */
  readonly firstLine: number;
  /** Whether this is the file's last block: only then may its last line lack a line end. */
  readonly last: boolean;
}

/** Thrown for bytes that the declared encoding does not allow. */
export class UndecodableBytes extends Error {
  constructor(
    readonly offset: number,
    readonly line: number,
  ) {
    super(`byte ${offset} is not valid`);
  }
}

/** Thrown for a line longer than the limit. */
export class LineTooLong extends Error {
  constructor(readonly line: number) {
    super(`line ${line} is longer than ${LONGEST_LINE} bytes`);
  }
}

export const LONGEST_LINE = 1 << 20;
const BLOCK = 4 << 20;
const LF = 0x0a;
const QUOTE = 0x22;

/**
 * The file in blocks of whole lines; memory does not grow with the file. A line end inside quotation marks does not
 * end a block's last line.
 * @throws UndecodableBytes, LineTooLong
 */
export async function* readBlocks(file: string, encoding: string): AsyncGenerator<Block> {
  const handle = await open(file, 'r');
  try {
    const decode = encoding === 'utf-8' ? undefined : transcoder(encoding);
    let rest: Buffer = Buffer.alloc(0);
    let offset = 0;
    let firstLine = 1;
    const chunk = Buffer.allocUnsafe(BLOCK);
    for (;;) {
      const { bytesRead } = await handle.read(chunk, 0, BLOCK, null);
      const last = bytesRead === 0;
      let fresh: Buffer = chunk.subarray(0, bytesRead);
      if (decode !== undefined) fresh = decode(fresh, last, offset, firstLine);
      const bytes = Buffer.concat([rest, fresh]);
      const end = last ? bytes.length : wholeLines(bytes);
      const whole = bytes.subarray(0, end);
      if (!isUtf8(whole)) throw undecodable(whole, offset - rest.length, firstLine);
      if (whole.length > 0 || last) {
        yield { bytes: whole, firstLine, last };
        firstLine += countLines(whole);
      }
      rest = bytes.subarray(end);
      if (rest.length > LONGEST_LINE && !last) throw new LineTooLong(firstLine);
      offset += bytesRead;
      if (last) return;
    }
  } finally {
    await handle.close();
  }
}

/** Where the last line end outside quotation marks lies (0 if there is none). */
function wholeLines(bytes: Buffer): number {
  if (!bytes.includes(QUOTE)) return bytes.lastIndexOf(LF) + 1;
  let open = false;
  let end = 0;
  for (let i = 0; i < bytes.length; i++) {
    if (bytes[i] === QUOTE) open = !open;
    else if (bytes[i] === LF && !open) end = i + 1;
  }
  return end;
}

export function countLines(bytes: Buffer): number {
  let lines = 0;
  for (let at = bytes.indexOf(LF); at >= 0; at = bytes.indexOf(LF, at + 1)) lines++;
  return lines;
}

type Decode = (bytes: Buffer, last: boolean, offset: number, line: number) => Buffer;

function transcoder(encoding: string): Decode {
  const decoder = new TextDecoder(encoding, { fatal: true, ignoreBOM: true });
  return (bytes, last, offset, line) => {
    try {
      return Buffer.from(decoder.decode(bytes, { stream: !last }), 'utf8');
    } catch {
      throw new UndecodableBytes(offset, line);
    }
  };
}

function undecodable(bytes: Buffer, offset: number, firstLine: number): UndecodableBytes {
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
  return new UndecodableBytes(Math.max(0, offset) + low, firstLine + countLines(bytes.subarray(0, low)));
}
