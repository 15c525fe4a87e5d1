import { closeSync, openSync, readSync } from 'node:fs';
import { newRowCells, type RowCells } from './rows';

/** How the bytes of a file become rows. */
export interface TextForm {
  readonly encoding: string;
  readonly delimiter: number;
}

/** An open file, and the room in which all passes over it work: what it takes does not grow with the file. */
export interface TextFile extends TextForm {
  readonly descriptor: number;
  /** Bytes to read at a time. */
  readonly block: number;
  /** Holds the start of a row that a block cut in two, the next block, in UTF-8, and a byte more. */
  readonly room: Buffer;
  readonly cells: RowCells;
}

export const LONGEST_ROW = 1 << 20;
const BLOCK = 1 << 18;
/** A byte of the encodings that are not UTF-8 may become as many. */
const MOST_GROWTH = 3;

/** To be closed with `closeTextFile`. */
export function openTextFile(path: string, form: TextForm, block = BLOCK): TextFile {
  const most = form.encoding === 'utf-8' ? block : MOST_GROWTH * (block + 4);
  return {
    ...form,
    descriptor: openSync(path, 'r'),
    block,
    room: Buffer.allocUnsafe(LONGEST_ROW + most + 1),
    cells: newRowCells(),
  };
}

export function closeTextFile(file: TextFile): void {
  closeSync(file.descriptor);
}

/** Reads the next block behind the first `kept` bytes of the room; says how many bytes came. */
export type ReadBlock = (kept: number) => { readonly bytes: number; readonly last: boolean };

/** From the start of the file, as UTF-8; a mark stands in the place of what another encoding does not allow. */
export function blocksOf({ descriptor, encoding, block, room }: TextFile): ReadBlock {
  let position = 0;
  const read = (into: Buffer, at: number) => {
    const bytes = readSync(descriptor, into, at, block, position);
    position += bytes;
    return bytes;
  };
  if (encoding === 'utf-8') {
    return (kept) => {
      const bytes = read(room, kept);
      return { bytes, last: bytes === 0 };
    };
  }
  const raw = Buffer.allocUnsafe(block);
  const decoder = new TextDecoder(encoding, { ignoreBOM: true });
  return (kept) => {
    const bytes = read(raw, 0);
    const text = decoder.decode(raw.subarray(0, bytes), { stream: bytes > 0 });
    return { bytes: room.write(text, kept, 'utf8'), last: bytes === 0 };
  };
}
