import { findOffset, offsetAt, offsetMilliseconds } from './offset-time';

/** Reads a part of a time's text. @returns where the next part begins; -1 if the text is not like that */
export type Step = (bytes: Uint8Array, at: number, end: number) => number;

const ZERO = 0x30;
const DOT = 0x2e;

export function literal(text: string): Step {
  const expected = Buffer.from(text, 'utf8');
  return (bytes, at, end) => {
    for (let i = 0; i < expected.length; i++) if (at + i >= end || bytes[at + i] !== expected[i]) return -1;
    return at + expected.length;
  };
}

/** Some programs write a no-break space before AM, and two spaces before a day of one digit. */
export function blanks(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  for (let length = blankAt(bytes, at, end); length > 0; length = blankAt(bytes, at, end)) at += length;
  return at === start ? -1 : at;
}

/** Bytes of the blank at a place: a space, or one of U+00A0, U+202F, U+2009; 0 if there is none. */
function blankAt(bytes: Uint8Array, at: number, end: number): number {
  if (at >= end) return 0;
  if (bytes[at] === 0x20) return 1;
  if (bytes[at] === 0xc2 && at + 1 < end && bytes[at + 1] === 0xa0) return 2;
  if (bytes[at] !== 0xe2 || at + 2 >= end || bytes[at + 1] !== 0x80) return 0;
  return bytes[at + 2] === 0xaf || bytes[at + 2] === 0x89 ? 3 : 0;
}

export function digits(least: number, most: number, keep: (value: number) => void): Step {
  return (bytes, start, end) => {
    let at = start;
    let value = 0;
    for (const stop = Math.min(start + most, end); at < stop; at++) {
      const digit = bytes[at]! - ZERO;
      if (digit < 0 || digit > 9) break;
      value = value * 10 + digit;
    }
    if (at - start < least) return -1;
    keep(value);
    return at;
  };
}

const isLetter = (byte: number) => (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7a;
const isThe = (letter: number, bytes: Uint8Array, at: number, end: number) =>
  at < end && (bytes[at]! | 0x20) === letter;

/** AM, pm, a.m., `p. m.`, or `a` and `p` alone. */
export function half(keep: (value: number) => void): Step {
  return (bytes, start, end) => {
    const isPm = isThe(0x70, bytes, start, end);
    if (!isPm && !isThe(0x61, bytes, start, end)) return -1;
    keep(isPm ? 1 : 0);
    let at = start + 1;
    if (at < end && bytes[at] === DOT) {
      at++;
      at += blankAt(bytes, at, end);
    }
    if (!isThe(0x6d, bytes, at, end)) return start + 1;
    at++;
    return at < end && bytes[at] === DOT ? at + 1 : at;
  };
}

/**
 * A name with what `meaningOf` says that it means, and a full stop after it if it is shortened. Neighbouring rows mostly
 * have the same, which is looked up once.
 */
export function word(dotFollows: boolean, meaningOf: (text: string) => number, keep: (value: number) => void): Step {
  let last = Buffer.alloc(0);
  let lastValue = 0;
  return (bytes, start, end) => {
    let at = start;
    while (at < end && (isLetter(bytes[at]!) || bytes[at]! >= 0x80) && blankAt(bytes, at, end) === 0) at++;
    const text = bytes.subarray(start, at);
    if (!last.equals(text)) {
      last = Buffer.from(text);
      lastValue = meaningOf(last.toString('utf8'));
    }
    if (lastValue === 0) return -1;
    keep(lastValue);
    return !dotFollows && at < end && bytes[at] === DOT ? at + 1 : at;
  };
}

export function zone(keep: (name: string) => void): Step {
  return (bytes, start, end) => {
    let at = start;
    while (at < end && isLetter(bytes[at]!)) at++;
    if (at === start) return -1;
    keep(Buffer.from(bytes.subarray(start, at)).toString('latin1'));
    return at;
  };
}

export function offset(keep: (milliseconds: number) => void): Step {
  return (bytes, at, end) => {
    if (!findOffset(bytes, at, end) || offsetAt() !== at) return -1;
    keep(offsetMilliseconds());
    return end;
  };
}
