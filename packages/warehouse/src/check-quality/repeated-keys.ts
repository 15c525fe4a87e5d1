import type { FactTable } from '../tables/read-facts';
import type { Conflict } from '../tables/sensor-conflict';

export interface RepeatedKeys {
  /** Facts that say again what the fact before them said: exports overlap. */
  readonly repeated: number;
  /** Facts that give their key another value than the fact before them. */
  readonly conflicting: number;
  /** Conflicting rows that come from another sensor. */
  readonly conflicts: readonly Conflict[];
}

/** Finds keys that occur more than once; facts of one key are adjacent. */
export function findRepeatedKeys(facts: FactTable): RepeatedKeys {
  const { time, value, sensor, sensors, ordinal, files, line } = facts;
  const conflicts: Conflict[] = [];
  let repeated = 0;
  let conflicting = 0;
  for (const { location, dataKey, start, end } of facts.segments) {
    // The sensor that delivered the current value; a sensor that only repeats it does not count.
    let by = sensor[start]!;
    for (let row = start + 1; row < end; row++) {
      if (time[row] !== time[row - 1]) {
        by = sensor[row]!;
        continue;
      }
      if (value[row] === value[row - 1]) {
        repeated++;
        continue;
      }
      conflicting++;
      if (sensor[row] !== by) {
        conflicts.push({
          location,
          dataKey,
          time: time[row]!,
          sensors: [sensors[by]!, sensors[sensor[row]!]!],
          values: [value[row - 1]!, value[row]!],
          file: files.get(ordinal[row]!) ?? '',
          line: line[row]!,
        });
      }
      by = sensor[row]!;
    }
  }
  return { repeated, conflicting, conflicts };
}
