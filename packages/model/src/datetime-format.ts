/**
 * A declared strptime format, compiled to read bytes. Known: %Y %y %m %d %H %M %S, literals, and one optional part in
 * brackets at the end, as in `%H:%M[:%S]`. Numbers may have fewer digits than their width (`9:05`), as phones write
 * them; a year has all of them, and one of two digits is of this century.
 */
export interface DatetimeFormat {
  readonly text: string;
  /**
   * Wall time of `bytes[start, end)` in milliseconds as if it were UTC.
   * NaN if the text does not have the format; also for dates that do not exist (31.02.), which are never rolled over.
   */
  read(bytes: Uint8Array, start: number, end: number): number;
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
const DAY = 86_400_000;
const PERCENT = 0x25;
const LONGEST_DATE = 40;

/** @throws RangeError for a directive that is not known, one that stands twice, and a format without a whole date */
export function compileFormat(text: string): DatetimeFormat {
  const { operations, optionalFrom, dateUntil, dateFirst } = parse(text);
  const fields = new Int32Array(7);
  // Neighbouring rows are mostly of one day: where the date comes first, its text is compared before it is read.
  const lastText = new Uint8Array(LONGEST_DATE);
  let lastLength = -1;
  let lastDay = Number.NaN;

  const startsWithLastDate = (bytes: Uint8Array, start: number, end: number): boolean => {
    if (lastLength < 0 || start + lastLength > end) return false;
    for (let i = 0; i < lastLength; i++) if (bytes[start + i] !== lastText[i]) return false;
    const next = bytes[start + lastLength]! - 0x30;
    return start + lastLength === end || next < 0 || next > 9;
  };
  const remember = (bytes: Uint8Array, start: number, end: number): void => {
    lastLength = end - start <= LONGEST_DATE ? end - start : -1;
    for (let i = 0; i < lastLength; i++) lastText[i] = bytes[start + i]!;
  };

  const read = (bytes: Uint8Array, start: number, end: number): number => {
    fields[HOUR] = fields[MINUTE] = fields[SECOND] = 0;
    const sameDate = startsWithLastDate(bytes, start, end);
    let at = sameDate ? start + lastLength : start;
    let day = lastDay;
    for (let i = sameDate ? dateUntil : 0; i < operations.length; i++) {
      if (i === optionalFrom && at === end) break;
      const operation = operations[i]!;
      if (operation < 0) {
        if (at >= end || bytes[at] !== -operation) return Number.NaN;
        at++;
        continue;
      }
      const width = operation === YEAR ? 4 : 2;
      const stop = Math.min(at + width, end);
      const first = at;
      let value = 0;
      for (; at < stop; at++) {
        const digit = bytes[at]! - 0x30;
        if (digit < 0 || digit > 9) break;
        value = value * 10 + digit;
      }
      if (at === first) return Number.NaN;
      if (isYear(operation)) {
        if (at - first !== width) return Number.NaN;
        fields[YEAR] = operation === YEAR ? value : CENTURY + value;
      } else fields[operation] = value;
      if (i === dateUntil - 1) {
        day = lastDay = dayNumber(fields[YEAR]!, fields[MONTH]!, fields[DAY_OF_MONTH]!);
        if (dateFirst) remember(bytes, start, at);
      }
    }
    if (at !== end) return Number.NaN;
    const hour = fields[HOUR]!;
    const minute = fields[MINUTE]!;
    const second = fields[SECOND]!;
    if (minute > 59 || second > 59) return Number.NaN;
    // ISO 8601 allows 24:00 for the end of a day; nothing later than it.
    if (hour > 23 && !(hour === 24 && minute === 0 && second === 0)) return Number.NaN;
    return day * DAY + hour * 3_600_000 + minute * 60_000 + second * 1000;
  };
  return { text, read };
}

interface Parsed {
  /** Field numbers, and literal bytes as negative numbers. */
  readonly operations: readonly number[];
  /** A value may end before this operation. */
  readonly optionalFrom: number;
  /** Before this operation the date is complete. */
  readonly dateUntil: number;
  /** Whether nothing of the time of day stands before the date. */
  readonly dateFirst: boolean;
}

function parse(text: string): Parsed {
  const bracket = /^([^[\]]*)(?:\[([^[\]]+)\])?$/.exec(text);
  if (bracket === null) throw new RangeError('one optional part in brackets may stand at the end of a date format');
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
      if (operations.includes(field)) throw new RangeError(`%${directive} stands twice`);
      operations.push(field);
    }
  };
  read(always);
  const optionalFrom = operations.length;
  const years = operations.filter(isYear).length;
  if (years !== 1 || !operations.includes(MONTH) || !operations.includes(DAY_OF_MONTH)) {
    throw new RangeError('a date format names one year, a month and a day');
  }
  const isDate = (operation: number) => operation === DAY_OF_MONTH || operation === MONTH || isYear(operation);
  const dateUntil = operations.findLastIndex(isDate) + 1;
  const dateFirst = operations.slice(0, dateUntil).every((operation) => operation < 0 || isDate(operation));
  read(optional);
  return { operations, optionalFrom, dateUntil, dateFirst };
}

function isYear(operation: number): boolean {
  return operation === YEAR || operation === YEAR_OF_CENTURY;
}

/** Days since the epoch, NaN for a date that does not exist. */
function dayNumber(year: number, month: number, day: number): number {
  if (month < 1 || month > 12 || day < 1) return Number.NaN;
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const last = month === 2 && leap ? 29 : DAYS_IN_MONTH[month - 1]!;
  if (day > last) return Number.NaN;
  // Date.UTC takes the years 0 to 99 for those of the last century.
  return new Date(0).setUTCFullYear(year, month - 1, day) / DAY;
}
