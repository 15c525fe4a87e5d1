import lsp from '@influxdata/flux-lsp-node';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AGGREGATES, countQuery, type Selection, windowQuery } from '../src/flux';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const SELECTION: Selection = {
  bucket: 'scratch',
  measurement: 'readings',
  tag: 'series',
  from: Date.parse('2024-10-01T00:00:00Z'),
  to: Date.parse('2024-11-01T00:00:00Z'),
};
const { is_valid_flux: isValidFlux } = lsp;

describe('a Flux query', () => {
  test('is one that the vendor’s parser refuses when it is broken, so that the tests below can fail', () => {
    expect(isValidFlux(countQuery(SELECTION).replace('|> count()', '|> count('))).toBe(false);
  });

  test('asks for whole hours, pushed down: nothing stands between the filter and the window', () => {
    expect(windowQuery(SELECTION, 'sum', HOUR)).toBe(`from(bucket: "scratch")
  |> range(start: time(v: "2024-10-01T00:00:00.000Z"), stop: time(v: "2024-11-01T00:00:00.000Z"))
  |> filter(fn: (r) => r._measurement == "readings" and r._field == "value")
  |> aggregateWindow(every: duration(v: "60m"), fn: sum, timeSrc: "_start", createEmpty: false)
  |> keep(columns: ["series", "_time", "_value"])`);
  });

  test('is valid whatever the names in it are, and has as many strings as before', () => {
    const name = fc.string({ unit: 'grapheme', minLength: 1 });
    fc.assert(
      fc.property(name, name, name, fc.constantFrom(...AGGREGATES), (bucket, measurement, tag, aggregate) => {
        const selection = { ...SELECTION, bucket, measurement, tag };
        for (const query of [countQuery(selection), windowQuery(selection, aggregate, 15 * MINUTE)])
          expect(isValidFlux(query), query).toBe(true);
      }),
    );
  });

  test('cannot be got out of by a name: what is in it stays one string', () => {
    const bucket = ['") |> drop(columns: ["_value"]) // $', '{r._value}'].join('');
    const [first] = windowQuery({ ...SELECTION, bucket }, 'count', HOUR).split('\n');
    const [, text] = /^from\(bucket: "(.*)"\)$/.exec(first!)!;
    // No quotation mark, and no interpolation, that is not escaped.
    expect(text!.replace(/\\./g, '')).not.toMatch(/"|\$\{/);
  });

  test.each([
    ['begins', { from: SELECTION.from + 30 * MINUTE }],
    ['ends', { to: SELECTION.to - 1 }],
  ])('is not made of a span that %s within an hour: the server would cut its window', (_, wrong) => {
    expect(() => countQuery({ ...SELECTION, ...wrong })).toThrow(RangeError);
  });
});
