import type { DataKey, Exclusion } from '@sensor-warehouse/model/seeds/configuration';
import { frozenRuns } from './frozen';
import type { ReadingTable } from './read-facts';

/** Bits of a reading's `flags`. One that is out of range or excluded stays in the archive and enters no aggregate. */
export const OUT_OF_RANGE = 1;
export const EXCLUDED = 2;
/** Suspected only: it counts like any other (see frozenRuns). */
export const FROZEN = 4;

/** The bits that keep a reading out of every aggregate. */
export const LEFT_OUT = OUT_OF_RANGE | EXCLUDED;

/** Flags per reading: outside the plausible range of its data_key, excluded by the seed, or standing still for a day. */
export function flagReadings(
  readings: ReadingTable,
  datasource: string,
  dataKeys: ReadonlyMap<string, DataKey>,
  exclusions: readonly Exclusion[],
): Int32Array {
  const flags = new Int32Array(readings.time.length);
  for (const { location, measurement, dataKey, start, end } of readings.segments) {
    // An additive value stays at 0 whenever nothing happens.
    const runs = measurement === 'additive' ? [] : frozenRuns(readings.time, readings.value, start, end);
    for (const run of runs) flags.fill(FROZEN, run.start, run.end);
    const range = dataKeys.get(dataKey);
    const minimum = range?.minimum ?? Number.NEGATIVE_INFINITY;
    const maximum = range?.maximum ?? Number.POSITIVE_INFINITY;
    for (let row = start; row < end; row++) {
      const value = readings.value[row]!;
      if (value < minimum || value > maximum) flags[row]! |= OUT_OF_RANGE;
    }
    for (const exclusion of exclusions) {
      if (exclusion.datasource !== datasource || exclusion.location !== location || exclusion.dataKey !== dataKey)
        continue;
      for (let row = start; row < end; row++) {
        if (readings.time[row]! >= exclusion.from && readings.time[row]! < exclusion.to) flags[row]! |= EXCLUDED;
      }
    }
  }
  return flags;
}
