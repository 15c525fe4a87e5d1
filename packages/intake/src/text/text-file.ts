import { closeSync, openSync, readSync } from 'node:fs';
import type { Datasource } from '@sensor-warehouse/model/seeds/configuration';
import { DEFAULT_LIMITS, type Limits } from '@sensor-warehouse/model/seeds/limits';
import { newRowCells, type Row, type RowCells } from './rows';

/** How the bytes of a file become rows. */
export interface TextForm {
  readonly encoding: string;
  readonly delimiter: number;
  /** Lines that begin with these bytes are not rows; none if it is empty. */
  readonly comment: Uint8Array;
  /** Number of the first line. */
  readonly firstLine: number;
  /** Whether a last row without its line end is one like the others. */
  readonly finalLineEnd: Datasource['finalLineEnd'];
}

export function formOf({ encoding, delimiter, comment, finalLineEnd }: Datasource): TextForm {
  const marks = { delimiter: delimiter.charCodeAt(0), comment: Buffer.from(comment, 'utf8') };
  return { encoding, ...marks, firstLine: 1, finalLineEnd };
}

/** Room to read exports in, one at a time: creating it for each file takes longer than reading a short one. */
export interface Room {
  /** Holds the start of a row that a block cut in two, the next block, in UTF-8, and one more byte. */
  readonly bytes: Buffer;
  readonly cells: RowCells;
  /** What each of them may be at most. */
  readonly limits: Limits;
  /** Whether the same bytes may be read in another way tomorrow: a row lay after the run's clock, or the disk was full. */
  mayPass: boolean;
}

/** An open file. All passes over it work in one room, which does not grow with it. */
export interface TextFile extends TextForm {
  readonly descriptor: number;
  /** Bytes to read at a time. */
  readonly block: number;
  readonly room: Room;
  /** Once the opening is known: what finds it again among the rows, from the start of each pass. */
  readonly openingAgain?: (() => (row: Row, cells: RowCells) => boolean) | undefined;
}

const BLOCK = 1 << 18;
/** A byte of the encodings that are not UTF-8 may become as many. */
const MOST_GROWTH = 3;

export function newRoom(limits = DEFAULT_LIMITS): Room {
  const bytes = Buffer.allocUnsafe(limits.rowBytes + MOST_GROWTH * (BLOCK + 4) + 1);
  return { bytes, cells: newRowCells(limits.columns), limits, mayPass: false };
}

/** To be closed with `closeTextFile`. */
export function openTextFile(path: string, form: TextForm, room: Room, block = BLOCK): TextFile {
  return { ...form, descriptor: openSync(path, 'r'), block, room };
}

export function closeTextFile(file: TextFile): void {
  closeSync(file.descriptor);
}

/** Reads the next block after the first `kept` bytes of the room; says how many bytes came. */
export type ReadBlock = (kept: number) => { readonly bytes: number; readonly last: boolean };

/** From the start of the file, as UTF-8; a mark is in the place of what another encoding does not allow. */
export function blocksOf({ descriptor, encoding, block, room }: TextFile): ReadBlock {
  let position = 0;
  const read = (into: Buffer, at: number) => {
    const bytes = readSync(descriptor, into, at, block, position);
    position += bytes;
    return bytes;
  };
  if (encoding === 'utf-8') {
    return (kept) => {
      const bytes = read(room.bytes, kept);
      return { bytes, last: bytes === 0 };
    };
  }
  const raw = Buffer.allocUnsafe(block);
  const decoder = new TextDecoder(encoding, { ignoreBOM: true });
  return (kept) => {
    const bytes = read(raw, 0);
    const text = decoder.decode(raw.subarray(0, bytes), { stream: bytes > 0 });
    return { bytes: room.bytes.write(text, kept, 'utf8'), last: bytes === 0 };
  };
}
