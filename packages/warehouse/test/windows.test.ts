import { shiftMonth } from '@sensor-warehouse/model/time/month';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { windowsOfMonths } from '../src/influx-aggregate/merge-source';

const months = fc
  .uniqueArray(fc.integer({ min: 0, max: 60 }), { maxLength: 40 })
  .map((offsets) => offsets.map((offset) => shiftMonth('2022-11', offset)));

describe('windows of months', () => {
  test('hold every month once, in order, and span no more than they may', () => {
    fc.assert(
      fc.property(months, fc.integer({ min: 1, max: 14 }), (touched, most) => {
        const windows = windowsOfMonths(touched, most);
        expect(windows.flat()).toEqual([...touched].sort());
        for (const window of windows) expect(window.at(-1)! < shiftMonth(window[0]!, most)).toBe(true);
      }),
    );
  });

  test('do not combine months that are far apart', () => {
    expect(windowsOfMonths(['2024-02', '2023-11', '2024-10', '2023-12'], 2)).toEqual([
      ['2023-11', '2023-12'],
      ['2024-02'],
      ['2024-10'],
    ]);
  });
});
