import { DAY, HOUR } from './units';

/** Offset rules of one IANA time zone, found with the platform's own database (Intl) and cached by day. */
export interface Zone {
  readonly name: string;
  /** Offset from UTC in milliseconds at an instant (east is positive). */
  offsetAt(instant: number): number;
  /** How a wall-clock time (milliseconds as if it were UTC) maps to instants. */
  resolve(wall: number): WallTime;
}

/** 0, 1 or 2 instants show the same wall time: in the spring gap, normally, and in the doubled autumn hour. */
export interface WallTime {
  readonly kind: 'gap' | 'unique' | 'ambiguous';
  /** The first (or only) instant; NaN in a gap. */
  readonly first: number;
  /** The second instant where the hour is doubled, otherwise the same as `first`. */
  readonly second: number;
  /** For the label of an interval's end (endLabels): whether the doubled hour begins there, or ends there. */
  readonly edge?: 'begin' | 'end';
}

/** A zone's rules do not change while we run, and what was found out about its days is worth keeping. */
const opened = new Map<string, Zone>();

/**
 * @param name of the IANA, or a fixed offset such as `+05:30`
 * @throws RangeError if the platform does not know the zone
 */
export function openZone(name: string): Zone {
  if (name === 'UTC' || name === 'Etc/UTC') return UTC;
  const [, sign, hours, minutes] = /^([+-])(0\d|1[0-4]):([0-5]\d)$/.exec(name) ?? [];
  if (sign !== undefined) {
    return fixedZone(name, (sign === '-' ? -1 : 1) * (Number(hours) * HOUR + Number(minutes) * (HOUR / 60)));
  }
  const known = opened.get(name);
  if (known !== undefined) return known;
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: name,
    calendar: 'iso8601',
    numberingSystem: 'latn',
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  const measured = new Map<number, number>();
  const measure = (instant: number): number => {
    const known = measured.get(instant);
    if (known !== undefined) return known;
    const part: Record<string, number> = {};
    for (const { type, value } of format.formatToParts(instant)) part[type] = Number(value);
    const wall = Date.UTC(part.year!, part.month! - 1, part.day!, part.hour!, part.minute!, part.second!);
    const offset = wall - Math.floor(instant / 1000) * 1000;
    if (measured.size > 100_000) measured.clear();
    measured.set(instant, offset);
    return offset;
  };
  // One look at both ends of a UTC day shows that its offset is constant; only days with a change are searched.
  const days = new Map<number, { before: number; after: number; change: number }>();
  const dayRules = (day: number) => {
    let rules = days.get(day);
    if (rules === undefined) {
      const before = measure(day * DAY);
      const after = measure((day + 1) * DAY);
      let change = (day + 1) * DAY;
      if (before !== after) {
        let low = day * DAY;
        let high = (day + 1) * DAY;
        while (high - low > 1000) {
          const middle = Math.floor((low + high) / 2000) * 1000;
          if (measure(middle) === before) low = middle;
          else high = middle;
        }
        change = high;
      }
      rules = { before, after, change };
      days.set(day, rules);
    }
    return rules;
  };
  const offsetAt = (instant: number): number => {
    const rules = dayRules(Math.floor(instant / DAY));
    return instant < rules.change ? rules.before : rules.after;
  };
  const resolve = (wall: number): WallTime => {
    const early = offsetAt(wall - DAY);
    const late = offsetAt(wall + DAY);
    const one = wall - early;
    if (early === late) return { kind: 'unique', first: one, second: one };
    const two = wall - late;
    const oneHolds = offsetAt(one) === early;
    const twoHolds = offsetAt(two) === late;
    if (oneHolds && twoHolds && one !== two) {
      return { kind: 'ambiguous', first: Math.min(one, two), second: Math.max(one, two) };
    }
    if (oneHolds) return { kind: 'unique', first: one, second: one };
    if (twoHolds) return { kind: 'unique', first: two, second: two };
    return { kind: 'gap', first: Number.NaN, second: Number.NaN };
  };
  const zone = { name, offsetAt, resolve };
  opened.set(name, zone);
  return zone;
}

const UTC = fixedZone('UTC', 0);

function fixedZone(name: string, offset: number): Zone {
  return {
    name,
    offsetAt: () => offset,
    resolve: (wall) => ({ kind: 'unique', first: wall - offset, second: wall - offset }),
  };
}

/** The name of a zone that is always so far from UTC, in milliseconds: `Etc/GMT-1` is an hour east, `+05:30` is not whole hours. */
export function fixedZoneName(offset: number): string {
  if (offset === 0) return 'UTC';
  const hours = offset / HOUR;
  // The signs of these names are those of POSIX: west is positive.
  if (Number.isInteger(hours)) return `Etc/GMT${hours > 0 ? '-' : '+'}${Math.abs(hours)}`;
  const two = (value: number) => String(value).padStart(2, '0');
  const minutes = Math.abs(offset) / (HOUR / 60);
  return `${offset < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}:${two(Math.floor(minutes % 60))}`;
}

/** The smaller of the offsets that a zone has in the year around an instant: that of standard time, in milliseconds. */
export function standardOffset(name: string, instant: number): number {
  const zone = openZone(name);
  return Math.min(zone.offsetAt(instant - 183 * DAY), zone.offsetAt(instant), zone.offsetAt(instant + 183 * DAY));
}

/**
 * The zone for labels that are the end of an interval. What ends where a gap begins was measured before it, though no clock shows
 * that time; and what ends where a doubled hour ends may end either pass, because programs that add the interval to its
 * start on the wall write that time after the first pass, too.
 */
export function endLabels({ name, offsetAt, resolve }: Zone): Zone {
  return {
    name,
    offsetAt,
    resolve(wall) {
      const here = resolve(wall);
      const before = resolve(wall - 1);
      if (here.kind === 'gap' && before.kind !== 'gap')
        return { kind: 'unique', first: before.second + 1, second: before.second + 1 };
      if (here.kind === 'unique' && before.kind === 'ambiguous')
        return { kind: 'ambiguous', first: before.first + 1, second: here.first, edge: 'end' };
      return here.kind === 'ambiguous' && before.kind !== 'ambiguous' ? { ...here, edge: 'begin' } : here;
    },
  };
}

/** Instant of the local midnight that begins the day (or, with `week`, the ISO week) of an instant. */
export function localStart(instant: number, zone: Zone, level: 'day' | 'week'): number {
  const wall = instant + zone.offsetAt(instant);
  let day = Math.floor(wall / DAY);
  // 1970-01-01 was a Thursday: day 4 of that numbering is a Monday.
  if (level === 'week') day -= (((day - 4) % 7) + 7) % 7;
  const start = zone.resolve(day * DAY);
  // A zone may skip midnight itself: the day then begins at the first instant that belongs to it.
  return start.kind === 'gap' ? day * DAY - zone.offsetAt(day * DAY - DAY) : start.first;
}
