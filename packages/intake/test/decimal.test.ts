import { readDecimal } from '@sensor-warehouse/intake/cells/decimal';
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

/** Whether a double holds a number with an exponent: it is neither endless nor too small to tell from nothing. */
function holds(text: string): boolean {
  const value = Number(text);
  return Number.isFinite(value) && (value !== 0 || !/[1-9].*e/i.test(text));
}

const size = (value: bigint) => (value < 0n ? -value : value);

describe('a decimal number', () => {
  test('is read as Number reads its canonical text', () => {
    fc.assert(
      fc.property(decimals, ({ text }) => {
        // Number knows -0, which is not a reading of its own.
        expect(read(text)).toBe(Number(text) + 0);
      }),
      { numRuns: 2000 },
    );
  });

  test('may have an exponent, and is then what Number reads', () => {
    const exponents = fc.tuple(fc.constantFrom('e', 'E'), fc.constantFrom('', '+', '-'), digits(1, 3));
    fc.assert(
      fc.property(decimals, exponents, ({ text }, exponent) => {
        const scientific = `${text}${exponent.join('')}`;
        expect(read(scientific)).toBe(holds(scientific) ? Number(scientific) + 0 : Number.NaN);
        expect(read(scientific.replace('.', ','), COMMA)).toBe(read(scientific));
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
        expect(read(String(value))).toBe(value + 0);
      }),
    );
  });
});

describe('anything else is not a number', () => {
  const GRAMMAR = /^[+-]?(\d+(\.\d+)?|\.\d+)(e[+-]?\d+)?$/i;

  test('whatever the text', () => {
    const alphabet = fc.constantFrom(...'0123456789.,+-eExX_ ∞NaInf٢２');
    fc.assert(
      fc.property(fc.string({ unit: alphabet, maxLength: 8 }), (text) => {
        // A number that a double cannot hold is none either.
        expect(Number.isNaN(read(text))).toBe(!GRAMMAR.test(text) || !holds(text));
      }),
      { numRuns: 5000 },
    );
  });

  test('least of all a number too large for a double', () => {
    expect(read(`1${'0'.repeat(308)}`)).toBe(1e308);
    expect(read(`1${'0'.repeat(309)}`)).toBeNaN();
    expect(read('1e308')).toBe(1e308);
    expect(read('1e309')).toBeNaN();
  });

  test('and a number too small to tell from nothing', () => {
    expect(read('5e-324')).toBe(5e-324);
    expect(read('1e-400')).toBeNaN();
    expect(read('0e-400')).toBe(0);
  });
});
