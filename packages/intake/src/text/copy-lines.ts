import { closeSync, openSync, readSync, writeSync } from 'node:fs';
import type { LineRange } from '../report/report';

const BLOCK = 1 << 18;
const LF = 0x0a;
const CR = 0x0d;

/**
 * Copies lines of an export byte for byte as they were received, with their line ends: the opening up to and with the line
 * `opening`, and the ranges, which are in the order of the file after it.
 * @param encoding of the export: only how wide a character is matters for where a line ends
 * @returns how many lines were copied
 */
export function copyLines(
  from: string,
  to: string,
  encoding: string,
  opening: number,
  ranges: readonly LineRange[],
): number {
  const wide = encoding.startsWith('utf-16');
  const input = openSync(from, 'r');
  const output = openSync(to, 'w');
  try {
    const buffer = Buffer.allocUnsafe(BLOCK);
    const characterAt = (at: number): number =>
      wide ? (encoding === 'utf-16le' ? buffer.readUInt16LE(at) : buffer.readUInt16BE(at)) : buffer[at]!;
    let line = 1;
    let next = 0;
    let copied = 0;
    let afterCarriage = false;
    let wanted = opening > 0 || ranges[0]?.line === 1;
    const turnTo = (following: number) => {
      if (wanted) copied++;
      line = following;
      while (next < ranges.length && ranges[next]!.lastLine < line) next++;
      wanted = line <= opening || (next < ranges.length && ranges[next]!.line <= line);
    };
    let filled = false;
    for (let position = 0; ; ) {
      const read = readSync(input, buffer, 0, BLOCK, position);
      const bytes = wide ? read & ~1 : read;
      if (bytes === 0) {
        // Half a character of UTF-16 at the end of a file that was cut off.
        if (read > 0 && wanted) writeSync(output, buffer, 0, read);
        filled ||= read > 0;
        break;
      }
      position += bytes;
      let start = 0;
      const keep = (end: number) => {
        if (wanted && end > start) writeSync(output, buffer, start, end - start);
        start = end;
      };
      for (let at = 0; at < bytes; at += wide ? 2 : 1) {
        const character = characterAt(at);
        if (afterCarriage && character !== LF) {
          keep(at);
          turnTo(line + 1);
          filled = false;
        }
        afterCarriage = character === CR;
        filled = true;
        if (character !== LF) continue;
        keep(at + (wide ? 2 : 1));
        turnTo(line + 1);
        filled = false;
      }
      keep(bytes);
    }
    if (filled) turnTo(line + 1);
    return copied;
  } finally {
    closeSync(input);
    closeSync(output);
  }
}
