import fc from 'fast-check';
import { expect, test } from 'vitest';
import { contentName, contentNames } from '../src/layout/content-name';

const SHA256 = '0123456789abcdef'.repeat(4);
const nameOf = (name: string) => contentName({ name, sha256: SHA256 });

test('an upload is kept by the first digits of its hash and its own name', () => {
  expect(nameOf('Graph ž 1.csv')).toBe('0123456789ab_Graph ž 1.csv');
});

test('a name that is too long with the digits keeps whole characters and its extension', () => {
  const long = `Graph_${'ž😀'.repeat(40)}.csv`;
  expect(nameOf(long)).toMatch(/^0123456789ab_Graph_(ž😀)+ž?\.csv$/u);
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 255 }), (name) => {
      const kept = nameOf(name);
      // `.unmapped.json` and the mark of a file that is being written come after it.
      expect(Buffer.byteLength(kept)).toBeLessThanOrEqual(143 - 14 - 21);
      expect(kept).toBe(Buffer.from(kept, 'utf8').toString('utf8'));
    }),
  );
});

test('characters that Windows disks refuse in a name are written as hexadecimal digits', () => {
  expect(nameOf('Graph 12:00 "1" <2>|*?\\.csv')).toBe('0123456789ab_Graph 12%3A00 %221%22 %3C2%3E%7C%2A%3F%5C.csv');
  expect(nameOf('Graph.csv. .')).toBe('0123456789ab_Graph.csv%2E%20%2E');
  expect(nameOf('con')).toBe('0123456789ab_con');
});

test('no name contains a character that a disk refuses, nor ends with one where it is cut', () => {
  const unit = fc.constantFrom('"', '*', ':', '<', '>', '?', '\\', '|', '.', ' ', 'a', 'ž', '😀', '\n');
  fc.assert(
    fc.property(fc.string({ unit, maxLength: 255 }), (name) => {
      const kept = nameOf(name);
      expect(kept).not.toMatch(/["*:<>?\\|\p{Cc}]|[. ]$/u);
      expect(Buffer.byteLength(kept)).toBeLessThanOrEqual(143 - 14 - 21);
    }),
  );
});

test('an upload is also found by the name that it was kept by before', () => {
  const namesOf = (name: string) => contentNames({ name, sha256: SHA256 });
  expect(namesOf('Graph 12:00.csv')).toEqual(['0123456789ab_Graph 12%3A00.csv', '0123456789ab_Graph 12:00.csv']);
  expect(namesOf('Graph 12.csv')).toEqual(['0123456789ab_Graph 12.csv']);
  expect(namesOf(`${'x'.repeat(200)}.csv`).map(({ length }) => length)).toEqual([13 + 94, 13 + 180]);
  expect(namesOf(`12:00${'x'.repeat(200)}.csv`)).toHaveLength(3);
});
