import { type Change, ofDocument, textOf } from '../test/support/damage-changes';
import { changesOf } from './mutations';
import { type Random, randomOf } from './random';

/** A warehouse's document, by its path, and what it says. */
export interface WarehouseDocument {
  readonly path: string;
  readonly bytes: Buffer;
}

/** One document of a warehouse as somebody changed it. */
export interface DocumentCase {
  readonly number: number;
  readonly path: string;
  readonly bytes: Buffer;
  readonly changes: readonly string[];
}

/** What a document may say in the place of anything: ways out of the folder, names of objects, numbers that are none. */
const VALUES: readonly unknown[] = [
  ...['../../outside/victim', '/etc/passwd', '..', '.', '', 'a/b', '__proto__', 'constructor', '\u0000', '\u001b[31m'],
  ...['999999-deadbeef', '000001-00000000', '2024-13', '9999-12', 'indoor', 'x'.repeat(5000), '::error::x'],
  ...[-1, 0, 0.5, 1e308, 2 ** 53, 999_999, true, null, [], {}, [[]], { path: '../x' }],
];

/** The case of that number; the same for the same seed and documents, whatever ran before it. */
export function makeDocumentCase(seed: string, number: number, documents: readonly WarehouseDocument[]): DocumentCase {
  const random = randomOf(`${seed}/document ${number}`);
  const chosen = documents[random(documents.length)]!;
  const other = documents[random(documents.length)]!;
  if (random(4) === 0) {
    const changes = changesOf(chosen.bytes, other.bytes, random);
    const bytes = changes.at(-1)?.bytes ?? chosen.bytes;
    return { number, path: chosen.path, bytes, changes: changes.map(({ name }) => name) };
  }
  let bytes = chosen.bytes;
  const changes: string[] = [];
  for (let left = 1 + random(3); left > 0; left--) {
    const change = random(2) === 0 ? one(ofDocument(bytes), random) : replaced(bytes, random);
    const after = change.change(bytes);
    // What is no object any more has no fields to change.
    if (after === undefined || !after.toString().startsWith('{')) break;
    bytes = after;
    changes.push(change.name);
  }
  return { number, path: chosen.path, bytes, changes };
}

/** A value of the document, wherever it stands, becomes one of VALUES. */
function replaced(bytes: Buffer, random: Random): Change {
  const value = one(VALUES, random);
  let values = 0;
  JSON.parse(bytes.toString(), () => values++);
  let left = random(values);
  const document: unknown = JSON.parse(bytes.toString(), (_, old: unknown) => (left-- === 0 ? value : old));
  const name = `a value ${JSON.stringify(value).slice(0, 40)}`;
  return { name, change: () => textOf(document) };
}

const one = <T>(all: readonly T[], random: Random): T => all[random(all.length)]!;
