import { DAY } from './units';

/**
 * A declared strptime format of numbers, compiled to read bytes (with words: compileWorded). Known: %Y %y %m %d %H %M %S, literals, and one optional part in
 * brackets at the end, as in `%H:%M[:%S]`. Numbers may have fewer digits than their width (`9:05`), as phones write
 * them; a year has all of them, and one of two digits is of this century.
 */
export interface DatetimeFormat {
  readonly text: string;
  /** Whether the times are instants; else they are wall times of the source's zone. */
  readonly absolute: boolean;
  /**
   * Wall time of `bytes[start, end)` in milliseconds as if it were UTC, or the instant.
   * NaN if the text does not have the format; also for dates that do not exist (31.02.), which are never rolled over.
   */
  read(bytes: Uint8Array, start: number, end: number): number;
  /** Whether the text begins with the same date and hour as the one that was read last. */
  isLastHour(bytes: Uint8Array, start: number, end: number): boolean;
  /** The name of a zone that nobody declared, where everything else of the text has the format. */
  undeclaredZone?(bytes: Uint8Array, start: number, end: number): string | undefined;
}

const YEAR = 0;
const MONTH = 1;
const DAY_OF_MONTH = 2;
const HOUR = 3;
const MINUTE = 4;
const SECOND = 5;
const YEAR_OF_CENTURY = 6;
const FIELDS: Readonly<Record<string, number>> = {
  Y: YEAR,
  m: MONTH,
  d: DAY_OF_MONTH,
  H: HOUR,
  M: MINUTE,
  S: SECOND,
  y: YEAR_OF_CENTURY,
};
const CENTURY = 2000;
const DAYS_IN_MONTH = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const PERCENT = 0x25;
const LONGEST_HOUR = 40;
const ZERO = 0x30;
/** From 1 March of the year 0 to 1 January 1970. */
const DAYS_TO_EPOCH = 719_468;

/** @throws RangeError for a directive that is not known, one that occurs twice, and a format without a whole date */
export function compileFormat(text: string): DatetimeFormat {
  const { operations, optionalFrom, hourUntil } = parse(text);
  const fields = new Int32Array(7);
  // Neighbouring rows are mostly of one hour: its text is compared before it is read.
  const lastText = new Uint8Array(LONGEST_HOUR);
  const endsInNumber = hourUntil > 0 && operations[hourUntil - 1]! >= 0;
  let lastLength = -1;
  let lastDay = Number.NaN;
  let lastHour = 0;

  const isLastHour = (bytes: Uint8Array, start: number, end: number): boolean => {
    const until = start + lastLength;
    if (lastLength < 0 || until > end) return false;
    // The text differs most at its end.
    for (let i = lastLength - 1; i >= 0; i--) if (bytes[start + i] !== lastText[i]) return false;
    return !(endsInNumber && until < end && isDigit(bytes[until]!));
  };
  const remember = (bytes: Uint8Array, start: number, end: number, day: number, hour: number): void => {
    lastLength = end - start <= LONGEST_HOUR ? end - start : -1;
    for (let i = 0; i < lastLength; i++) lastText[i] = bytes[start + i]!;
    lastDay = day;
    lastHour = hour;
  };

  const read = (bytes: Uint8Array, start: number, end: number): number => {
    const known = isLastHour(bytes, start, end);
    let at = known ? start + lastLength : start;
    let hourEnd = at;
    fields[HOUR] = fields[MINUTE] = fields[SECOND] = 0;
    for (let i = known ? hourUntil : 0; i < operations.length; i++) {
      if (i === hourUntil) hourEnd = at;
      if (i === optionalFrom && at === end) break;
      const operation = operations[i]!;
      if (operation < 0) {
        if (at >= end || bytes[at] !== -operation) return Number.NaN;
        at++;
        continue;
      }
      const first = at;
      let value = 0;
      for (const stop = Math.min(at + (operation === YEAR ? 4 : 2), end); at < stop; at++) {
        const byte = bytes[at]!;
        if (!isDigit(byte)) break;
        value = value * 10 + byte - ZERO;
      }
      if (at === first) return Number.NaN;
      fields[operation] = value;
      if (operation === YEAR) {
        if (at - first !== 4) return Number.NaN;
      } else if (operation === YEAR_OF_CENTURY) {
        if (at - first !== 2) return Number.NaN;
        fields[YEAR] = CENTURY + value;
      }
    }
    if (at !== end) return Number.NaN;
    const minute = fields[MINUTE]!;
    const second = fields[SECOND]!;
    if (!known) {
      const day = dayNumber(fields[YEAR]!, fields[MONTH]!, fields[DAY_OF_MONTH]!);
      const hour = fields[HOUR]!;
      if (hourUntil > 0) remember(bytes, start, hourEnd, day, hour);
      return instantOf(day, hour, minute, second);
    }
    return instantOf(lastDay, lastHour, minute, second);
  };
  return { text, absolute: false, read, isLastHour };
}

