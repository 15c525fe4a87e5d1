/**
 * A declared strptime format, compiled to read bytes. Known: %Y %y %m %d %H %M %S, literals, and one optional part in
 * brackets, as in `%H:%M[:%S]`. Numbers may have fewer digits than their width (`9:05`), as phones write them.
 */
export interface DatetimeFormat {
  readonly text: string;
  /**
   * Wall time of `bytes[start, end)` in milliseconds as if it were UTC.
   * NaN if the text does not have the format; also for dates that do not exist (31.02.), which are never rolled over.
   */
  read(bytes: Uint8Array, start: number, end: number): number;
}

const DIGITS: Readonly<Record<string, number>> = { Y: 4, m: 2, d: 2, H: 2, M: 2, S: 2 };
const DAYS_IN_MONTH = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const DAY = 86_400_000;

// Field numbers in the scratch array below.
const FIELD: Readonly<Record<string, number>> = { Y: 0, m: 1, d: 2, H: 3, M: 4, S: 5 };

/** @throws RangeError for a directive that is not known */
export function compileFormat(text: string): DatetimeFormat {
  const operations: number[] = []; // field >= 0, literal byte as -(byte + 1), optional part as its marks
  const OPEN = -1000;
  const CLOSE = -1001;
  const source = Buffer.from(text, 'utf8');
  for (let i = 0; i < source.length; i++) {
    const byte = source[i]!;
    if (byte === 0x25) {
      const directive = String.fromCharCode(source[++i] ?? 0);
      const field = FIELD[directive];
      if (field === undefined) throw new RangeError(`%${directive} is not a known part of a date format`);
      operations.push(field);
    } else if (byte === 0x5b) operations.push(OPEN);
    else if (byte === 0x5d) operations.push(CLOSE);
    else operations.push(-(byte + 1));
  }
  const widths = Object.entries(FIELD)
    .sort((a, b) => a[1] - b[1])
    .map(([directive]) => DIGITS[directive]!);
  const fields = new Int32Array(6);
  let lastDay = Number.NaN;
  let lastYear = -1;
  let lastMonth = -1;
  let lastDayOfMonth = -1;

  const read = (bytes: Uint8Array, start: number, end: number): number => {
    fields.fill(0);
    let at = start;
    for (let i = 0; i < operations.length; i++) {
      const operation = operations[i]!;
      if (operation >= 0) {
        let value = 0;
        let digits = 0;
        const width = widths[operation]!;
        while (digits < width && at < end) {
          const digit = bytes[at]! - 0x30;
          if (digit < 0 || digit > 9) break;
          value = value * 10 + digit;
          digits++;
          at++;
        }
        if (digits === 0 || (operation === 0 && digits !== 4)) return Number.NaN;
        fields[operation] = value;
      } else if (operation === OPEN) {
        if (at === end) {
          while (operations[i] !== CLOSE) i++;
        }
      } else if (operation !== CLOSE) {
        if (at >= end || bytes[at] !== -operation - 1) return Number.NaN;
        at++;
      }
    }
    if (at !== end) return Number.NaN;
    const year = fields[0]!;
    const month = fields[1]!;
    const day = fields[2]!;
    if (year !== lastYear || month !== lastMonth || day !== lastDayOfMonth) {
      lastYear = year;
      lastMonth = month;
      lastDayOfMonth = day;
      lastDay = dayNumber(year, month, day);
    }
    const hour = fields[3]!;
    const minute = fields[4]!;
    const second = fields[5]!;
    if (minute > 59 || second > 59) return Number.NaN;
    // ISO 8601 allows 24:00 for the end of a day; nothing later than it.
    if (hour > 23 && !(hour === 24 && minute === 0 && second === 0)) return Number.NaN;
    return lastDay * DAY + hour * 3_600_000 + minute * 60_000 + second * 1000;
  };
  return { text, read };
}

/** Days since the epoch, NaN for a date that does not exist. */
function dayNumber(year: number, month: number, day: number): number {
  if (month < 1 || month > 12 || day < 1) return Number.NaN;
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const last = month === 2 && leap ? 29 : DAYS_IN_MONTH[month - 1]!;
  if (day > last) return Number.NaN;
  return Date.UTC(year, month - 1, day) / DAY;
}
