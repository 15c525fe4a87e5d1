import { DAY, HOUR } from '@sensor-warehouse/model/time/units';
import { localStart, type Zone } from '@sensor-warehouse/model/time/zone';

export interface TimeTick {
  readonly at: number;
  /** How the tick is written; where a larger unit begins, that unit is. */
  readonly unit: 'hour' | 'day' | 'month' | 'year';
}

/** Distances of ticks, the narrowest first. */
const DISTANCES = [
  ...[1, 2, 3, 6, 12].map((count) => ({ unit: 'hour' as const, count, length: count * HOUR })),
  ...[1, 2, 7, 14].map((count) => ({ unit: 'day' as const, count, length: count * DAY })),
  ...[1, 2, 3, 6].map((count) => ({ unit: 'month' as const, count, length: count * 30.4 * DAY })),
  ...[1, 2, 5, 10].map((count) => ({ unit: 'year' as const, count, length: count * 365 * DAY })),
];

/**
 * Ticks at full hours, days, months or years of a zone. Over a clock change the hours of the clock keep their names: a day of
 * 23 hours has its ticks at the same times on the wall as others.
 * @param most ticks that have room
 */
export function timeTicks(from: number, to: number, zone: Zone, most: number): TimeTick[] {
  const distance = DISTANCES.find(({ length }) => (to - from) / length <= most) ?? DISTANCES.at(-1)!;
  const days = distance.unit === 'hour' || distance.unit === 'day';
  const ticks = days ? dayTicks(from, to, zone, distance) : monthTicks(from, to, zone, distance);
  return ticks.filter(({ at }) => at >= from && at <= to);
}

interface Distance {
  readonly unit: TimeTick['unit'];
  readonly count: number;
}

function dayTicks(from: number, to: number, zone: Zone, { unit, count }: Distance): TimeTick[] {
  const ticks: TimeTick[] = [];
  for (let day = localStart(from, zone, 'day'); day <= to; day = localStart(day + 1.5 * DAY, zone, 'day')) {
    const wall = day + zone.offsetAt(day);
    if (unit === 'day') {
      // Monday is day 4 since 1970, so that weeks begin with it.
      if ((Math.round(wall / DAY) - 4) % count === 0) ticks.push({ at: day, unit });
      continue;
    }
    ticks.push({ at: day, unit: 'day' });
    for (let hour = count; hour < 24; hour += count) {
      const { kind, first } = zone.resolve(wall + hour * HOUR);
      if (kind !== 'gap') ticks.push({ at: first, unit });
    }
  }
  return ticks;
}

function monthTicks(from: number, to: number, zone: Zone, { unit, count }: Distance): TimeTick[] {
  const months = unit === 'year' ? 12 * count : count;
  const start = new Date(from + zone.offsetAt(from));
  const first = start.getUTCFullYear() * 12 + start.getUTCMonth();
  const ticks: TimeTick[] = [];
  for (let month = Math.floor(first / months) * months; ; month += months) {
    const { first: at } = zone.resolve(Date.UTC(Math.floor(month / 12), month % 12, 1));
    if (at > to) return ticks;
    ticks.push({ at, unit: month % 12 === 0 ? 'year' : 'month' });
  }
}
