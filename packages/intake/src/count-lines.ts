import { blocksOf, type TextFile } from './text-file';

const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;
const TAB = 0x09;

/**
 * Lines after the line `after` that hold more than white space and delimiters. For a refused file, whose rows cannot
 * be trusted: it looks at line ends alone, and no byte is too odd for it.
 */
export function countLines(file: TextFile, after: number): number {
  const { delimiter } = file;
  const room = file.room.bytes;
  const readBlock = blocksOf(file);
  let line = 1;
  let filled = false;
  let carriage = false;
  let lines = 0;
  for (;;) {
    const { bytes, last } = readBlock(0);
    for (let at = 0; at < bytes; at++) {
      const byte = room[at]!;
      if (byte === LF || byte === CR) {
        const secondHalf = byte === LF && carriage;
        carriage = byte === CR;
        if (secondHalf) continue;
        if (filled && line > after) lines++;
        filled = false;
        line++;
      } else {
        carriage = false;
        if (byte !== SPACE && byte !== TAB && byte !== delimiter) filled = true;
      }
    }
    if (last) return filled && line > after ? lines + 1 : lines;
  }
}
