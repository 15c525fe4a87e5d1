import { describe, expect, it } from 'vitest';
import { calendarLayout } from '../src/page/calendar-layout';

const LEAP = { year: 2024, first: 0, last: 365 };
const PHONE = 358;
const DESKTOP = 880;

describe.each([PHONE, DESKTOP])('the calendar of a year on %d pixels', (width) => {
  const layout = calendarLayout(LEAP, width);

  it('has each day in the square that a finger in its middle finds', () => {
    for (let at = 0; at <= 365; at++) {
      const [x, y] = layout.placeOf(at);
      expect(layout.dayAt(x + layout.cell / 2, y + layout.cell / 2)).toBe(at);
    }
  });

  it('has no two days in one place, and none outside', () => {
    const places = Array.from({ length: 366 }, (_, at) => layout.placeOf(at));
    expect(new Set(places.map(String)).size).toBe(366);
    for (const [x, y] of places) {
      expect(x).toBeGreaterThanOrEqual(0);
      expect(x + layout.cell).toBeLessThanOrEqual(width);
      expect(y + layout.cell).toBeLessThanOrEqual(layout.height);
    }
  });

  it('finds no day beside them, nor one that the dataset does not reach', () => {
    expect(layout.dayAt(-1, 60)).toBeUndefined();
    expect(layout.dayAt(60, 0)).toBeUndefined();
    const short = calendarLayout({ ...LEAP, first: 40, last: 100 }, width);
    const [x, y] = short.placeOf(101);
    expect(short.dayAt(x + 2, y + 2)).toBeUndefined();
    expect(short.months.map(({ month }) => month)).toEqual([1, 2, 3]);
    const late = calendarLayout({ ...LEAP, first: 334 - 1 }, width);
    expect(late.months.map(({ month }) => month)).toContain(11);
  });
});

it('has squares on a phone that a finger can hit, in as many blocks as there are months', () => {
  expect(calendarLayout(LEAP, PHONE).cell).toBeGreaterThanOrEqual(24);
  const quarter = calendarLayout({ year: 2024, first: 0, last: 90 }, PHONE);
  expect(quarter.height).toBeLessThan(calendarLayout(LEAP, PHONE).height / 2);
});
