import type { Every } from '../time/every';
import { type Month, monthStart, shiftMonth } from '../time/month';
import { DAY, HOUR, MINUTE } from '../time/units';
import { localStart, openZone, type Zone } from '../time/zone';
import type { AggregationLevel, Configuration } from './configuration';

/** Windows of one length that begin where the zone's days do. */
export interface Windows {
  readonly every: Every;
  readonly zone: Zone;
}

export const windowsOfLevel = ({ every, timezone }: AggregationLevel): Windows => ({ every, zone: openZone(timezone) });

/** hourly, daily and weekly: `normalized/{additive,nonadditive}_<month>.<level>.csv`. */
export function builtInLevels({ localZone }: Pick<Configuration, 'localZone'>): AggregationLevel[] {
  return [
    { name: 'hourly', every: { unit: 'hour', count: 1 }, timezone: 'UTC' },
    { name: 'daily', every: { unit: 'day', count: 1 }, timezone: localZone },
    { name: 'weekly', every: { unit: 'week', count: 1 }, timezone: localZone },
  ];
}

/**
 * Start of an instant's window: the first instant that shows the wall time at which the window begins, or, where that
 * time is skipped, the first one after it. So every instant is in one window, and no window is in two pieces.
 */
export function windowStart(instant: number, { every, zone }: Windows): number {
  const { unit, count } = every;
  if (unit === 'minute') return Math.floor(instant / (count * MINUTE)) * count * MINUTE;
  // The doubled hour is two hours, though both show the same time.
  if (unit === 'hour' && count === 1) return Math.floor(instant / HOUR) * HOUR;
  if (unit === 'day' || unit === 'week') return localStart(instant, zone, unit);
  const wall = instant + zone.offsetAt(instant);
  const own = unit === 'hour' ? Math.floor(wall / (count * HOUR)) * count * HOUR : monthsBegin(wall, every, 0);
  const next = unit === 'hour' ? own + count * HOUR : monthsBegin(wall, every, 1);
  // A clock that went back over the window's end shows the times of a window that is over.
  const following = firstShown(next, zone);
  return following <= instant ? following : firstShown(own, zone);
}

/** Where a run of months (from January on) that holds a wall time begins, or the one `by` runs later. */
function monthsBegin(wall: number, { unit, count }: Every, by: number): number {
  const length = unit === 'year' ? 12 : count;
  const date = new Date(wall);
  const run = Math.floor(date.getUTCMonth() / length) + by;
  return Date.UTC(date.getUTCFullYear(), run * length, 1);
}

function firstShown(wall: number, zone: Zone): number {
  const { kind, first } = zone.resolve(wall);
  return kind === 'gap' ? wall - zone.offsetAt(wall - DAY) : first;
}

/** As windowStart; quick for instants of the day that was asked for last. */
export function windowStarts(windows: Windows): (instant: number) => number {
  if (windows.every.unit === 'minute' || windows.every.unit === 'hour')
    return (instant) => windowStart(instant, windows);
  let lastDay = Number.NaN;
  let start = Number.NaN;
  return (instant) => {
    const day = Math.floor((instant + windows.zone.offsetAt(instant)) / DAY);
    if (day !== lastDay) {
      lastDay = day;
      start = windowStart(instant, windows);
    }
    return start;
  };
}

/** The month that a window belongs to: the local one of its start. */
export function monthOfWindow(start: number, { zone }: Windows): Month {
  return new Date(start + zone.offsetAt(start)).toISOString().slice(0, 7);
}

/**
 * Instants `[from, to)` that hold every hour of the windows that begin in a month, and no more than some days around
 * them: no zone is further than a day from UTC.
 */
export function reachOfMonth(month: Month, { every }: Windows): readonly [from: number, to: number] {
  const next = shiftMonth(month, 1);
  const from = monthStart(month) - DAY;
  if (every.unit === 'year') return [from, monthStart(shiftMonth(next, 12)) + DAY];
  if (every.unit === 'month') return [from, monthStart(shiftMonth(next, every.count)) + DAY];
  return [from, monthStart(next) + (every.unit === 'week' ? 9 : 2) * DAY];
}

/** The months in which windows begin that hold an instant of a UTC month. */
export function monthsReached(month: Month, windows: Windows): Month[] {
  const last = monthOfWindow(windowStart(monthStart(shiftMonth(month, 1)) - 1, windows), windows);
  const months: Month[] = [];
  for (let one = monthOfWindow(windowStart(monthStart(month), windows), windows); one <= last; one = shiftMonth(one, 1))
    months.push(one);
  return months;
}
