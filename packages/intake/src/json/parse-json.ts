import { quoted } from '@sensor-warehouse/model/findings/finding';

/** A value of JSON (RFC 8259). Numbers stay as they are written; names are kept in a Map, whatever they are. */
export type JsonValue =
  | { readonly kind: 'object'; readonly members: ReadonlyMap<string, JsonValue> }
  | { readonly kind: 'array'; readonly items: readonly JsonValue[] }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'number'; readonly text: string }
  | { readonly kind: 'boolean'; readonly value: boolean }
  | { readonly kind: 'null' };

/** Thrown with the mistake and its place in the text. */
export class JsonMistake extends Error {
  constructor(
    readonly found: string,
    readonly expected: string,
    readonly at: number,
  ) {
    super(`found ${found}, expected ${expected}`);
  }
}

/** No sensor data is nested deeper, and each level is a call. */
const MOST_LEVELS = 64;
const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
/** RFC 8259, 7: characters below a space must be escaped. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const PLAIN = /[^"\\\u0000-\u001f]*/y;
const ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};

/**
 * Reads one value and nothing else. Stricter than JSON.parse: a name that occurs twice in an object is a mistake, because
 * one of its two values would be lost.
 * @throws JsonMistake
 */
export function parseJson(text: string): JsonValue {
  let at = text.startsWith('\ufeff') ? 1 : 0;

  const mistake = (expected: string): JsonMistake =>
    new JsonMistake(at >= text.length ? 'the end of the text' : quoted(text.slice(at, at + 20)), expected, at);
  const skipWhite = () => {
    while (text[at] === ' ' || text[at] === '\n' || text[at] === '\r' || text[at] === '\t') at++;
  };
  const take = (pattern: RegExp): string => {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0] ?? '';
    at += found.length;
    return found;
  };
  const takeText = (): string => {
    let taken = '';
    for (at++; ; ) {
      taken += take(PLAIN);
      const mark = text[at];
      if (mark === '"') break;
      if (mark !== '\\') throw mistake('the end of a text, without control characters in it');
      const letter = text[at + 1] ?? '';
      if (letter === 'u') {
        const code = /^[0-9a-fA-F]{4}$/.exec(text.slice(at + 2, at + 6))?.[0];
        if (code === undefined) throw mistake('four hex digits after \\u');
        taken += String.fromCharCode(Number.parseInt(code, 16));
        at += 6;
        continue;
      }
      if (!Object.hasOwn(ESCAPES, letter)) throw mistake('a known escape after \\');
      taken += ESCAPES[letter]!;
      at += 2;
    }
    at++;
    return taken;
  };
  const takeValue = (level: number): JsonValue => {
    if (level > MOST_LEVELS) throw mistake(`at most ${MOST_LEVELS} levels`);
    skipWhite();
    const first = text[at];
    if (first === '{') return { kind: 'object', members: takeMembers(level) };
    if (first === '[') return { kind: 'array', items: takeItems(level) };
    if (first === '"') return { kind: 'text', text: takeText() };
    for (const [word, value] of WORDS) {
      if (!text.startsWith(word, at)) continue;
      at += word.length;
      return value;
    }
    const number = take(NUMBER);
    if (number === '') throw mistake('a JSON value');
    return { kind: 'number', text: number };
  };
  const takeMembers = (level: number): Map<string, JsonValue> => {
    const members = new Map<string, JsonValue>();
    for (at++; ; ) {
      skipWhite();
      if (text[at] === '}' && members.size === 0) break;
      if (text[at] !== '"') throw mistake('a name in quotation marks');
      const start = at;
      const name = takeText();
      if (members.has(name)) throw new JsonMistake(`${quoted(name)} twice in one object`, 'each name once', start);
      skipWhite();
      if (text[at] !== ':') throw mistake('a colon');
      at++;
      members.set(name, takeValue(level + 1));
      skipWhite();
      if (text[at] === '}') break;
      if (text[at] !== ',') throw mistake('a comma or }');
      at++;
    }
    at++;
    return members;
  };
  const takeItems = (level: number): JsonValue[] => {
    const items: JsonValue[] = [];
    for (at++; ; ) {
      skipWhite();
      if (text[at] === ']' && items.length === 0) break;
      items.push(takeValue(level + 1));
      skipWhite();
      if (text[at] === ']') break;
      if (text[at] !== ',') throw mistake('a comma or ]');
      at++;
    }
    at++;
    return items;
  };

  const value = takeValue(1);
  skipWhite();
  if (at < text.length) throw mistake('the end of the text, because it holds one value');
  return value;
}

const WORDS: readonly (readonly [string, JsonValue])[] = [
  ['null', { kind: 'null' }],
  ['true', { kind: 'boolean', value: true }],
  ['false', { kind: 'boolean', value: false }],
];
