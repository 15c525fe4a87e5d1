import type { Measurement } from '@sensor-warehouse/model/readings/readings';
import type { Configuration } from '@sensor-warehouse/model/seeds/configuration';
import { openZone } from '@sensor-warehouse/model/time/zone';
import { hourOfLabel, hourOfReading, type LabelFault, type LabelReading } from '../layout/label-reading';
import type { HourSeries } from '../tables/hour-series';
import type { SeriesTable, TimedSeries } from './timed-series';

/** The kind of a file's rows: single readings, or hours. */
export type Detail = 'readings' | 'hours';

/** Why a row gives no hour. */
export type LegacyFault = LabelFault | 'unreadable' | 'left-out' | 'other-measurement';

/** The content of a file of the old pipeline: rows = Σ rows of its hours + Σ rejected + repeated. */
export interface LegacyFile {
  readonly rows: number;
  readonly series: readonly HourSeries[];
  readonly rejected: Readonly<Partial<Record<LegacyFault, number>>>;
  /** Rows for an hour that an earlier row of the file had given. */
  readonly repeated: number;
  /** Those that have another value than the previous one; the last one stays. */
  readonly conflicting: number;
}

/**
 * Turns the rows of an old file into hours with their true instants.
 * @param locations name in the file → internal name; undefined for a location that is left out
 */
export function toHours(
  table: SeriesTable,
  detail: Detail,
  labels: LabelReading,
  locations: ReadonlyMap<string, string | undefined>,
  { dataKeys }: Configuration,
): LegacyFile {
  const rejected: Partial<Record<LegacyFault, number>> = {};
  const reject = (fault: LegacyFault, rows: number) => {
    if (rows > 0) rejected[fault] = (rejected[fault] ?? 0) + rows;
  };
  reject('unreadable', table.unreadable);
  const zone = openZone(labels.zone);
  const hourOf = (time: number) => (detail === 'hours' ? hourOfLabel(time, labels, zone) : hourOfReading(time, zone));
  const series: HourSeries[] = [];
  let repeated = 0;
  let conflicting = 0;
  for (const one of table.series) {
    const location = locations.get(one.location);
    // The old pipeline called everything nonadditive: a mean of what should be summed can be used for nothing.
    if (location === undefined) reject('left-out', one.count);
    else if (dataKeys.get(one.dataKey)?.measurement !== one.measurement) reject('other-measurement', one.count);
    else {
      const read = hoursOf(one, hourOf, detail, reject);
      repeated += read.repeated;
      conflicting += read.conflicting;
      if (read.hour.length === 0) continue;
      const { source, dataKey } = one;
      const measurement = one.measurement as Measurement;
      series.push({ location, source, measurement, dataKey, hour: read.hour, value: read.value, rows: read.rows });
    }
  }
  return { rows: table.rows, series, rejected, repeated, conflicting };
}

function hoursOf(
  { count, time, value, measurement }: TimedSeries,
  hourOf: (time: number) => number | LabelFault,
  detail: Detail,
  reject: (fault: LegacyFault, rows: number) => void,
) {
  const found = new Map<number, { value: number; rows: number }>();
  const seen = new Set<number>();
  let repeated = 0;
  let conflicting = 0;
  for (let row = 0; row < count; row++) {
    const hour = hourOf(time[row]!);
    if (typeof hour !== 'number') {
      reject(hour, 1);
      continue;
    }
    const known = found.get(hour);
    if (known === undefined) found.set(hour, { value: value[row]!, rows: 1 });
    else if (detail === 'hours') {
      repeated++;
      if (known.value !== value[row]) conflicting++;
      known.value = value[row]!;
    } else if (seen.has(time[row]!)) repeated++;
    else {
      known.value += value[row]!;
      known.rows++;
    }
    if (detail === 'readings') seen.add(time[row]!);
  }
  const hours = [...found.keys()].sort((a, b) => a - b);
  const valueAt = (hour: number) => {
    const one = found.get(hour)!;
    return detail === 'readings' && measurement === 'nonadditive' ? one.value / one.rows : one.value;
  };
  return {
    hour: Float64Array.from(hours),
    value: Float64Array.from(hours, valueAt),
    rows: Int32Array.from(hours, (hour) => found.get(hour)!.rows),
    repeated,
    conflicting,
  };
}
