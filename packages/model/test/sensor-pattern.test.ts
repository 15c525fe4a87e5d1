import { sensorIdOf } from '@sensor-warehouse/model/seeds/sensor-pattern';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

/** The same as a regular expression, which takes forever for some names. */
function byRegularExpression(name: string, pattern: string): string | undefined {
  const [before = '', after = ''] = pattern
    .split('{id}')
    .map((part) => part.replace(/[\\^$.+?()[\]{}|]/g, '\\$&').replaceAll('*', '.*?'));
  return new RegExp(`^${before}([\\p{L}\\p{N}-]+)${after}$`, 'iu').exec(name)?.[1]?.toUpperCase();
}

describe('a sensor_pattern', () => {
  test('finds in any name the id that a regular expression would', () => {
    const part = fc.string({ unit: fc.constantFrom('a', 'B', '-', '_', '.', '*'), maxLength: 5 });
    const name = fc.string({ unit: fc.constantFrom('a', 'A', 'b', '-', '_', '.', 'ž'), maxLength: 12 });
    fc.assert(
      fc.property(part, part, name, (before, after, text) => {
        const pattern = `${before}{id}${after}`;
        expect(sensorIdOf(text, pattern)).toBe(byRegularExpression(text, pattern));
      }),
      { numRuns: 5000 },
    );
  });

  test.each([
    ['sensor-{id}_*.csv', 'Sensor-k7_2024.csv', 'K7'],
    ['{id}.csv', 'Žižkov-1.csv', 'ŽIŽKOV-1'],
    ['*_{id}_*', 'a_b_c_d', 'B'],
    ['{id}.csv', 'a b.csv', undefined],
    ['{id}.csv', '.csv', undefined],
  ])('%s finds in %s the id %s', (pattern, name, id) => {
    expect(sensorIdOf(name, pattern)).toBe(id);
  });

  test('takes time that grows with the name, not with the number of stars', () => {
    const started = performance.now();
    expect(sensorIdOf('a'.repeat(5000), `${'*a'.repeat(20)}{id}${'a*'.repeat(20)}b`)).toBeUndefined();
    expect(performance.now() - started).toBeLessThan(1000);
  });
});
