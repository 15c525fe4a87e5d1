import { open } from 'node:fs/promises';
import type { TextForm } from './visit-rows';

const BLOCK = 1 << 20;
const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;
const TAB = 0x09;

/**
 * Lines after the line `after` that hold more than white space and delimiters. For a refused file, whose rows cannot
 * be trusted: it looks at line ends alone, and no byte is too odd for it.
 */
export async function countLines(path: string, form: TextForm, after: number): Promise<number> {
  const handle = await open(path, 'r');
  try {
    const decoder = form.encoding.startsWith('utf-16') ? new TextDecoder(form.encoding) : undefined;
    const block = Buffer.allocUnsafe(BLOCK);
    let line = 1;
    let filled = false;
    let carriage = false;
    let lines = 0;
    for (;;) {
      const { bytesRead } = await handle.read(block, 0, BLOCK, null);
      if (bytesRead === 0) return filled && line > after ? lines + 1 : lines;
      const raw = block.subarray(0, bytesRead);
      const bytes = decoder === undefined ? raw : Buffer.from(decoder.decode(raw, { stream: true }), 'utf8');
      for (let at = 0; at < bytes.length; at++) {
        const byte = bytes[at]!;
        if (byte === LF || byte === CR) {
          const secondHalf = byte === LF && carriage;
          carriage = byte === CR;
          if (secondHalf) continue;
          if (filled && line > after) lines++;
          filled = false;
          line++;
        } else {
          carriage = false;
          if (byte !== SPACE && byte !== TAB && byte !== form.delimiter) filled = true;
        }
      }
    }
  } finally {
    await handle.close();
  }
}
