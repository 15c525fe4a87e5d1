import { Failure } from '@sensor-warehouse/model/failure';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { linePrefix } from '../src/line-protocol';
import { pointBatches, type SeriesPoints } from '../src/point-batches';

const START = Date.parse('2024-10-27T00:00:00Z');

function series(name: string, rows: readonly (readonly [time: number, value: number])[]): SeriesPoints {
  return {
    key: { measurement: 'readings', tags: { series: name } },
    time: Float64Array.from(rows, ([time]) => time),
    value: Float64Array.from(rows, ([, value]) => value),
    leftOut: new Int32Array(rows.length),
    start: 0,
    end: rows.length,
  };
}

/** Lines as a server reads them: prefix, number, time in milliseconds. */
const linesOf = (all: Iterable<SeriesPoints>) =>
  [...pointBatches(all)].flatMap(({ bytes, points, precision }) => {
    const lines = bytes.toString('utf8').split('\n');
    expect(lines.pop()).toBe('');
    expect(lines).toHaveLength(points);
    return lines.map((line) => {
      const [, prefix, value, time] = /^(.*) value=(\S+) (-?\d+)$/s.exec(line)!;
      return [prefix, Number(value), Number(time) * (precision === 's' ? 1000 : 1)] as const;
    });
  });

describe('points as line protocol', () => {
  test('read back as the same doubles and instants, in the order of series and rows', () => {
    const value = fc.oneof(
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.integer({ min: -1_000_000, max: 1_000_000 }).map((number) => number / 1000),
      fc.constantFrom(-0, 0, 5e-324, 1e15, 1e15 - 0.5, -1e21, 0.1 + 0.2),
    );
    const time = fc.oneof(
      fc.integer({ min: -1e12, max: 4e12 }),
      fc.integer({ min: 0, max: 1e6 }).map((s) => START + s * 1000),
    );
    fc.assert(
      fc.property(fc.array(fc.array(fc.tuple(time, value), { maxLength: 20 }), { maxLength: 4 }), (all) => {
        const read = linesOf(all.map((rows, index) => series(`${index}`, rows)));
        const written = all.flatMap((rows, index) => rows.map(([at, one]) => [`readings,series=${index}`, one, at]));
        expect(read).toEqual(written);
      }),
    );
  });

  test('leave out the rows whose flags say so', () => {
    const made = series('7', [
      [START, 1],
      [START + 1000, 2],
      [START + 2000, 3],
    ]);
    expect(linesOf([{ ...made, leftOut: Int32Array.from([0, 1, 0]) }]).map(([, value]) => value)).toEqual([1, 3]);
  });

  test('come in bodies of two megabytes, and none is lost at their ends', () => {
    const rows = Array.from({ length: 200_000 }, (_, i) => [START + i * 1000, i / 10] as const);
    const batches = [...pointBatches([series('a', rows), series('b', rows)])];
    expect(batches.length).toBeGreaterThan(4);
    for (const { bytes } of batches) expect(bytes.length).toBeLessThanOrEqual(2 << 20);
    expect(batches.reduce((total, { points }) => total + points, 0)).toBe(400_000);
  });

  test('have milliseconds only where seconds would lose something', () => {
    const precisions = (time: number) =>
      [...pointBatches([series('a', [[time, 1]])])].map(({ precision }) => precision);
    expect(precisions(START)).toEqual(['s']);
    expect(precisions(START + 1)).toEqual(['ms']);
  });
});

describe('the beginning of a line', () => {
  test('escapes what the protocol escapes, and sorts its tags', () => {
    expect(linePrefix({ measurement: 'a b,c', tags: { z: 'x=1', 'b c': 'ž,y' } })).toBe(
      'a\\ b\\,c,b\\ c=ž\\,y,z=x\\=1 value=',
    );
  });

  test.each([
    ['nothing', ''],
    ['a line end', 'a\nb'],
    ['a NUL', 'a\0b'],
    ['a tab', 'a\tb'],
    ['a backslash at the end', 'a\\'],
    ['a backslash before a comma', 'a\\,b'],
  ])('is refused with %s in a name, as a matter of configuration', (_, text) => {
    const refusal = (() => {
      try {
        linePrefix({ measurement: 'm', tags: { location: text } });
      } catch (error) {
        return error;
      }
    })();
    expect(refusal).toBeInstanceOf(Failure);
    expect((refusal as Failure).details).toMatchObject({ class: 'config', code: 'influx-text' });
  });
});
