import { DAY } from '@sensor-warehouse/model/time/units';
import { openZone, type Zone } from '@sensor-warehouse/model/time/zone';
import { constantInterval, type Intervals, usualSteps } from '../cells/usual-steps';
import type { RowPlan } from '../header/row-plan';
import type { TextFile } from '../text/text-file';
import type { Chunk } from './chunk';
import type { ParticularTimes } from './landing-parts';

/** Undefined where times are the starts of their intervals. */
export async function intervalsOf(file: TextFile, plan: RowPlan): Promise<Intervals | undefined> {
  const { timeLabel, interval } = plan.datasource;
  if (timeLabel === 'start') return undefined;
  return interval === undefined ? usualSteps(file, plan) : constantInterval(interval);
}

/**
 * Makes the instants of a piece's labels those at which their intervals begin.
 * @param names the columns of texts, in the order of the chunk
 */
export function startsOf(
  intervals: Intervals,
  names: readonly { readonly label: string; readonly dictionary: readonly string[] }[],
  { datasource, format }: RowPlan,
): NonNullable<ParticularTimes['toStarts']> {
  const zone = openZone(datasource.timezone);
  const placeOf = (label: string | undefined) => names.findIndex((one) => one.label === label);
  const [sensorAt, quantityAt] = [placeOf(datasource.sensorColumn), placeOf(datasource.quantityColumn)];
  const nameOf = (at: number, chunk: Chunk, row: number) => names[at]?.dictionary[chunk.texts[at]![row]!] ?? '';
  return (instants, chunk) => {
    for (let row = 0; row < instants.length; row++) {
      const interval = intervals.of(nameOf(sensorAt, chunk, row), nameOf(quantityAt, chunk, row));
      const wall = format.absolute ? Number.NaN : chunk.walls[row]!;
      instants[row] = intervalStart(instants[row]!, wall, interval, zone);
    }
  };
}

/**
 * The instant at which an interval begins, of the label that is its end. Whole days are days of the calendar of the zone, of 23 or 25
 * hours where the clocks change; all else is elapsed time.
 *
 * @param wall the label as the file has it; NaN if it says its offset from UTC itself
 * @param interval in milliseconds
 */
export function intervalStart(instant: number, wall: number, interval: number, zone: Zone): number {
  if (interval % DAY !== 0) return instant - interval;
  // The offset is that of the day which ends.
  const start = (Number.isNaN(wall) ? instant + zone.offsetAt(instant - 1) : wall) - interval;
  const { kind, first } = zone.resolve(start);
  return kind === 'gap' ? start - zone.offsetAt(start - DAY) : first;
}
