import type { Random } from './random';

/** One change of an export's bytes, with its name for the report. */
export interface Change {
  readonly name: string;
  readonly bytes: Buffer;
}

type Mutate = (bytes: Buffer, random: Random, other: Buffer) => Buffer;

/** What breaks readers of tables: marks, forms of numbers and times, and bytes that are no text. */
const TOKENS = [
  ...[';', ',', '\t', '|', '"', '""', "'", '\\', '\r', '\n', '\r\n', '\0', '\x1a', '\x0c', '\x1b[31m', '\u2028'],
  ...['\ufeff', '\u00a0', '\u202f', '\u202e', '\u200b', '°', '-', '+', '.', 'e', '1e309', '-0', '0x10', '1_000'],
  ...['NaN', 'Infinity', 'null', 'N/A', '#REF!', '=1+1', '@SUM(A1)', '24:00', '23:59:60', '29.02.2027', '31.02.2026'],
  ...[
    '00.00.0000',
    '2026-11-23T08:00:00Z',
    '1732348800',
    '__proto__',
    '<html><title>x</title>',
    '{',
    '[',
    'PK\x03\x04',
  ],
  ...[
    '::error::x',
    '%s',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is GitHub's, not ours
    '${{ x }}',
    'sep=;',
    '1.234,5',
    '1,234.5',
    '20,5 °C',
    '99999999999999999999',
    'Date',
    '²',
    '٣',
  ],
].map((text) => Buffer.from(text));
const OTHER_BYTES = [
  Buffer.from([0xff]),
  Buffer.from([0xc3]),
  Buffer.from([0xed, 0xa0, 0x80]),
  Buffer.from([0xff, 0xfe]),
];

const splice = (bytes: Buffer, at: number, gone: number, put: Uint8Array): Buffer =>
  Buffer.concat([bytes.subarray(0, at), put, bytes.subarray(at + gone)]);
const place = (bytes: Buffer, random: Random) => random(bytes.length + 1);

/** A piece of up to `most` bytes. */
function piece(bytes: Buffer, random: Random, most: number): Buffer {
  const at = place(bytes, random);
  return bytes.subarray(at, at + 1 + random(most));
}

/** Where a line begins; the first ones, with the header, as often as all others. */
function lineStart(bytes: Buffer, random: Random): number {
  if (random(2) === 0) return bytes.indexOf(0x0a, random(Math.min(80, bytes.length) + 1)) + 1;
  return bytes.indexOf(0x0a, place(bytes, random)) + 1;
}

function lineAt(bytes: Buffer, start: number): Buffer {
  const end = bytes.indexOf(0x0a, start);
  return bytes.subarray(start, end < 0 ? bytes.length : end + 1);
}

function digitAt(bytes: Buffer, from: number): number {
  for (let at = from; at < bytes.length; at++) if (bytes[at]! >= 0x30 && bytes[at]! <= 0x39) return at;
  return -1;
}

const MUTATIONS: Readonly<Record<string, Mutate>> = {
  'flip a bit': (bytes, random) => {
    const at = random(bytes.length);
    return splice(bytes, at, 1, Buffer.from([bytes[at]! ^ (1 << random(8))]));
  },
  'set a byte': (bytes, random) => splice(bytes, random(bytes.length), 1, Buffer.from([random(256)])),
  'insert a byte': (bytes, random) => splice(bytes, place(bytes, random), 0, Buffer.from([random(256)])),
  'remove bytes': (bytes, random) => splice(bytes, place(bytes, random), 1 + random(40), Buffer.alloc(0)),
  'another digit': (bytes, random) => {
    const at = digitAt(bytes, place(bytes, random));
    return at < 0 ? bytes : splice(bytes, at, 1, Buffer.from([0x30 + random(10)]));
  },
  'insert a token': (bytes, random) => splice(bytes, place(bytes, random), 0, TOKENS[random(TOKENS.length)]!),
  'a token in the first lines': (bytes, random) =>
    splice(bytes, random(Math.min(bytes.length, 160) + 1), 0, TOKENS[random(TOKENS.length)]!),
  'insert bytes that are no text': (bytes, random) =>
    splice(bytes, place(bytes, random), 0, OTHER_BYTES[random(OTHER_BYTES.length)]!),
  'copy a piece elsewhere': (bytes, random) => splice(bytes, place(bytes, random), 0, piece(bytes, random, 200)),
  'write a piece over another': (bytes, random) => {
    const copied = piece(bytes, random, 60);
    return splice(bytes, place(bytes, random), copied.length, copied);
  },
  'repeat a line': (bytes, random) => {
    const start = lineStart(bytes, random);
    return splice(bytes, start, 0, lineAt(bytes, start));
  },
  'remove a line': (bytes, random) => {
    const start = lineStart(bytes, random);
    return splice(bytes, start, lineAt(bytes, start).length, Buffer.alloc(0));
  },
  'move a line': (bytes, random) => {
    const start = lineStart(bytes, random);
    const line = lineAt(bytes, start);
    const rest = splice(bytes, start, line.length, Buffer.alloc(0));
    return splice(rest, lineStart(rest, random), 0, line);
  },
  'cut off the end': (bytes, random) => bytes.subarray(0, place(bytes, random)),
  'cut off the beginning': (bytes, random) => bytes.subarray(random(Math.min(bytes.length, 400) + 1)),
  'a line of another export': (bytes, random, other) =>
    splice(bytes, lineStart(bytes, random), 0, lineAt(other, lineStart(other, random))),
  'go on with another export': (bytes, random, other) =>
    Buffer.concat([bytes.subarray(0, lineStart(bytes, random)), other.subarray(lineStart(other, random))]),
  'one byte for another everywhere': (bytes, random) => {
    const from = bytes[random(bytes.length)]!;
    const to = random(2) === 0 ? random(256) : bytes[random(bytes.length)]!;
    return Buffer.from(bytes.map((byte) => (byte === from ? to : byte)));
  },
  'as UTF-16': (bytes, random) => {
    const wide = Buffer.from(bytes.toString('utf8'), 'utf16le');
    return random(2) === 0 ? Buffer.concat([Buffer.from([0xff, 0xfe]), wide]) : wide;
  },
};
// A whole file in another encoding leaves nothing for other changes to find: it is rare.
const NAMES = Object.keys(MUTATIONS).flatMap((name) => (name === 'as UTF-16' ? [name] : Array<string>(8).fill(name)));

/** Up to twelve changes, one upon the other; most cases have few. */
export function changesOf(export_: Buffer, other: Buffer, random: Random): Change[] {
  const count = 1 + random(1 + random(12));
  const changes: Change[] = [];
  let bytes = export_;
  for (let i = 0; i < count && bytes.length > 0; i++) {
    const name = NAMES[random(NAMES.length)]!;
    bytes = MUTATIONS[name]!(bytes, random, other);
    changes.push({ name, bytes });
  }
  return changes;
}
