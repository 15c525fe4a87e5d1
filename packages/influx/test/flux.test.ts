import { is_valid_flux, parse } from '@influxdata/flux-lsp-node';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AGGREGATES, countQuery, type Selection, windowQuery } from '../src/flux';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** Names that would end a text, begin an expression, or open a comment if they were pasted. */
const NAME = fc.oneof(
  fc.constantFrom('a', '"', '\\', '\\"', `$\{1 + 1}`, '$', '"); drop("', '// ', '\n', '\r\n', '\t', 'místo', '', '{r}'),
  fc.string({ unit: 'binary', maxLength: 12 }).filter((text) => !text.includes('\0')),
);
const SELECTION: fc.Arbitrary<Selection> = fc
  .record({
    bucket: NAME,
    measurement: NAME,
    tag: NAME,
    from: fc.integer({ min: 0, max: 600_000 }),
    hours: fc.integer({ min: 1, max: 20_000 }),
  })
  .map(({ from, hours, ...names }) => ({ ...names, from: from * HOUR, to: (from + hours) * HOUR }));

const queriesOf = (selection: Selection) => [
  countQuery(selection),
  ...[HOUR, 15 * MINUTE].flatMap((every) => AGGREGATES.map((aggregate) => windowQuery(selection, aggregate, every))),
];

/** Everything of one kind in a syntax tree, in the order of the text. */
function literals(node: unknown, type: string): unknown[] {
  if (Array.isArray(node)) return node.flatMap((one) => literals(one, type));
  if (node === null || typeof node !== 'object') return [];
  const own = 'type' in node && node.type === type && 'value' in node ? [node.value] : [];
  return [...own, ...Object.values(node).flatMap((one) => literals(one, type))];
}

/** The tree without texts and places: what is left is the query itself. */
function shape(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(shape);
  if (node === null || typeof node !== 'object') return node;
  const entries = Object.entries(node).filter(([name]) => name !== 'location' && name !== 'value');
  if ('type' in node && node.type === 'StringLiteral') return node.type;
  return Object.fromEntries(entries.map(([name, child]) => [name, shape(child)]));
}

const PLAIN: Selection = { bucket: 'b', measurement: 'm', tag: 't', from: 0, to: HOUR };

describe('the Flux that is sent', () => {
  test('is valid, whatever the names are, and no name changes anything but its own text', () => {
    const plain = queriesOf(PLAIN).map((query) => shape(parse(query)));
    fc.assert(
      fc.property(SELECTION, (selection) => {
        const { bucket, measurement, tag, from, to } = selection;
        const queries = queriesOf(selection);
        for (const [index, query] of queries.entries()) {
          expect(is_valid_flux(query), query).toBe(true);
          const tree = parse(query);
          expect(shape(tree)).toEqual(plain[index]);
          const [itsBucket, start, stop, itsMeasurement, field, ...more] = literals(tree, 'StringLiteral');
          expect([itsBucket, itsMeasurement, field]).toEqual([bucket, measurement, 'value']);
          expect([start, stop].map((time) => Date.parse(String(time)))).toEqual([from, to]);
          expect(more).toContain(tag);
        }
      }),
      { numRuns: 200 },
    );
  });

  test('lets the storage engine compute: nothing is between the filter and the window', () => {
    expect(windowQuery({ ...PLAIN, bucket: 'scratch' }, 'sum', 15 * MINUTE)).toBe(`from(bucket: "scratch")
  |> range(start: time(v: "1970-01-01T00:00:00.000Z"), stop: time(v: "1970-01-01T01:00:00.000Z"))
  |> filter(fn: (r) => r._measurement == "m" and r._field == "value")
  |> aggregateWindow(every: duration(v: "15m"), fn: sum, timeSrc: "_start", createEmpty: false)
  |> keep(columns: ["t", "_time", "_value"])`);
  });

  test.each([
    [1, HOUR],
    [0, HOUR + 1],
    [HOUR / 2, HOUR],
  ])('is not made for bounds that are not whole hours, which would cut windows: %i to %i', (from, to) => {
    for (const make of [countQuery, (selection: Selection) => windowQuery(selection, 'sum', HOUR)])
      expect(() => make({ ...PLAIN, from, to })).toThrow(RangeError);
  });

  test('is distinguished from what is not valid by the check that this page uses', () => {
    expect(is_valid_flux(countQuery(PLAIN).replace('range(start', 'range(begin'))).toBe(false);
  });
});
