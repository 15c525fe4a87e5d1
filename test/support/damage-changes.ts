import { documentText } from '@sensor-warehouse/warehouse/layout/read-document';

/** A change of a file's bytes; undefined takes the file away. */
export interface Change {
  readonly name: string;
  readonly change: (bytes: Buffer) => Buffer | undefined;
}

/** What may happen to any file. */
export const OF_BYTES: readonly Change[] = [
  { name: 'deleted', change: () => undefined },
  { name: 'emptied', change: () => Buffer.alloc(0) },
  { name: 'cut', change: (bytes) => bytes.subarray(0, bytes.length >> 1) },
  { name: 'one byte flipped', change: flipped },
];

function flipped(bytes: Buffer): Buffer {
  const changed = Buffer.from(bytes);
  changed[bytes.length >> 1]! ^= 0x01;
  return changed;
}

/** A value of a document, by the names and places that lead to it. */
export type Path = readonly (string | number)[];

/** Every value below the root; of arrays the first element stands for all. */
export function pathsOf(value: unknown, at: Path = []): Path[] {
  const below = Array.isArray(value) ? value.slice(0, 1).map((one, index) => [index, one] as const) : entriesOf(value);
  return below.flatMap(([name, one]) => [[...at, name], ...pathsOf(one, [...at, name])]);
}

function entriesOf(value: unknown): (readonly [string, unknown])[] {
  return typeof value === 'object' && value !== null ? Object.entries(value) : [];
}

/**
 * What may happen to a JSON document: each value gone, null, or of another type; and the whole another one. Where a document
 * holds its own digest, whoever changed it made that again: only so is seen what else it is held against.
 */
export function ofDocument(bytes: Buffer): Change[] {
  const document: unknown = JSON.parse(bytes.toString());
  const whole = [null, [], 7, { format: 1 }].map((value) => ({
    name: `document ${JSON.stringify(value)}`,
    change: () => textOf(value),
  }));
  return [...whole, ...pathsOf(document).flatMap((path) => ofValue(document, path))];
}

function ofValue(document: unknown, path: Path): Change[] {
  const name = path.join('.');
  const old = path.reduce<unknown>((value, step) => (value as Record<string, unknown>)[step], document);
  const edited =
    (edit: (parent: Record<string, unknown>, last: string) => void, write: (value: unknown) => Buffer = textOf) =>
    () => {
      const copy = structuredClone(document) as Record<string, unknown>;
      const parent = path.slice(0, -1).reduce<unknown>((value, step) => (value as Record<string, unknown>)[step], copy);
      edit(parent as Record<string, unknown>, String(path.at(-1)));
      return write(copy);
    };
  const gone = edited((parent, last) => {
    if (Array.isArray(parent)) parent.splice(Number(last), 1);
    else delete parent[last];
  });
  const to = (value: unknown, write?: (value: unknown) => Buffer) =>
    edited((parent, last) => {
      parent[last] = value;
    }, write);
  // The digest itself is changed as any byte is.
  if (name === 'digest') return [];
  return [
    { name: `${name} gone`, change: gone },
    { name: `${name} null`, change: to(null) },
    { name: `${name} of another type`, change: to(ofAnotherType(old)) },
    // Another value that may be: whoever signs that has written another document, and none that is damaged.
    ...neighboursOf(old).map((value) => ({ name: `${name} ${JSON.stringify(value)}`, change: to(value, unsigned) })),
  ];
}

function ofAnotherType(value: unknown): unknown {
  if (typeof value === 'number') return String(value);
  if (typeof value === 'string') return value.length;
  if (typeof value === 'boolean') return value ? 1 : 0;
  return Array.isArray(value) ? {} : [];
}

/** Another value of the same type, as a hand or a bit changes it. */
function neighboursOf(value: unknown): unknown[] {
  if (typeof value === 'number') return [value + 1];
  if (typeof value === 'boolean') return [!value];
  if (typeof value === 'string' && value !== '') return [value.slice(0, -1) + (value.endsWith('0') ? '1' : '0')];
  return [];
}

const unsigned = (value: unknown) => Buffer.from(`${JSON.stringify(value, null, 2)}\n`);

/** A document's bytes; one that holds its own digest is signed again. */
export function textOf(value: unknown): Buffer {
  const isSigned = typeof value === 'object' && value !== null && 'digest' in value;
  return isSigned ? Buffer.from(documentText(value)) : unsigned(value);
}
