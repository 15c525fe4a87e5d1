import { Failure } from '@sensor-warehouse/model/findings/failure';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fieldValueText, linePrefix, type SeriesKey } from '../src/line-protocol';
import { readPoints } from './line-reader';

const TEXT = fc.oneof(
  fc.constantFrom('a', 'Byt 1', 'a,b', 'a=b', 'a\\', 'a\\ b', 'a\\b', '\\\\', '#1', '"', "'", '°C', '', ' ', 'a\nb'),
  fc.string({ unit: 'binary', maxLength: 10 }),
);

describe('the beginning of a line', () => {
  test('reads back as the same measurement and tags, or is refused before anything is sent', () => {
    let taken = 0;
    fc.assert(
      fc.property(TEXT, TEXT, TEXT, (measurement, location, source) => {
        const key: SeriesKey = { measurement, tags: { source, location } };
        let prefix: string;
        try {
          prefix = linePrefix(key);
        } catch (error) {
          expect(error).toBeInstanceOf(Failure);
          expect((error as Failure).details).toMatchObject({ code: 'influx-text', class: 'config' });
          return;
        }
        taken++;
        expect(readPoints(`${prefix}1 2\n`)).toEqual([{ measurement, tags: { location, source }, value: 1, time: 2 }]);
      }),
      { numRuns: 2000 },
    );
    expect(taken).toBeGreaterThan(100);
  });

  test('has its tags in the order of their names, so that one series is written in one way', () => {
    expect(linePrefix({ measurement: 'additive', tags: { source: 's', data_key: 'k', location: 'l' } })).toBe(
      'additive,data_key=k,location=l,source=s value=',
    );
  });

  test.each([
    ['an empty tag', { measurement: 'm', tags: { location: '' } }],
    ['a backslash at the end', { measurement: 'm', tags: { location: 'a\\' } }],
    ['a backslash before what is escaped', { measurement: 'm', tags: { location: 'a\\ b' } }],
    ['a line end', { measurement: 'm', tags: { location: 'a\nb value=1 1\nc' } }],
    ['a measurement that would make the line a comment', { measurement: '#m', tags: { location: 'a' } }],
  ])('is refused with %s', (_, key) => {
    expect(() => linePrefix(key)).toThrow(Failure);
  });
});

describe('a value', () => {
  test('is the shortest text that reads back as the same number, even -0 and the smallest numbers', () => {
    for (const value of [0, -0, 5e-324, -5e-324, 1.7976931348623157e308, 0.1, -20.5, 1e21, 123456789012345680000])
      expect(Number(fieldValueText(value))).toBe(value);
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])('is never %s', (value) => {
    expect(() => fieldValueText(value)).toThrow(RangeError);
  });
});
