import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { copyLines } from '../src/text/copy-lines';

const folder = mkdtempSync(join(tmpdir(), 'copy-lines-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function copied(bytes: Buffer, encoding: string, opening: number, ranges: Parameters<typeof copyLines>[4]) {
  const [from, to] = [join(folder, 'from'), join(folder, 'to')];
  writeFileSync(from, bytes);
  const lines = copyLines(from, to, encoding, opening, ranges);
  return { lines, bytes: readFileSync(to) };
}

const line = fc.string({ unit: fc.constantFrom('a', ';', 'é', '"', '1'), maxLength: 6 });
const text = fc.array(fc.tuple(line, fc.constantFrom('\n', '\r\n', '\r')), { maxLength: 12 });
/** What a line of a text is, by a regular expression instead of a scan. */
const linesOf = (whole: string) => whole.match(/[^\r\n]*(?:\r\n|\n|\r)|[^\r\n]+$/g) ?? [];

test.each(['utf-8', 'utf-16le', 'iso-8859-1'] as const)(
  'copies the chosen lines of %s and no other byte',
  (encoding) => {
    const node = { 'utf-8': 'utf8', 'utf-16le': 'utf16le', 'iso-8859-1': 'latin1' } as const;
    fc.assert(
      fc.property(text, line, fc.nat(4), fc.array(fc.nat(15), { maxLength: 5 }), (parts, rest, opening, chosen) => {
        const whole = parts.map(([one, end]) => one + end).join('') + rest;
        const lines = linesOf(whole);
        const wanted = [...new Set(chosen)].filter((at) => at > opening).sort((a, b) => a - b);
        const expected = lines.filter((_, i) => i < opening || wanted.includes(i + 1));
        const got = copied(
          Buffer.from(whole, node[encoding]),
          encoding,
          opening,
          wanted.map((at) => ({ line: at, lastLine: at })),
        );
        expect(got.bytes.toString(node[encoding])).toBe(expected.join(''));
        expect(got.lines).toBe(expected.length);
      }),
    );
  },
);

test('a row of several lines is copied whole', () => {
  const bytes = Buffer.from('h\r\n"a\r\nb"\r\nc\r\n');
  expect(copied(bytes, 'utf-8', 1, [{ line: 2, lastLine: 3 }]).bytes.toString()).toBe('h\r\n"a\r\nb"\r\n');
});

test('a line end that a block of the file cuts in two is one line end', () => {
  const long = 'x'.repeat((1 << 18) - 1);
  const got = copied(Buffer.from(`${long}\r\nb\r\n`), 'utf-8', 0, [{ line: 2, lastLine: 2 }]);
  expect({ ...got, bytes: got.bytes.toString() }).toEqual({ lines: 1, bytes: 'b\r\n' });
});
