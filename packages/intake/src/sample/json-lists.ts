import { jsonCellText } from '../json/cell-text';
import { type JsonValue, parseJson } from '../json/parse-json';
import { cellOf, type JsonRecord, leavesOf, parseJsonPointer, recordsOf, valueAtSteps } from '../json/pointers';
import { strictJson, strictUtf8 } from '../json/strict-json';
import { UnreadableFile } from '../report/report';
import type { FoundTable } from './find-table';

/** Records that a document, or lines of JSON, may be read by, as a table of all that is in them. */
export interface JsonList {
  /** `list[]` of a named list; `.` of the document itself, of a list that is the document, and of lines. */
  readonly pointer: string;
  readonly table: FoundTable;
  /** Label → pointer. */
  readonly pointers: ReadonlyMap<string, string>;
}

/** The document itself, in the place of a named list. */
export const DOCUMENT = '.';

const MOST_LEAVES = 200;
/** Records whose names are looked at; all of them are read when the source is tried. */
const MOST_RECORDS = 100_000;
/** Names by which no pointer, no list in a seed can tell a value. */
const UNNAMEABLE = /[;=]|(^|\.)\s/;

/** Every list of records that a sample has. @throws UnreadableFile if it is not JSON */
export function listsOf(name: string, bytes: Buffer): JsonList[] {
  if (isLines(name)) {
    const roots = linesOf(bytes);
    return [
      listOf(
        DOCUMENT,
        roots.flatMap((root) => recordsOf(root, [])!),
      ),
    ];
  }
  const root = documentOf(bytes);
  if (root.kind !== 'object') return [listOf(DOCUMENT, recordsOf(root, []) ?? [])];
  const named = arraysIn(root, '').map((path) => {
    const pointer = parseJsonPointer(`${path}[]`);
    return listOf(`${path}[]`, recordsOf(root, [pointer])!);
  });
  return [...named, listOf(DOCUMENT, [{ root, record: root }])];
}

export function isLines(name: string): boolean {
  return /\.(ndjson|jsonl)(\.gz)?$/i.test(name);
}

/** Lists of plain values that are beside each other, such as `hourly.time`: whose items belong together by chance alone. */
export function sideBySide(bytes: Buffer): string[] {
  const found: string[] = [];
  const walk = (value: JsonValue, path: string) => {
    if (
      value.kind === 'array' &&
      value.items.length > 1 &&
      value.items.every(({ kind }) => kind !== 'object' && kind !== 'array')
    )
      found.push(path);
    if (value.kind === 'object')
      for (const [name, one] of value.members) walk(one, path === '' ? name : `${path}.${name}`);
  };
  walk(documentOf(bytes), '');
  return found;
}

/** Paths of arrays of objects, through objects alone. */
function arraysIn(value: JsonValue, path: string): string[] {
  if (value.kind === 'array')
    return path !== '' && value.items.length > 0 && value.items.every(({ kind }) => kind === 'object') ? [path] : [];
  if (value.kind !== 'object') return [];
  return [...value.members].flatMap(([name, one]) =>
    isNameable(name) ? arraysIn(one, path === '' ? name : `${path}.${name}`) : [],
  );
}

const isNameable = (name: string) => name !== '' && !/[.[\]]/.test(name) && !UNNAMEABLE.test(name);

function listOf(pointer: string, records: readonly JsonRecord[]): JsonList {
  const prefix = pointer === DOCUMENT ? '' : `${pointer}.`;
  const own = new Set<string>();
  for (const { record } of records.slice(0, MOST_RECORDS))
    for (const leaf of leavesOf(record, MOST_LEAVES).filter(isAlone(record)))
      if (own.size < MOST_LEAVES) own.add(`${prefix}${leaf}`);
  const around = pointer === DOCUMENT ? [] : leavesAround(records[0]!.root, pointer);
  const paths = [...own, ...around].filter((path) => !UNNAMEABLE.test(path) && reaches(path, records));
  const pointers = labelled(paths, prefix);
  const parsed = [...pointers.values()].map(parseJsonPointer);
  const rows = records.map((record, i) => {
    const cells = parsed.map((one) => textOf(cellOf(record, one)));
    return { line: i + 1, cells, text: cells.join(','), blank: false };
  });
  const labels = [...pointers.keys()];
  const none = { delimiter: ',', skipLines: 0, commentPrefix: '', comments: 0, units: undefined, headerLine: 0 };
  return { pointer, pointers, table: { ...none, labels, headings: labels, doubles: new Map(), rows } };
}

