import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { pointBatches, type SeriesPoints } from '../src/point-batches';
import { type Point, readPoints } from './line-reader';

const MOST_BYTES = 2 << 20;

interface Reading {
  readonly time: number;
  readonly value: number;
  readonly leftOut: number;
}

const VALUE = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.integer({ min: -1e6, max: 1e6 }).map((number) => number / 100),
  fc.constantFrom(
    0,
    -0,
    5e-324,
    -2.2250738585072014e-308,
    1.7976931348623157e308,
    1e15,
    999999999999999.9,
    -0.001,
    1e21,
  ),
);
const TIME = (unit: number) =>
  fc.integer({ min: Math.ceil(-2e9 / unit) * 1000, max: 4e12 / unit }).map((one) => one * unit);
const READINGS = (unit: number): fc.Arbitrary<Reading[]> =>
  fc.array(fc.record({ time: TIME(unit), value: VALUE, leftOut: fc.constantFrom(0, 0, 0, 1, 2) }), { maxLength: 30 });

function seriesOf(name: string, readings: readonly Reading[]): SeriesPoints {
  // Rows of other series stand before and after it in the same columns.
  const all = [{ time: 1, value: 1, leftOut: 0 }, ...readings, { time: 2, value: 2, leftOut: 0 }];
  return {
    key: { measurement: 'readings', tags: { series: name } },
    time: Float64Array.from(all, ({ time }) => time),
    value: Float64Array.from(all, ({ value }) => value),
    leftOut: Int32Array.from(all, ({ leftOut }) => leftOut),
    start: 1,
    end: all.length - 1,
  };
}

function pointsIn(series: readonly SeriesPoints[]): Point[] {
  const points: Point[] = [];
  for (const batch of pointBatches(series)) {
    const read = readPoints(batch.bytes.toString('utf8'));
    expect(read.length).toBe(batch.points);
    expect(batch.bytes.length).toBeLessThanOrEqual(MOST_BYTES);
    points.push(...read.map((point) => ({ ...point, time: point.time * (batch.precision === 's' ? 1000 : 1) })));
  }
  return points;
}

describe('batches of points', () => {
  test('hold every reading that is not left out once, in order, with the very same number and instant', () => {
    const readings = fc.oneof(READINGS(1000), READINGS(1));
    fc.assert(
      fc.property(fc.array(readings, { maxLength: 4 }), (all) => {
        const series = all.map((one, index) => seriesOf(`${index}`, one));
        const expected = all.flatMap((one, index) =>
          one
            .filter(({ leftOut }) => leftOut === 0)
            .map(({ time, value }) => ({ measurement: 'readings', tags: { series: `${index}` }, value, time })),
        );
        // toEqual tells 0 from -0.
        expect(pointsIn(series)).toEqual(expected);
      }),
      { numRuns: 500 },
    );
  });

  test('are full, and none is larger than allowed', () => {
    const readings = Array.from({ length: 120_000 }, (_, row) => ({
      time: 1_700_000_000_000 + row * 60_000,
      value: (row % 997) / 10,
      leftOut: 0,
    }));
    const series = [seriesOf('0', readings), seriesOf('1', readings)];
    const batches = [...pointBatches(series)];
    expect(batches.reduce((sum, { points }) => sum + points, 0)).toBe(240_000);
    for (const { bytes } of batches.slice(0, -1)) expect(bytes.length).toBeGreaterThan(MOST_BYTES * 0.99);
    expect(pointsIn(series).map(({ value }) => value)).toEqual([...readings, ...readings].map(({ value }) => value));
  });

  test('count seconds, and milliseconds only where seconds would lose something', () => {
    const precisions = (time: number) =>
      [...pointBatches([seriesOf('0', [{ time, value: 1, leftOut: 0 }])])].map(({ precision }) => precision);
    expect([precisions(1_730_000_000_000), precisions(1_730_000_000_001)]).toEqual([['s'], ['ms']]);
  });

  test('are not made if everything is left out', () => {
    expect([...pointBatches([seriesOf('0', [{ time: 0, value: 1, leftOut: 2 }])])]).toEqual([]);
  });
});
