import { compileFormat, type DatetimeFormat } from './datetime-format';

const ZERO = 0x30;
const NINE = 0x39;
const MINUS = 0x2d;
const PLUS = 0x2b;
const POINT = 0x2e;
const COLON = 0x3a;
/** No place is farther from UTC: 14 hours east (Line Islands). */
const MOST_OFFSET = 14 * 60;
/** 9999-12-31 in milliseconds has 15 digits. */
const MOST_DIGITS = 15;

/** Where an offset begins, and what it is; reused, valid until the next call. */
const found = { at: -1, minutes: 0 };

/**
 * Looks for an offset from UTC at the end of a text: `Z`, `+02:00`, `+0200` or `+02` (ISO 8601, RFC 3339).
 * @returns false if there is none
 */
export function findOffset(bytes: Uint8Array, start: number, end: number): boolean {
  const last = bytes[end - 1]!;
  if (end > start && (last === 0x5a || last === 0x7a)) {
    found.at = end - 1;
    found.minutes = 0;
    return true;
  }
  for (let length = 3; length <= 6; length++) {
    const at = end - length;
    if (at < start) return false;
    const sign = bytes[at]!;
    if (sign !== PLUS && sign !== MINUS) continue;
    const withColon = length === 6 && bytes[at + 3] === COLON;
    if (length === 4 || (length === 6 && !withColon)) return false;
    const hours = twoDigits(bytes, at + 1);
    const minutes = length === 3 ? 0 : twoDigits(bytes, at + (withColon ? 4 : 3));
    if (hours < 0 || minutes < 0 || minutes > 59 || hours * 60 + minutes > MOST_OFFSET) return false;
    found.at = at;
    found.minutes = (sign === MINUS ? -1 : 1) * (hours * 60 + minutes);
    return true;
  }
  return false;
}

export const offsetAt = (): number => found.at;
export const offsetMilliseconds = (): number => found.minutes * 60_000;

/** A strptime format whose times end with their offset from UTC. */
export function compileWithOffset(text: string): DatetimeFormat {
  const base = compileFormat(text.slice(0, -'%z'.length));
  return {
    text,
    absolute: true,
    read: (bytes, start, end) =>
      findOffset(bytes, start, end) ? base.read(bytes, start, offsetAt()) - offsetMilliseconds() : Number.NaN,
    isLastHour: () => false,
  };
}

/** Seconds or milliseconds since 1970 in UTC, with a fraction or without. */
export function compileEpoch(text: string, unit: number): DatetimeFormat {
  return {
    text,
    absolute: true,
    read: (bytes, start, end) => {
      let at = start;
      const negative = bytes[at] === MINUS;
      if (negative) at++;
      const first = at;
      let whole = 0;
      for (; at < end && isDigit(bytes[at]!); at++) whole = whole * 10 + bytes[at]! - ZERO;
      if (at === first || at - first > MOST_DIGITS) return Number.NaN;
      let fraction = 0;
      if (at < end) {
        if (bytes[at++] !== POINT || at === end) return Number.NaN;
        for (let scale = 0.1; at < end; at++, scale /= 10) {
          if (!isDigit(bytes[at]!)) return Number.NaN;
          fraction += (bytes[at]! - ZERO) * scale;
        }
      }
      // Instants are whole milliseconds, and none is later than the one that was measured.
      const time = whole * unit + Math.floor(fraction * unit + 1e-6);
      return negative ? -time : time;
    },
    isLastHour: () => false,
  };
}

function twoDigits(bytes: Uint8Array, at: number): number {
  const [tens, ones] = [bytes[at]!, bytes[at + 1]!];
  return isDigit(tens) && isDigit(ones) ? (tens - ZERO) * 10 + ones - ZERO : -1;
}

function isDigit(byte: number): boolean {
  return byte >= ZERO && byte <= NINE;
}
