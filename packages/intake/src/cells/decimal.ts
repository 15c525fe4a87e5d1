const E = 0x65;
const SMALL = 0x20;
const SCIENTIFIC = /^[+-]?(\d+(\.\d+)?|\.\d+)e[+-]?\d+$/i;
const POWERS = Array.from({ length: 23 }, (_, exponent) => 10 ** exponent);

/**
 * The number in `bytes[start, end)`, written with the declared decimal mark: an optional sign, digits, at most one
 * mark, perhaps an exponent, nothing else. NaN for anything else, including NaN, Infinity, hex, grouping marks and
 * units, and for numbers that a double cannot hold.
 *
 * Exact: a mantissa below 2^53 divided by a power of ten up to 10^22 is rounded once (Clinger, «How to read floating
 * point numbers accurately», 1990); longer ones, and those with an exponent, go through Number().
 */
export function readDecimal(bytes: Uint8Array, start: number, end: number, mark: number): number {
  let at = start;
  let negative = false;
  const first = bytes[at];
  if (first === 0x2d || first === 0x2b) {
    negative = first === 0x2d;
    at++;
  }
  let mantissa = 0;
  let digits = 0;
  let decimals = -1;
  for (; at < end; at++) {
    const byte = bytes[at]!;
    const digit = byte - 0x30;
    if (digit >= 0 && digit <= 9) {
      mantissa = mantissa * 10 + digit;
      digits++;
      if (decimals >= 0) decimals++;
    } else if (byte === mark && decimals < 0) decimals = 0;
    else return digits > 0 && (byte | SMALL) === E ? readScientific(bytes, start, end, mark) : Number.NaN;
  }
  if (digits === 0 || decimals === 0) return Number.NaN;
  if (digits > 15 || decimals > 22) return numberOf(withPoint(bytes, start, end, mark));
  const value = decimals > 0 ? mantissa / POWERS[decimals]! : mantissa;
  return negative && value !== 0 ? -value : value;
}

/** A number with an exponent, such as 2.05e+01: rare enough to be read as text. */
function readScientific(bytes: Uint8Array, start: number, end: number, mark: number): number {
  const text = withPoint(bytes, start, end, mark);
  if (!SCIENTIFIC.test(text)) return Number.NaN;
  const value = numberOf(text);
  // Underflow: not zero, but too small for a double.
  return value === 0 && /[1-9].*e/i.test(text) ? Number.NaN : value;
}

function withPoint(bytes: Uint8Array, start: number, end: number, mark: number): string {
  return Buffer.from(bytes.subarray(start, end)).toString('latin1').replace(String.fromCharCode(mark), '.');
}

function numberOf(text: string): number {
  const value = Number(text);
  // -0 is not a reading of its own.
  return Number.isFinite(value) ? value + 0 : Number.NaN;
}
