import { compareKeys, type FactTable, type KeySegment, lowerBound, type ReadingTable } from './read-facts';
import type { Conflict } from './sensor-conflict';

export interface MergeCounts {
  /** Facts whose key was not there. */
  readonly added: number;
  /** Facts that gave a key another value: the later one wins. */
  readonly replaced: number;
  /** Facts that said again what was known. */
  readonly repeated: number;
}

export interface Merged extends MergeCounts {
  readonly readings: ReadingTable;
  readonly conflicts: readonly Conflict[];
  /** How many of the replaced have both values in one file. */
  readonly replacedWithin: number;
}

export const NO_READINGS: ReadingTable = {
  time: new Float64Array(0),
  value: new Float64Array(0),
  sensor: new Int32Array(0),
  sensors: [],
  segments: [],
};

/**
 * Merges a delivery into the known readings, by key, for the instants in `[from, to)`. Rows of one key are taken in
 * their order, so a later upload, and within it a later line, wins. Merging the same facts twice changes nothing.
 *
 * @param known unique by key and instant, within `[from, to)`
 */
export function merge(known: ReadingTable, facts: FactTable, from: number, to: number): Merged {
  const slices = facts.segments.map((segment) => ({
    segment,
    start: lowerBound(facts.time, segment.start, segment.end, from),
    end: lowerBound(facts.time, segment.start, segment.end, to),
  }));
  const most = known.time.length + slices.reduce((total, { start, end }) => total + end - start, 0);
  const time = new Float64Array(most);
  const value = new Float64Array(most);
  const sensor = new Int32Array(most);
  const sensors = [...known.sensors];
  const codeOf = new Map(sensors.map((name, code) => [name, code]));
  const translated = facts.sensors.map((name) => {
    const code = codeOf.get(name) ?? sensors.length;
    if (!codeOf.has(name)) {
      codeOf.set(name, code);
      sensors.push(name);
    }
    return code;
  });
  const segments: KeySegment[] = [];
  const conflicts: Conflict[] = [];
  let added = 0;
  let replaced = 0;
  let repeated = 0;
  let replacedWithin = 0;
  let out = 0;

  const copyKnown = (start: number, end: number) => {
    time.set(known.time.subarray(start, end), out);
    value.set(known.value.subarray(start, end), out);
    sensor.set(known.sensor.subarray(start, end), out);
    out += end - start;
  };
  const mergeSegment = (a: KeySegment | undefined, b: (typeof slices)[number] | undefined) => {
    const key = a ?? b!.segment;
    const start = out;
    let i = a?.start ?? 0;
    const iEnd = a?.end ?? 0;
    let j = b?.start ?? 0;
    const jEnd = b?.end ?? 0;
    while (j < jEnd) {
      const instant = facts.time[j]!;
      const next = lowerBoundNear(known.time, i, iEnd, instant);
      if (next > i) {
        copyKnown(i, next);
        i = next;
      }
      if (i < iEnd && known.time[i] === instant) {
        // Not by copyKnown: its views of one row each take longer than the whole merge.
        time[out] = instant;
        value[out] = known.value[i]!;
        sensor[out++] = known.sensor[i++]!;
      } else {
        time[out] = instant;
        value[out] = facts.value[j]!;
        sensor[out] = translated[facts.sensor[j]!]!;
        out++;
        added++;
        j++;
      }
      let deliveredBy = j > b!.start && facts.time[j - 1] === instant ? facts.ordinal[j - 1]! : -1;
      for (; j < jEnd && facts.time[j] === instant; j++) {
        const at = out - 1;
        const by = translated[facts.sensor[j]!]!;
        const sameFile = facts.ordinal[j] === deliveredBy;
        deliveredBy = facts.ordinal[j]!;
        if (facts.value[j] === value[at]) {
          repeated++;
          continue;
        }
        if (by !== sensor[at]) {
          conflicts.push({
            location: key.location,
            dataKey: key.dataKey,
            time: instant,
            sensors: [sensors[sensor[at]!]!, sensors[by]!],
            values: [value[at]!, facts.value[j]!],
            file: facts.files.get(facts.ordinal[j]!) ?? '',
            line: facts.line[j]!,
          });
        }
        if (sameFile) replacedWithin++;
        value[at] = facts.value[j]!;
        sensor[at] = by;
        replaced++;
      }
    }
    if (i < iEnd) copyKnown(i, iEnd);
    if (out > start) segments.push({ ...key, start, end: out });
  };

  let k = 0;
  let f = 0;
  while (k < known.segments.length || f < slices.length) {
    const a = known.segments[k];
    const b = slices[f];
    const order = a === undefined ? 1 : b === undefined ? -1 : compareKeys(a, b.segment);
    mergeSegment(order <= 0 ? a : undefined, order >= 0 ? b : undefined);
    if (order <= 0) k++;
    if (order >= 0) f++;
  }
  return {
    readings: {
      time: time.subarray(0, out),
      value: value.subarray(0, out),
      sensor: sensor.subarray(0, out),
      sensors,
      segments,
    },
    added,
    replaced,
    repeated,
    conflicts,
    replacedWithin,
  };
}

/**
 * Whether merging changed nothing in the end. The counts do not show it: a delivery may replace a value and then put it back.
 * @param after what merging made of `before`; it never takes a key away
 */
export function sameValues(before: ReadingTable, after: ReadingTable): boolean {
  return before.value.length === after.value.length && before.value.every((value, row) => value === after.value[row]);
}

/** Like lowerBound, but tries the next rows first: deliveries mostly follow the known readings. */
function lowerBoundNear(time: Float64Array, start: number, end: number, instant: number): number {
  for (let at = start; at < start + 4; at++) if (at >= end || time[at]! >= instant) return at;
  return lowerBound(time, start, end, instant);
}
