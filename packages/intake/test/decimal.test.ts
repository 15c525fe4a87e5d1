import { readDecimal } from '@sensor-warehouse/intake/decimal';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

const COMMA = 0x2c;
const POINT = 0x2e;

function read(text: string, mark = POINT): number {
  const bytes = Buffer.from(`x${text}x`, 'utf8');
  return readDecimal(bytes, 1, bytes.length - 1, mark);
}

const digits = (least: number, most: number) =>
  fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: least, maxLength: most });

/** Canonical text of a decimal number, and the fraction that it stands for. */
const decimals = fc
  .record({ sign: fc.constantFrom('', '-', '+'), whole: digits(1, 25), decimals: digits(0, 30) })
  .map((number) => ({
    text: `${number.sign}${number.whole}${number.decimals === '' ? '' : `.${number.decimals}`}`,
    numerator: BigInt(number.whole + number.decimals) * (number.sign === '-' ? -1n : 1n),
    denominator: 10n ** BigInt(number.decimals.length),
  }));

/** A finite double as an exact fraction. */
function fractionOf(value: number): readonly [bigint, bigint] {
  let denominator = 1n;
  let scaled = value;
  while (!Number.isInteger(scaled)) {
    scaled *= 2;
    denominator *= 2n;
  }
  return [BigInt(scaled), denominator];
}

const size = (value: bigint) => (value < 0n ? -value : value);

describe('a decimal number', () => {
  test('is read as Number reads its canonical text', () => {
    fc.assert(
      fc.property(decimals, ({ text }) => {
        // Number knows -0, which is no reading of its own.
        expect(read(text)).toBe(Number(text) + 0);
      }),
      { numRuns: 2000 },
    );
  });

  test('is the double nearest to its exact fraction', () => {
    fc.assert(
      fc.property(decimals, ({ text, numerator, denominator }) => {
        const value = read(text);
        const [valueNumerator, valueDenominator] = fractionOf(value);
        const errorNumerator = size(valueNumerator * denominator - numerator * valueDenominator);
        const unit = 2 ** (Math.floor(Math.log2(Math.max(Math.abs(value), Number.MIN_VALUE))) - 52);
        const [unitNumerator, unitDenominator] = fractionOf(unit);
        // error ≤ half a unit in the last place
        expect(2n * errorNumerator * unitDenominator <= unitNumerator * denominator * valueDenominator).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  test('is read alike with either mark, and not with the other one', () => {
    fc.assert(
      fc.property(decimals, ({ text }) => {
        const withComma = text.replace('.', ',');
        expect(read(withComma, COMMA)).toBe(read(text, POINT));
        if (text.includes('.')) expect(read(withComma, POINT)).toBeNaN();
      }),
    );
  });

  test('comes back as it was written', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e15, max: 1e15 }), (value) => {
        const text = String(value);
        fc.pre(!text.includes('e'));
        expect(read(text)).toBe(value + 0);
      }),
    );
  });
});

describe('anything else is not a number', () => {
  const GRAMMAR = /^[+-]?(\d+(\.\d+)?|\.\d+)$/;

  test('whatever the text', () => {
    const alphabet = fc.constantFrom(...'0123456789.,+-eExX_ ∞NaInf٢２');
    fc.assert(
      fc.property(fc.string({ unit: alphabet, maxLength: 8 }), (text) => {
        expect(Number.isNaN(read(text))).toBe(!GRAMMAR.test(text));
      }),
      { numRuns: 5000 },
    );
  });

  test('least of all a number too large for a double', () => {
    expect(read(`1${'0'.repeat(308)}`)).toBe(1e308);
    expect(read(`1${'0'.repeat(309)}`)).toBeNaN();
  });
});