/** The first of several items is not a value of its record: the others would be lost, and another may be the first next time. */
function isAlone(record: JsonValue): (leaf: string) => boolean {
  return (leaf) =>
    [...leaf.matchAll(/\[[0-9]+\]/g)].every(({ index }) => {
      const array = valueAtSteps(record, parseJsonPointer(leaf.slice(0, index)).steps);
      return array?.kind === 'array' && array.items.length === 1;
    });
}

/** A name with a point in it looks like two names, and cannot be pointed to. */
function reaches(path: string, records: readonly JsonRecord[]): boolean {
  const pointer = parseJsonPointer(path);
  return records.some((record) => cellOf(record, pointer) !== undefined);
}

/** What a document says once for all of its records: names and times. A reading is never taken from there. */
function leavesAround(root: JsonValue, pointer: string): string[] {
  const list = pointer.slice(0, -1);
  return leavesOf(root, MOST_LEAVES).filter((leaf) => {
    if (leaf.startsWith(list) || leaf.includes('[')) return false;
    const { steps } = parseJsonPointer(leaf);
    const value = cellOf({ root, record: root }, { records: undefined, steps });
    return value?.kind === 'text' || (value?.kind === 'number' && /^[1-3][0-9]{9}([0-9]{3})?$/.test(value.text));
  });
}

/** The last name of each pointer, or, where several end with it, all of its names. */
function labelled(paths: readonly string[], prefix: string): Map<string, string> {
  const inRecord = (path: string) => (path.startsWith(prefix) ? path.slice(prefix.length) : path);
  const last = (path: string) =>
    inRecord(path)
      .split('.')
      .at(-1)!
      .replaceAll(/\[[0-9]+\]/g, '');
  const times = new Map<string, number>();
  for (const path of paths) times.set(last(path), (times.get(last(path)) ?? 0) + 1);
  const labels = new Map<string, string>();
  for (const path of paths) {
    const whole = inRecord(path)
      .replaceAll(/\[([0-9]+)\]/g, '.$1')
      .replaceAll('.', '_');
    let label = times.get(last(path)) === 1 && last(path) !== '' ? last(path) : whole;
    while (labels.has(label)) label = `${label}_`;
    labels.set(label, path);
  }
  return labels;
}

function textOf(value: JsonValue | undefined): string {
  return jsonCellText(value, value?.kind === 'number')
    .trim()
    .normalize('NFC');
}

function linesOf(bytes: Buffer): JsonValue[] {
  return strictUtf8(bytes, 1)
    .split('\n')
    .flatMap((text, i) => (text.trim() === '' ? [] : [strictJson(text, i + 1)]));
}

function documentOf(bytes: Buffer): JsonValue {
  const text = strictUtf8(bytes, 1);
  try {
    return strictJson(text, 1);
  } catch (error) {
    const lines = text.split('\n').filter((line) => line.trim() !== '');
    if (lines.length < 2 || !lines.slice(0, 5).every(isObject)) throw error;
    throw new UnreadableFile({
      code: 'json-error',
      line: 2,
      found: 'a JSON object in each line',
      expected: 'one document',
      message: 'the file holds lines of JSON, and its name does not say so',
      fix: 'give it, and future uploads, a name that ends with .ndjson',
    });
  }
}

function isObject(text: string): boolean {
  try {
    return parseJson(text).kind === 'object';
  } catch {
    return false;
  }
}
