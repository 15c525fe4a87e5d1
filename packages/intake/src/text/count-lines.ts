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
  const { delimiter, comment } = file;
  const room = file.room.bytes;
  const readBlock = blocksOf(file);
  const isComment = () => comment.length > 0 && marked === comment.length;
  let line = file.firstLine;
  let filled = false;
  let carriage = false;
  let lines = 0;
  // How much of the mark of a comment the line begins with; -1 if it begins with something else.
  let marked = 0;
  for (;;) {
    const { bytes, last } = readBlock(0);
    for (let at = 0; at < bytes; at++) {
      const byte = room[at]!;
      if (byte === LF || byte === CR) {
        const secondHalf = byte === LF && carriage;
        carriage = byte === CR;
        if (secondHalf) continue;
        if (filled && line > after && !isComment()) lines++;
        filled = false;
        marked = 0;
        line++;
      } else {
        carriage = false;
        if (marked >= 0 && marked < comment.length) marked = byte === comment[marked] ? marked + 1 : -1;
        if (byte !== SPACE && byte !== TAB && byte !== delimiter) filled = true;
      }
    }
    if (last) return filled && line > after && !isComment() ? lines + 1 : lines;
  }
}
