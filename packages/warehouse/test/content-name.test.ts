import fc from 'fast-check';
import { expect, test } from 'vitest';
import { contentName } from '../src/layout/content-name';

const SHA256 = '0123456789abcdef'.repeat(4);
const nameOf = (name: string) => contentName({ name, sha256: SHA256 });

test('an upload is kept by the first digits of its hash and its own name', () => {
  expect(nameOf('Graph ž 1.csv')).toBe('0123456789ab_Graph ž 1.csv');
});

test('of a name that no folder would take with the digits, whole characters and the extension are kept', () => {
  const long = `Graph_${'ž😀'.repeat(40)}.csv`;
  expect(nameOf(long)).toMatch(/^0123456789ab_Graph_(ž😀)+ž?\.csv$/u);
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 255 }), (name) => {
      const kept = nameOf(name);
      // `.report.json` and the mark of a file that is being written come after it.
      expect(Buffer.byteLength(kept)).toBeLessThanOrEqual(255 - 12 - 21);
      expect(kept).toBe(Buffer.from(kept, 'utf8').toString('utf8'));
    }),
  );
});
