import type { JsonValue } from './parse-json';

/**
 * Where a record and its cells are in a document: names with points between them, `[2]` for one item of an array, and
 * once `[]` for an array whose items are records: `list[].main.temp`.
 */
export interface JsonPointer {
  /** To the array of records; undefined if the pointer is to the same value for all records. */
  readonly records: readonly Step[] | undefined;
  /** Within a record, or from the root. */
  readonly steps: readonly Step[];
}

type Step = string | number;

export function parseJsonPointer(text: string): JsonPointer {
  const [first = '', second] = text.split('[]');
  if (second === undefined) return { records: undefined, steps: stepsOf(first) };
  return { records: stepsOf(first), steps: stepsOf(second.replace(/^\./, '')) };
}

function stepsOf(text: string): Step[] {
  return [...text.matchAll(/\[([0-9]+)\]|[^.[\]]+/g)].map(([name, index]) =>
    index === undefined ? name : Number(index),
  );
}

/** Undefined where there is nothing. */
export function valueAtSteps(from: JsonValue | undefined, steps: readonly Step[]): JsonValue | undefined {
  let value = from;
  for (const step of steps) {
    if (value?.kind === 'object' && typeof step === 'string') value = value.members.get(step);
    else if (value?.kind === 'array' && typeof step === 'number') value = value.items[step];
    else return undefined;
  }
  return value;
}

/** A record with what its pointers without `[]` start from: the document around a named array, else the record itself. */
export interface JsonRecord {
  readonly root: JsonValue;
  readonly record: JsonValue;
}

/** It never falls back from one place to the other: a value given once for all would replace a missing one. */
export function cellOf({ root, record }: JsonRecord, { records, steps }: JsonPointer): JsonValue | undefined {
  return valueAtSteps(records === undefined ? root : record, steps);
}

/**
 * The records of a document: the items of the array that the pointers name with `[]`, else those of a root that is an array,
 * else the root alone. Of a root whose items are lists in turn, as of Home Assistant a list for each sensor, the items of all.
 * @returns undefined if the array that they name does not exist
 */
export function recordsOf(root: JsonValue, pointers: readonly JsonPointer[]): JsonRecord[] | undefined {
  const named = pointers.find(({ records }) => records !== undefined)?.records;
  const array = named === undefined ? root : valueAtSteps(root, named);
  if (named === undefined && root.kind !== 'array') return [{ root, record: root }];
  if (array?.kind !== 'array') return undefined;
  if (named !== undefined) return array.items.map((record) => ({ root, record }));
  const isNested = array.items.every(({ kind }) => kind === 'array');
  const records = array.items.flatMap((item) => (isNested && item.kind === 'array' ? item.items : [item]));
  return records.map((record) => ({ root: record, record }));
}

/** Names of all plain values of a record, such as `main.temp`, by which a renamed one is found. */
export function leavesOf(record: JsonValue, most: number): string[] {
  const leaves: string[] = [];
  const walk = (value: JsonValue, path: string) => {
    if (leaves.length >= most) return;
    if (value.kind === 'object')
      for (const [name, one] of value.members) walk(one, path === '' ? name : `${path}.${name}`);
    else if (value.kind === 'array')
      for (const [i, one] of value.items.slice(0, 4).entries()) walk(one, `${path}[${i}]`);
    else if (path !== '') leaves.push(path);
  };
  walk(record, '');
  return leaves;
}
