import type { Finding } from '@sensor-warehouse/model/findings/finding';
import {
  gapFindings,
  namedGenerations,
  numberGenerations,
  requireNoGap,
} from '@sensor-warehouse/warehouse/layout/generations';
import { EMPTY_POINTER, type Pointer } from '@sensor-warehouse/warehouse/layout/pointer';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

const numbersOf = (names: readonly string[], pointer: Pointer = EMPTY_POINTER) =>
  numberGenerations(names, pointer).generations.map(({ name, number }) => [name, number]);

/** A pointer after a publication that consumed all that was listed. */
function consumeAll(names: readonly string[], before: Pointer = EMPTY_POINTER): Pointer {
  const numbering = numberGenerations(names, before);
  const consumed = { indoor: numbering.generations.at(-1)!.number };
  return { ...before, consumed, ...namedGenerations(before, numbering, consumed) };
}

test('generations have the numbers of their names', () => {
  expect(numbersOf(['000002-bbbbbbbb', '000001-aaaaaaaa'])).toEqual([
    ['000001-aaaaaaaa', 1],
    ['000002-bbbbbbbb', 2],
  ]);
});

describe('two generations of one number', () => {
  const TWO = ['000001-aaaaaaaa', '000002-bbbbbbbb', '000002-cccccccc'];

  test('are both published, in the order of their names, and reported', () => {
    expect(numbersOf(TWO)).toEqual([
      ['000001-aaaaaaaa', 1],
      ['000002-bbbbbbbb', 2],
      ['000002-cccccccc', 3],
    ]);
    expect(numberGenerations(TWO, EMPTY_POINTER).findings).toMatchObject([
      { code: 'generation-twice', severity: 'warning', file: 'facts/000002-cccccccc' },
    ]);
  });

  test('of which one was listed late: it comes after what is consumed, whatever its name', () => {
    const pointer = consumeAll(['000001-aaaaaaaa', '000002-cccccccc', '000003-dddddddd']);
    expect(numbersOf(['000001-aaaaaaaa', '000002-bbbbbbbb', '000002-cccccccc', '000003-dddddddd'], pointer)).toEqual([
      ['000001-aaaaaaaa', 1],
      ['000002-cccccccc', 2],
      ['000003-dddddddd', 3],
      ['000002-bbbbbbbb', 4],
    ]);
  });

  test('keep their numbers once they are consumed, and are no longer reported', () => {
    const pointer = consumeAll(TWO);
    expect(pointer.renumbered).toEqual({ '000002-cccccccc': 3 });
    const later = [...TWO, '000004-dddddddd'];
    expect(numbersOf(later, pointer).at(-1)).toEqual(['000004-dddddddd', 4]);
    expect(numberGenerations(later, pointer)).toMatchObject({ findings: [], gap: undefined });
  });

  test('from before pointers named generations are reported, because one of them was skipped', () => {
    const pointer = { ...EMPTY_POINTER, consumed: { indoor: 2 }, namedAfter: 2 };
    expect(numberGenerations(TWO, pointer).findings).toMatchObject([{ code: 'generation-twice', severity: 'error' }]);
  });
});

describe('a generation that does not follow the previous one', () => {
  test.each([
    [['000002-bbbbbbbb'], 1],
    [['000001-aaaaaaaa', '000003-cccccccc'], 2],
    [['000001-aaaaaaaa', '999999-deadbeef'], 2],
  ])('is named: %j', (names, expected) => {
    expect(numberGenerations(names, EMPTY_POINTER).gap).toEqual({ name: names.at(-1), expected });
  });

  test('stops a night with the same words as verify', () => {
    const numbering = numberGenerations(['000002-bbbbbbbb'], EMPTY_POINTER);
    const [{ file, message, severity, count, ...words }] = gapFindings(numbering) as [Finding];
    expect(() => requireNoGap(numbering, 'W')).toThrow(
      expect.objectContaining({
        details: expect.objectContaining({ ...words, what: message, where: `W/${file}`, class: 'remote-permanent' }),
      }),
    );
  });

  test('counts only among waiting ones: manifests of consumed ones may be gone', () => {
    const pointer = consumeAll(['000001-aaaaaaaa', '000002-bbbbbbbb']);
    expect(numberGenerations(['000003-cccccccc'], pointer).gap).toBeUndefined();
  });
});

test('whatever is listed late, each generation is consumed once, under a number of its own', () => {
  const name = fc
    .tuple(fc.integer({ min: 1, max: 6 }), fc.constantFrom('aaaaaaaa', 'bbbbbbbb', 'cccccccc'))
    .map(([number, hash]) => `${String(number).padStart(6, '0')}-${hash}`);
  fc.assert(
    fc.property(
      fc.uniqueArray(name, { maxLength: 12 }),
      fc.array(fc.nat({ max: 3 }), { maxLength: 12 }),
      (all, nights) => {
        let pointer = EMPTY_POINTER;
        const numbers = new Map<string, number>();
        for (let night = 0; night <= 3; night++) {
          const listed = all.filter((_, index) => (nights[index] ?? 0) <= night);
          const { generations } = numberGenerations(listed, pointer);
          expect(generations.map((one) => one.name).sort()).toEqual([...listed].sort());
          expect(new Set(generations.map(({ number }) => number)).size).toBe(generations.length);
          for (const one of generations) {
            const waits = one.number > (pointer.consumed.indoor ?? 0);
            // Consumed in an earlier night: under the same number. New: waits.
            expect(waits).toBe(!numbers.has(one.name));
            if (numbers.has(one.name)) expect(one.number).toBe(numbers.get(one.name));
            numbers.set(one.name, one.number);
          }
          if (generations.length > 0) pointer = consumeAll(listed, pointer);
        }
      },
    ),
  );
});
