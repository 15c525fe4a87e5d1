import { Failure } from '@sensor-warehouse/model/findings/failure';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { globToTest } from '../src/ingest/file-patterns';

/** The definition, letter by letter. */
function fits(pattern: string, name: string): boolean {
  if (pattern === '') return name === '';
  const [first, rest] = [pattern[0]!, pattern.slice(1)];
  if (first === '*') return fits(rest, name) || (name !== '' && fits(pattern, name.slice(1)));
  return name !== '' && (first === '?' || first === name[0]) && fits(rest, name.slice(1));
}

describe('a file_pattern', () => {
  test('agrees with its definition', () => {
    const pattern = fc
      .string({ unit: fc.constantFrom('a', 'b', '.', '*', '?'), maxLength: 8 })
      .map((text) => text.replaceAll(/\*+/g, '*'));
    const name = fc.string({ unit: fc.constantFrom('a', 'b', '.', '+', '*'), maxLength: 10 });
    fc.assert(
      fc.property(
        pattern,
        name,
        (glob, text) => globToTest(glob)(text) === (fits(glob, text) && !text.startsWith('.')),
      ),
      {
        numRuns: 2000,
      },
    );
  });

  test('ignores case, and treats composed and decomposed letters alike', () => {
    const graph = globToTest('Graph*.csv');
    expect(['graph_1.csv', 'GRAPH_1.CSV', 'Graph.csv'].map(graph)).toEqual([true, true, true]);
    expect(globToTest('Měření*')('me\u030cr\u030ceni\u0301 1.csv')).toBe(true);
  });

  test.each([
    ['macOS', ['._Graph_1.csv', '.DS_Store', '.localized', 'Icon\r']],
    ['Office', ['~$Graph_1.csv', '.~lock.Graph_1.csv#']],
    ['Windows', ['Thumbs.db', 'THUMBS.DB', 'desktop.ini', 'ehthumbs.db']],
  ])('takes no hidden file of %s', (_, names) => {
    for (const pattern of ['*', '*Graph_*', '?*', '.*', '._Graph_1.csv', '*.db|*', '*.ini'])
      expect(names.filter(globToTest(pattern))).toEqual([]);
    expect(['Graph_1.csv', 'a.~lock', '$Graph~.csv'].filter(globToTest('*'))).toHaveLength(3);
  });

  test('means the whole name', () => {
    const graph = globToTest('Graph*');
    expect(['old Graph 1.csv', '.Graph', ''].map(graph)).toEqual([false, false, false]);
  });

  test('treats no character as a regular expression', () => {
    expect(globToTest('a.c')('abc')).toBe(false);
    expect(globToTest('a(1)+.csv')('a(1)+.csv')).toBe(true);
  });

  test('takes time that grows with the name, not with the number of stars', () => {
    const started = performance.now();
    expect(globToTest(`${'*a'.repeat(30)}b`)('a'.repeat(5000))).toBe(false);
    expect(performance.now() - started).toBeLessThan(1000);
  });

  test('with two stars in a row is a mistake in the configuration', () => {
    expect(() => globToTest('**/x')).toThrow(Failure);
  });
});
