import { DAY, HOUR } from '@sensor-warehouse/model/time/units';
import { localStart, openZone } from '@sensor-warehouse/model/time/zone';
import type { TimeStep } from '../dataset/series-rows';
import type { Language } from './words';

const LOCALES: Readonly<Record<Language, string>> = { en: 'en-GB', cs: 'cs-CZ' };

/** Numbers and times as a reader of this language and time zone writes them. */
export interface Texts {
  readonly language: Language;
  /** A value with as many digits as tell values of such a size apart. */
  value(value: number, spread?: number): string;
  /** A tick of the axis of values, whose ticks are so far apart. */
  valueTick(value: number, distance: number): string;
  count(count: number): string;
  percent(share: number): string;
  date(instant: number): string;
  /** The date and, of an hour, both its ends, the zone's offset where the clock shows it twice. */
  span(start: number, step: TimeStep): string;
  /** A tick of a time axis. */
  tick(instant: number, unit: 'hour' | 'day' | 'month' | 'year'): string;
  readonly weekdays: readonly string[];
  monthName(month: number): string;
}

/** @param zoneName an IANA zone, or UTC */
export function textsFor(language: Language, zoneName: string): Texts {
  const locale = LOCALES[language];
  const zone = openZone(zoneName);
  const dates = (options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat(locale, { timeZone: zoneName, ...options });
  const formats = {
    date: dates({ day: 'numeric', month: 'short', year: 'numeric' }),
    weekday: dates({ weekday: 'short', day: 'numeric', month: 'short', year: 'numeric' }),
    clock: dates({ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }),
    day: dates({ day: 'numeric', month: 'short' }),
    month: dates({ month: 'short' }),
    monthYear: dates({ month: 'short', year: 'numeric' }),
    year: dates({ year: 'numeric' }),
  };
  const count = new Intl.NumberFormat(locale);
  const percent = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 0 });
  const digits = [0, 1, 2, 3].map(
    (fraction) => new Intl.NumberFormat(locale, { minimumFractionDigits: fraction, maximumFractionDigits: fraction }),
  );
  const offsetName = (instant: number) => {
    const minutes = zone.offsetAt(instant) / (HOUR / 60);
    return `UTC${minutes < 0 ? '−' : '+'}${Math.abs(minutes) / 60}`;
  };
  /** Whether the clock shows this time twice in that night. */
  const isTwice = (instant: number) => zone.resolve(instant + zone.offsetAt(instant)).kind === 'ambiguous';

  return {
    language,
    value: (value, spread = 10) => digits[spread > 400 ? 0 : spread > 0.3 ? 1 : spread > 0.03 ? 2 : 3]!.format(value),
    valueTick: (value, distance) => digits[decimalsOf(distance)]!.format(value),
    count: (value) => count.format(value),
    percent: (share) => percent.format(share),
    date: (instant) => formats.date.format(instant),
    span(start, step) {
      if (step === 'day') return formats.weekday.format(start);
      if (step === 'week') {
        return `${formats.day.format(start)} – ${formats.date.format(localStart(start + 7.5 * DAY, zone, 'day') - 1)}`;
      }
      const twice = isTwice(start) ? ` ${offsetName(start)}` : '';
      return `${formats.weekday.format(start)}, ${formats.clock.format(start)}–${formats.clock.format(start + HOUR)}${twice}`;
    },
    tick(instant, unit) {
      if (unit === 'hour') return formats.clock.format(instant);
      if (unit === 'day') return formats.day.format(instant);
      return unit === 'month' ? formats.month.format(instant) : formats.year.format(instant);
    },
    weekdays: Array.from({ length: 7 }, (_, day) =>
      new Intl.DateTimeFormat(locale, { weekday: 'short', timeZone: 'UTC' }).format((day + 4) * DAY),
    ),
    monthName: (month) =>
      new Intl.DateTimeFormat(locale, { month: 'short', timeZone: 'UTC' }).format(Date.UTC(2024, month, 15)),
  };
}

/** Decimal places, 0 to 3, that ticks at this distance need: 22.5 is not 23. */
export function decimalsOf(distance: number): number {
  const isWhole = (number: number) => Math.abs(number - Math.round(number)) < 1e-6;
  return [0, 1, 2].find((places) => isWhole(distance * 10 ** places)) ?? 3;
}
