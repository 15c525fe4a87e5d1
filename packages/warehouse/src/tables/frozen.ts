import { HOUR } from '@sensor-warehouse/model/time/units';

/** How long a value must stay the same to be suspicious. */
const LEAST = 24 * HOUR;
/** After a longer silence, the sensor may have measured something else meanwhile. */
const LONGEST_GAP = 3 * HOUR;

/**
 * Runs of rows in `[start, end)`, ordered by time, that repeat one value for a day or more: a measuring chain that has
 * stopped and still reports. Only a suspicion: a cellar may be that steady.
 */
export function frozenRuns(
  time: Float64Array,
  value: Float64Array,
  start: number,
  end: number,
): { readonly start: number; readonly end: number }[] {
  const runs: { start: number; end: number }[] = [];
  for (let row = start; row < end; ) {
    const first = row++;
    while (row < end && value[row] === value[first] && time[row]! - time[row - 1]! <= LONGEST_GAP) row++;
    if (time[row - 1]! - time[first]! >= LEAST) runs.push({ start: first, end: row });
  }
  return runs;
}