interface Parsed {
  /** Field numbers, and literal bytes as negative numbers. */
  readonly operations: readonly number[];
  /** A value may end before this operation. */
  readonly optionalFrom: number;
  /** All of the date comes before this operation, and nothing finer than the hour; 0 if there is no such place. */
  readonly hourUntil: number;
}

function parse(text: string): Parsed {
  const bracket = /^([^[\]]*)(?:\[([^[\]]+)\])?$/.exec(text);
  if (bracket === null) throw new RangeError('a date format may have one optional part in brackets, at its end');
  const [, always = '', optional = ''] = bracket;
  const operations: number[] = [];
  const read = (part: string) => {
    const source = Buffer.from(part, 'utf8');
    for (let i = 0; i < source.length; i++) {
      if (source[i] !== PERCENT) {
        operations.push(-source[i]!);
        continue;
      }
      const directive = String.fromCharCode(source[++i] ?? 0x20);
      const field = FIELDS[directive];
      if (field === undefined) throw new RangeError(`%${directive} is not a known part of a date format`);
      if (operations.includes(field)) throw new RangeError(`%${directive} occurs twice`);
      operations.push(field);
    }
  };
  read(always);
  const optionalFrom = operations.length;
  if (operations.filter(isYear).length !== 1 || !operations.includes(MONTH) || !operations.includes(DAY_OF_MONTH)) {
    throw new RangeError('a date format must name one year, one month and one day');
  }
  const finer = operations.findIndex((operation) => operation === MINUTE || operation === SECOND);
  const dateUntil =
    operations.findLastIndex((operation) => operation === DAY_OF_MONTH || operation === MONTH || isYear(operation)) + 1;
  const hourUntil = finer < 0 ? optionalFrom : finer;
  read(optional);
  return { operations, optionalFrom, hourUntil: dateUntil <= hourUntil ? hourUntil : 0 };
}

function isDigit(byte: number): boolean {
  return byte >= ZERO && byte <= ZERO + 9;
}

/** NaN where there is no such time. ISO 8601 allows 24:00 for the end of a day; nothing later than it. */
export function instantOf(day: number, hour: number, minute: number, second: number): number {
  if (minute > 59 || second > 59 || hour > 24 || (hour === 24 && minute + second > 0)) return Number.NaN;
  return day * DAY + hour * 3_600_000 + minute * 60_000 + second * 1000;
}

function isYear(operation: number): boolean {
  return operation === YEAR || operation === YEAR_OF_CENTURY;
}

/**
 * Days since the epoch, NaN for a date that does not exist. Counted in years that begin in March, so that the leap day
 * comes last (Howard Hinnant, «chrono-Compatible Low-Level Date Algorithms»).
 */
export function dayNumber(year: number, month: number, day: number): number {
  if (month < 1 || month > 12 || day < 1) return Number.NaN;
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const last = month === 2 && leap ? 29 : DAYS_IN_MONTH[month - 1]!;
  if (day > last) return Number.NaN;
  const marchYear = month > 2 ? year : year - 1;
  const monthsSinceMarch = (month + 9) % 12;
  const leapDays = Math.floor(marchYear / 4) - Math.floor(marchYear / 100) + Math.floor(marchYear / 400);
  return 365 * marchYear + leapDays + Math.floor((153 * monthsSinceMarch + 2) / 5) + day - 1 - DAYS_TO_EPOCH;
}
