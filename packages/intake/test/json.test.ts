import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { jsonCellText } from '../src/json/cell-text';
import { JsonMistake, type JsonValue, parseJson } from '../src/json/parse-json';
import { cellOf, parseJsonPointer, recordsOf } from '../src/json/pointers';

/** What JSON.parse would have given. */
function plain(value: JsonValue): unknown {
  switch (value.kind) {
    case 'object': {
      const object: Record<string, unknown> = Object.create(null);
      for (const [name, one] of value.members) object[name] = plain(one);
      return object;
    }
    case 'array':
      return value.items.map(plain);
    case 'number':
      return Number(value.text);
    case 'text':
      return value.text;
    case 'boolean':
      return value.value;
    case 'null':
      return null;
  }
}

const nullPrototypes = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(nullPrototypes);
  if (value === null || typeof value !== 'object') return value;
  return Object.assign(
    Object.create(null),
    Object.fromEntries(Object.entries(value).map(([name, one]) => [name, nullPrototypes(one)])),
  );
};

describe('JSON', () => {
  test('is read as JSON.parse reads it', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), fc.constantFrom(undefined, 1, '\t'), (value, indent) => {
        const text = JSON.stringify(value, undefined, indent);
        expect(plain(parseJson(text))).toEqual(nullPrototypes(JSON.parse(text)));
      }),
    );
  });

  test('with one spoiled byte is refused if JSON.parse refuses it, and otherwise read alike', () => {
    const spoiled = fc.tuple(
      fc.jsonValue({ maxDepth: 3 }),
      fc.nat(),
      fc.constantFrom('"', ',', '}', ']', '1', '\\', '', '\n', 'e', ':'),
    );
    fc.assert(
      fc.property(spoiled, ([value, at, with_]) => {
        const whole = JSON.stringify(value);
        const text = whole.slice(0, at % (whole.length + 1)) + with_ + whole.slice((at % (whole.length + 1)) + 1);
        let expected: unknown;
        let fails = false;
        try {
          expected = JSON.parse(text);
        } catch {
          fails = true;
        }
        let found: unknown;
        try {
          found = plain(parseJson(text));
        } catch (error) {
          if (!(error instanceof JsonMistake)) throw error;
          // A name that occurs twice is a mistake here alone.
          expect(fails || error.expected === 'each name once').toBe(true);
          return;
        }
        expect(fails).toBe(false);
        expect(found).toEqual(nullPrototypes(expected));
      }),
      { numRuns: 2000 },
    );
  });

  test('with any characters in its texts is read as JSON.parse reads it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const written = JSON.stringify(text);
        expect(plain(parseJson(written))).toBe(JSON.parse(written));
      }),
    );
    // These need no escape (RFC 8259, 7), and are in names that people gave.
    expect(plain(parseJson('"\u007f\u0085\u2028"'))).toBe('\u007f\u0085\u2028');
  });

  test.each([
    ['two roots', '{} {}', 'the end of the text, because it holds one value'],
    ['a comma at the end', '{"a":1,}', 'a name in quotation marks'],
    ['a comma at the end of an array', '[1,]', 'a JSON value'],
    ['NaN', '{"a":NaN}', 'a JSON value'],
    ['Infinity', '[-Infinity]', 'a JSON value'],
    ['a name twice', '{"a":1,"a":2}', 'each name once'],
    ['a hundred thousand levels', '['.repeat(100_000), 'at most 64 levels'],
    ['a text that is cut off', '{"a":"b', 'the end of a text, without control characters in it'],
    ['nothing', '', 'a JSON value'],
    ['a leading zero', '[01]', 'a comma or ]'],
  ])('with %s is refused', (_, text, expected) => {
    expect(() => parseJson(text)).toThrow(expect.objectContaining({ expected }));
  });

  test('keeps names that objects have by themselves', () => {
    const value = parseJson('{"__proto__":{"temp":1},"constructor":2}');
    const names = value.kind === 'object' ? [...value.members.keys()] : [];
    expect(names).toEqual(['__proto__', 'constructor']);
    expect(({} as { temp?: number }).temp).toBeUndefined();
  });
});

describe('a number', () => {
  test('is the same number as a cell, without an exponent', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        if (Number.isInteger(value) && !Number.isSafeInteger(value)) return;
        const text = jsonCellText({ kind: 'number', text: JSON.stringify(value) }, true);
        if (Math.abs(value) > 1e-30) expect(text).not.toMatch(/e/i);
        expect(Number(text)).toBe(Object.is(value, -0) ? 0 : value);
      }),
    );
  });

  test.each([
    ['1e3', '1000'],
    ['-1.50E-3', '-0.0015'],
    ['12.5e1', '125'],
    ['0.000', '0'],
    ['9007199254740993', '9007199254740993 is beyond 2^53'],
    ['1e300', '1e300 is beyond 2^53'],
    ['1e-300', '1e-300'],
    ['21.350000000000000001', '21.350000000000000001 has more than 17 digits'],
    ['21.350000381469727', '21.350000381469727'],
  ])('%s is the cell %s', (text, cell) => {
    expect(jsonCellText({ kind: 'number', text }, true)).toBe(cell);
    expect(jsonCellText({ kind: 'number', text })).toBe(text);
  });
});

describe('a pointer', () => {
  const root = parseJson(
    '{"city":{"name":"Prague"},"list":[{"main":{"temp":1},"w":[{"id":7}]},{"main":{"temp":null}}]}',
  );

  test.each([
    ['list[].main.temp', ['1', '']],
    ['list[].w[0].id', ['7', '']],
    ['city.name', ['Prague', 'Prague']],
  ])('%s gives %j', (text, cells) => {
    const records = recordsOf(root, [parseJsonPointer('list[].main.temp')])!;
    expect(records.map((record) => jsonCellText(cellOf(record, parseJsonPointer(text))))).toEqual(cells);
  });

  test('to a missing array gives no records, which is not the same as an empty array', () => {
    expect(recordsOf(root, [parseJsonPointer('hours[].temp')])).toBeUndefined();
  });
});
