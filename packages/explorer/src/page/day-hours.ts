import { DAY, HOUR } from '@sensor-warehouse/model/time/units';
import { localStart, type Zone } from '@sensor-warehouse/model/time/zone';

/** What a clock shows between two full hours of a local day: no hour, one, or in autumn the same one twice. */
export interface ClockHour {
  /** Instants at which an hour with this name begins, in order. */
  readonly starts: readonly number[];
}

/** The 24 hours that the clock of a zone names on the local day that begins at `day`. */
export function clockHours(day: number, zone: Zone): ClockHour[] {
  const hours = Array.from({ length: 24 }, (): number[] => []);
  const end = localStart(day + 1.5 * DAY, zone, 'day');
  for (let at = day; at < end; at += HOUR) hours[Math.floor((at + zone.offsetAt(at)) / HOUR) % 24]!.push(at);
  return hours.map((starts) => ({ starts }));
}

/** Every local day that reaches into a period, by its start. */
export function daysBetween(from: number, to: number, zone: Zone): number[] {
  const days: number[] = [];
  for (let day = localStart(from, zone, 'day'); day < to; day = localStart(day + 1.5 * DAY, zone, 'day'))
    days.push(day);
  return days;
}
