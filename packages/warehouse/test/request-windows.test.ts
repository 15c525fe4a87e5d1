import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { requestWindows, withWindow } from '../src/ingest/request-windows';

const DAYS = { hours: 24, back: 2, format: 'date' } as const;
const NOW = Date.parse('2024-11-03T02:17:00Z');

describe('the periods that an API is asked for', () => {
  test('are the last completed ones, oldest first', () => {
    const starts = requestWindows(DAYS, NOW).map(({ start }) => new Date(start).toISOString());
    expect(starts).toEqual(['2024-11-01T00:00:00.000Z', '2024-11-02T00:00:00.000Z']);
  });

  test('follow each other without a gap, and the next begins when the last is over', () => {
    const settings = fc.record({
      hours: fc.integer({ min: 1, max: 200 }),
      back: fc.integer({ min: 1, max: 20 }),
      format: fc.constant('epoch' as const),
    });
    fc.assert(
      fc.property(settings, fc.integer({ min: 0, max: 4e12 }), (window, now) => {
        const windows = requestWindows(window, now);
        const last = windows.at(-1)!;
        expect(windows).toHaveLength(window.back);
        for (const [i, { start, end }] of windows.entries()) {
          expect(end - start).toBe(window.hours * 3_600_000);
          expect(windows[i + 1]?.start ?? end).toBe(end);
        }
        expect(last.end <= now && now < last.end + window.hours * 3_600_000).toBe(true);
      }),
    );
  });

  test.each([
    ['epoch', '1730505600-1730592000'],
    ['iso', '2024-11-02T00:00:00Z-2024-11-03T00:00:00Z'],
    ['date', '2024-11-02-2024-11-03'],
  ] as const)('are written as %s', (format, text) => {
    const window = requestWindows(DAYS, NOW).at(-1)!;
    expect(withWindow('{start}-{end}', { ...DAYS, format }, window)).toBe(text);
  });
});
