import { isUtf8 } from 'node:buffer';
import { printable } from '@sensor-warehouse/model/findings/finding';
import { wideEncoding } from '../text/not-tabular';
import { likeliest, open, type Told, told } from './told';

/** Encodings of one byte a letter, the likeliest first; what the web calls ISO 8859-1 is Windows-1252. */
const ONE_BYTE = ['windows-1250', 'windows-1252', 'iso-8859-2'] as const;
const CONTROL = /[\u0080-\u009f\ufffd]/;

/** A sample's text, in UTF-8 without its byte order mark, and the encoding that it came in. */
export interface DecodedSample {
  readonly encoding: Told<string>;
  readonly utf8: Buffer;
}

/**
 * Finds the encoding of the bytes. UTF-8 and UTF-16 are recognised; of the one-byte encodings, those that give no
 * control characters are possible, and the answer stays open unless all of them read the same text.
 * @param declared the encoding, if a person said it
 */
export function decodeSample(bytes: Buffer, declared?: string): DecodedSample {
  const encoding = declared === undefined ? encodingOf(bytes) : told(declared);
  return { encoding, utf8: Buffer.from(new TextDecoder(likeliest(encoding)).decode(bytes), 'utf8') };
}

function encodingOf(bytes: Buffer): Told<string> {
  const wide = wideEncoding(bytes);
  if (wide !== undefined) return told(wide);
  if (isUtf8(bytes)) return told('utf-8');
  const high = Buffer.from([...new Set(bytes)].filter((byte) => byte >= 0x80));
  const readings = ONE_BYTE.map((encoding) => ({ encoding, letters: new TextDecoder(encoding).decode(high) }));
  const possible = readings.filter(({ letters }) => !CONTROL.test(letters));
  const [first, ...others] = possible;
  // Broken UTF-8, or no text at all: reading it by the contract says where.
  if (first === undefined) return told('utf-8');
  if (others.every(({ letters }) => letters === first.letters)) return told(first.encoding);
  const shown = possible.map(({ encoding, letters }) => `${encoding} reads ${printable(letters)}`);
  return open(
    possible.map(({ encoding }) => encoding),
    shown.join(', '),
  );
}
