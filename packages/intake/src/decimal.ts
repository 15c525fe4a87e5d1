const POWERS = Array.from({ length: 23 }, (_, exponent) => 10 ** exponent);

/**
 * The number in `bytes[start, end)`, written with the declared decimal mark: an optional sign, digits, at most one
 * mark, nothing else. NaN for anything else, so for NaN, Infinity, exponents, hex, grouping marks and units too.
 *
 * Exact: a mantissa below 2^53 divided by a power of ten up to 10^22 is rounded once (Clinger, «How to read floating
 * point numbers accurately», 1990); longer ones go through Number().
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
    else return Number.NaN;
  }
  if (digits === 0 || decimals === 0) return Number.NaN;
  if (digits > 15 || decimals > 22) {
    const text = Buffer.from(bytes.subarray(start, end)).toString('latin1').replace(String.fromCharCode(mark), '.');
    const value = Number(text);
    return Number.isFinite(value) ? value : Number.NaN;
  }
  const value = decimals > 0 ? mantissa / POWERS[decimals]! : mantissa;
  return negative && value !== 0 ? -value : value;
}
