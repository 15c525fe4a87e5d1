import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { numberOf, startOf } from '../src/window-aggregates';

const MINUTE = 60_000;

const rowOf = (text: string) => {
  const bytes = Buffer.from(`,_result,${text},`);
  return { bytes, start: [0, 1, 9], end: [0, 8, 9 + Buffer.byteLength(text)] };
};
const readNumber = (text: string) => numberOf(rowOf(text), 2);
const readStart = (text: string) => startOf(rowOf(text), 2);

/** As Go prints a number without exponent (strconv.FormatFloat, 'f', -1): the shortest digits, and zeros around them. */
function positional(value: number): string {
  const sign = value < 0 || Object.is(value, -0) ? '-' : '';
  const [, whole = '', decimals = '', exponent = '0'] = /^(\d+)\.?(\d*)(?:e([+-]\d+))?$/.exec(`${Math.abs(value)}`)!;
  const digits = whole + decimals;
  const point = whole.length + Number(exponent);
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`;
  if (point >= digits.length) return sign + digits + '0'.repeat(point - digits.length);
  return `${sign}${digits.slice(0, point)}.${digits.slice(point)}`;
}

describe('a number of a result', () => {
  test('is the very same double that the server had', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.double({ noNaN: true, noDefaultInfinity: true }),
          fc.integer({ min: -1e9, max: 1e9 }).map((one) => one / 1000),
          fc.constantFrom(0, -0, 5e-324, 1.7976931348623157e308, 0.1 + 0.2, 1e15, 1e16 + 2, 123456789012345.6),
        ),
        // toBe tells 0 from -0.
        (value) => {
          expect(readNumber(positional(value))).toBe(value);
        },
      ),
      { numRuns: 5000 },
    );
  });

  test('may have overflowed', () => {
    expect(['+Inf', '-Inf', 'NaN'].map(readNumber)).toEqual([
      Number.POSITIVE_INFINITY,
      Number.NEGATIVE_INFINITY,
      Number.NaN,
    ]);
  });

  test.each(['', '-', '1,5', '1.2.3', 'x', '1 2', '0x1g'])('is never made of %j', (text) => {
    expect(() => readNumber(text)).toThrow(RangeError);
  });
});

describe('the start of a window', () => {
  test('is read for every minute of every year', () => {
    fc.assert(
      fc.property(fc.integer({ min: -12_000_000, max: 120_000_000 }), (minute) => {
        expect(readStart(new Date(minute * MINUTE).toISOString().replace('.000', ''))).toBe(minute * MINUTE);
      }),
    );
  });

  test.each([
    '2024-10-27T01:00:01Z',
    '2024-10-27T01:00:00.5Z',
    '',
    'x',
    '2024-10-27T0x:00:00Z',
    '2024-10-27T01:00:0xZ',
  ])('is never %j', (text) => {
    expect(() => readStart(text)).toThrow(RangeError);
  });
});
