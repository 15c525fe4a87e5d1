import { compileFormat, type DatetimeFormat } from './datetime-format';
import { findOffset, offsetAt, offsetMilliseconds } from './offset-time';

const T = 0x54;
const SMALL_T = 0x74;
const POINT = 0x2e;
const COMMA = 0x2c;
const ZERO = 0x30;
const NINE = 0x39;
/** Where the time of day begins in `2024-10-27T02:30`. */
const DATE_LENGTH = 10;

/**
 * Times of ISO 8601 in its extended form: a date, `T` or a space, hours and minutes, perhaps seconds and a fraction of them.
 * @param withOffset whether they end with their offset from UTC, and so are instants; else they are wall times
 */
export function compileIso(withOffset: boolean): DatetimeFormat {
  const [t, space] = [compileFormat('%Y-%m-%dT%H:%M[:%S]'), compileFormat('%Y-%m-%d %H:%M[:%S]')];
  const readWall = (bytes: Uint8Array, start: number, end: number): number => {
    let until = end;
    let fraction = 0;
    // A fraction comes after the seconds: 2024-10-27T02:30:00.125
    const mark = start + DATE_LENGTH + 9;
    if (end > mark && (bytes[mark] === POINT || bytes[mark] === COMMA)) {
      if (end === mark + 1) return Number.NaN;
      let scale = 100;
      for (let at = mark + 1; at < end; at++, scale /= 10) {
        const byte = bytes[at]!;
        if (byte < ZERO || byte > NINE) return Number.NaN;
        fraction += (byte - ZERO) * scale;
      }
      until = mark;
    }
    const between = bytes[start + DATE_LENGTH];
    if (between === SMALL_T || end - start < DATE_LENGTH) return Number.NaN;
    const format = between === T ? t : space;
    return format.read(bytes, start, until) + Math.floor(fraction + 1e-6);
  };
  if (!withOffset) {
    return { text: 'iso without an offset', absolute: false, read: readWall, isLastHour: () => false };
  }
  return {
    text: 'iso with an offset',
    absolute: true,
    read: (bytes, start, end) => {
      // A date alone ends like an offset: 2024-10-27.
      if (end - start <= DATE_LENGTH || !findOffset(bytes, start + DATE_LENGTH, end)) return Number.NaN;
      return readWall(bytes, start, offsetAt()) - offsetMilliseconds();
    },
    isLastHour: () => false,
  };
}
