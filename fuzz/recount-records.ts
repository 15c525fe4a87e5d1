import type { Datasource } from '@sensor-warehouse/model/seeds/configuration';
import type { LandedRow } from './recount';

/**
 * Compares what landed of a JSON document, or of lines of JSON, with what JSON.parse reads: each number must stand in its
 * record, and the time of the row must be the record's seconds since 1970.
 * @returns what is not so, in words
 */
export function recordFaults(text: string, counted: number, landed: readonly LandedRow[], datasource: Datasource) {
  const pointerOf = (label: string) => datasource.pointers.get(label) ?? label;
  const [timeLabel = ''] = datasource.timeColumns;
  const records = recordsOf(text, pointerOf(timeLabel));
  if (records === undefined) return ['what JSON.parse refuses was accepted'];
  const wrong = records.size === counted ? [] : [`${counted} records were counted, ${records.size} are there`];
  for (const { time, line, values } of landed) {
    const record = records.get(line);
    const numberAt = (label: string) => asNumber(memberAt(record, withinRecord(pointerOf(label))));
    if (numberAt(timeLabel) !== time.getTime() / 1000) wrong.push(`record ${line}: ${time.toISOString()} landed`);
    for (const [label, value] of values)
      if (numberAt(label) !== value) wrong.push(`record ${line}, ${label}: ${value} landed of ${numberAt(label)}`);
  }
  return wrong;
}

/** By their numbers: in the list that the pointer names, the root alone, or a line each. */
function recordsOf(text: string, pointer: string): Map<number, unknown> | undefined {
  const root = parsed(text);
  if (root === undefined) {
    const lines = text.split('\n').flatMap((line, i) => (line.trim() === '' ? [] : [[i + 1, parsed(line)] as const]));
    return lines.some(([, record]) => record === undefined) ? undefined : new Map(lines);
  }
  const list = pointer.includes('[]') ? memberAt(root, pointer.split('[]')[0]!) : root;
  return new Map((Array.isArray(list) ? list : [list]).map((record, i) => [i + 1, record]));
}

const withinRecord = (pointer: string) => pointer.replace(/^.*\[\]\.?/, '');

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function memberAt(from: unknown, path: string): unknown {
  return path.split('.').reduce((value, name) => (value as Record<string, unknown> | null | undefined)?.[name], from);
}

/** A number may be written as a text. */
const asNumber = (value: unknown) => (typeof value === 'string' && value.trim() !== '' ? Number(value) : value);
