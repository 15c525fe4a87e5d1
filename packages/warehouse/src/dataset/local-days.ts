import { DAY, HOUR } from '@sensor-warehouse/model/time/units';
import { localStart, type Zone } from '@sensor-warehouse/model/time/zone';

/*
 * Local days are counted from 1970-01-01, as Parquet counts dates: day 0 was a Thursday.
 */

/** The local day of an instant. */
export function localDay(instant: number, zone: Zone): number {
  return Math.floor((instant + zone.offsetAt(instant)) / DAY);
}

/** Like localDay, but quick for instants of the day requested last. */
export function localDays(zone: Zone): (instant: number) => number {
  let [start, end, day] = [Number.NaN, Number.NaN, Number.NaN];
  return (instant) => {
    if (instant >= start && instant < end) return day;
    start = localStart(instant, zone, 'day');
    end = startOfNext(start, zone, 'day');
    day = localDay(instant, zone);
    return day;
  };
}

/** First instant of a local day. */
export function dayStart(day: number, zone: Zone): number {
  const start = zone.resolve(day * DAY);
  return start.kind === 'gap' ? day * DAY - zone.offsetAt(day * DAY - DAY) : start.first;
}

/** The end of the day or week that begins at an instant. */
export function startOfNext(start: number, zone: Zone, level: 'day' | 'week'): number {
  // No day is longer than 25 hours or shorter than 23, so that this falls into the next one.
  return localStart(start + (level === 'day' ? 36 * HOUR : 7 * DAY + 12 * HOUR), zone, level);
}

/** A calendar month of a zone: instants `[start, end)`. */
export interface LocalMonth {
  readonly start: number;
  readonly end: number;
}

const months = new WeakMap<Zone, LocalMonth>();

/** The local month of an instant. */
export function localMonthOf(instant: number, zone: Zone): LocalMonth {
  const last = months.get(zone);
  if (last !== undefined && instant >= last.start && instant < last.end) return last;
  const date = new Date(localDay(instant, zone) * DAY);
  const first = (by: number) => Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + by, 1) / DAY;
  const month = { start: dayStart(first(0), zone), end: dayStart(first(1), zone) };
  months.set(zone, month);
  return month;
}

/** 1 for Monday to 7 for Sunday. */
export function weekdayOf(day: number): number {
  return ((((day + 3) % 7) + 7) % 7) + 1;
}

/** The ISO week of a day: its year is that of its Thursday. */
export function isoWeek(day: number): { readonly year: number; readonly name: string } {
  const thursday = day - weekdayOf(day) + 4;
  const year = new Date(thursday * DAY).getUTCFullYear();
  const number = 1 + Math.floor((thursday - Date.UTC(year, 0, 1) / DAY) / 7);
  return { year, name: `${year}-W${String(number).padStart(2, '0')}` };
}

/** First day of the ISO year: the Monday of the week that holds 4 January. */
export function isoYearStart(year: number): number {
  const fourth = Date.UTC(year, 0, 4) / DAY;
  return fourth - weekdayOf(fourth) + 1;
}
