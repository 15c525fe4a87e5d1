import { numberText } from '@sensor-warehouse/model/readings/number-text';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { csvText, instantTexts } from '../src/levels/levels';

describe('numberText', () => {
  const finite = fc.double({ noNaN: true, noDefaultInfinity: true });

  test('reads back as the same number', () => {
    fc.assert(fc.property(finite, (value) => Number(numberText(value)) === value));
  });

  test('is the shortest decimal that does', () => {
    fc.assert(
      fc.property(finite, (value) => {
        const digits = (text: string) =>
          text
            .replace(/e.*$/, '')
            .replace(/[-.]/g, '')
            .replace(/^0+|0+$/g, '').length;
        const shorter = digits(numberText(value)) - 1;
        if (shorter > 0) expect(Number(value.toPrecision(shorter))).not.toBe(value);
      }),
    );
  });

  test('has no exponent where sensors measure', () => {
    const measured = fc.double({ noNaN: true, min: 1e-6, max: 1e9 });
    fc.assert(fc.property(measured, (value) => /^\d+(\.\d+)?$/.test(numberText(value))));
  });

  test('knows no minus zero', () => {
    expect(numberText(-0)).toBe('0');
  });
});

/** The fields of one line of CSV, as RFC 4180 defines them. */
function fields(line: string): string[] {
  const found: string[] = [];
  let at = 0;
  while (at <= line.length) {
    let field = '';
    if (line[at] === '"') {
      for (at++; line[at] !== '"' || line[at + 1] === '"'; at++) {
        field += line[at];
        if (line[at] === '"') at++;
      }
      at++;
    } else {
      const end = line.indexOf(',', at) < 0 ? line.length : line.indexOf(',', at);
      field = line.slice(at, end);
      at = end;
    }
    found.push(field);
    at++;
  }
  return found;
}

/** The field without the apostrophes that the name has not. */
function withoutAdded(field: string, name: string): string {
  let kept = '';
  for (const character of field) if (character !== "'" || name[kept.length] === "'") kept += character;
  return kept;
}

describe('csvText', () => {
  const text = fc.string({
    unit: fc.oneof(
      fc.constantFrom(',', '"', '\n', '\r', ';', '|', "'", '=', '+', '-', '@', '＝', '\t', ' ', 'ž'),
      fc.string(),
    ),
    maxLength: 8,
  });

  test('reads back next to other fields, with an apostrophe before anything a spreadsheet would run', () => {
    fc.assert(
      fc.property(text, text, (one, two) => {
        const [first, second, ...more] = fields(`${csvText(one)},${csvText(two)}`);
        expect([withoutAdded(first!, one), withoutAdded(second!, two)]).toEqual([one, two]);
        expect(more).toEqual([]);
      }),
    );
  });

  test('never begins like a formula', () => {
    fc.assert(
      fc.property(text, (one) => {
        expect(fields(csvText(one))[0]).not.toMatch(/^[=+\-@\t\r\n]/);
      }),
    );
  });

  test('begins no cell like a formula, wherever a spreadsheet splits its lines', () => {
    fc.assert(
      fc.property(text, text, (one, two) => {
        const line = `2024-10-31T12:00:00Z,${csvText(one)},${csvText(two)},21.5`;
        for (const separator of [';', '|', '\t']) {
          // What stands before the first separator is the line's own; blanks and quotation marks before a sign are dropped.
          const cells = line.split(new RegExp(`[${separator}\r\n]`)).slice(1);
          expect(cells.filter((cell) => /^["\s]*[=+\-@＝＋－＠]/.test(cell))).toEqual([]);
        }
      }),
    );
  });

  test.each([
    ['x;=HYPERLINK("http://evil")', `"x;'=HYPERLINK(""http://evil"")"`],
    ['x;"=1+1"', `"x;'""=1+1"""`],
    ['x\t@SUM(1)', "x\t'@SUM(1)"],
    ['x| -1', "x|' -1"],
    ['＝1+1', "'＝1+1"],
    ['x;－1', "x;'－1"],
    [' =1', "' =1"],
    ['\t=1', "'\t'=1"],
  ])('takes the formula out of %j', (formula, written) => {
    expect(csvText(formula)).toBe(written);
  });

  test('leaves plain names alone', () => {
    expect(csvText('1NP-S1')).toBe('1NP-S1');
    expect(csvText('Hall; north | 2 - 3')).toBe('Hall; north | 2 - 3');
    expect(csvText('společná chodba')).toBe('společná chodba');
  });
});

test('instants are ISO 8601 in UTC, to the second', () => {
  expect(instantTexts()(Date.parse('2024-10-27T01:00:00.000Z'))).toBe('2024-10-27T01:00:00Z');
});
