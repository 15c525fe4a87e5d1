import type { DataKey, Exclusion } from '@sensor-warehouse/model/configuration';
import type { ReadingTable } from './read-facts';

/** Bits of a reading's `flags`; 0 is a good reading. A flagged one stays in the archive and enters no aggregate. */
export const OUT_OF_RANGE = 1;
export const EXCLUDED = 2;

/** One byte of flags per reading: outside the plausible range of its data_key, or excluded by the seed. */
export function flagReadings(
  readings: ReadingTable,
  datasource: string,
  dataKeys: ReadonlyMap<string, DataKey>,
  exclusions: readonly Exclusion[],
): Int32Array {
  const flags = new Int32Array(readings.time.length);
  for (const { location, dataKey, start, end } of readings.segments) {
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
