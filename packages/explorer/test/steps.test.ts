import { HOUR } from '@sensor-warehouse/model/time/units';
import { openZone } from '@sensor-warehouse/model/time/zone';
import { describe, expect, it } from 'vitest';
import { clockHours } from '../src/page/day-hours';
import { gridOf, stepEnd, yearLater } from '../src/page/steps';
import { timeTicks } from '../src/page/time-axis';

const PRAGUE = openZone('Europe/Prague');
const at = (text: string) => Date.parse(text);
const day = (date: string) => PRAGUE.resolve(at(`${date}T00:00Z`)).first;
const rows = (...starts: number[]) => {
  const one = Float64Array.from(starts, (_, i) => i);
  return { start: Float64Array.from(starts), value: one, n: one, expected: one, minimum: one, maximum: one };
};

describe('steps of local time', () => {
  it.each([
    ['2024-03-31', 23],
    ['2024-10-27', 25],
    ['2024-10-28', 24],
  ])('give %s %d hours', (date, hours) => {
    expect((stepEnd(day(date), 'day', PRAGUE) - day(date)) / HOUR).toBe(hours);
    expect(gridOf('hour', day(date), stepEnd(day(date), 'day', PRAGUE), PRAGUE)).toHaveLength(hours);
  });

  it('have seven days in a week with a clock change', () => {
    const monday = day('2024-10-21');
    expect(gridOf('day', monday, stepEnd(monday, 'week', PRAGUE), PRAGUE)).toHaveLength(7);
    expect(stepEnd(monday, 'week', PRAGUE)).toBe(day('2024-10-28'));
  });

  it('name no hour in spring and one twice in autumn', () => {
    expect(
      clockHours(day('2024-03-31'), PRAGUE)
        .map(({ starts }) => starts.length)
        .slice(0, 5),
    ).toEqual([1, 1, 0, 1, 1]);
    expect(
      clockHours(day('2024-10-27'), PRAGUE)
        .map(({ starts }) => starts.length)
        .slice(0, 5),
    ).toEqual([1, 1, 2, 1, 1]);
  });
});

describe('the year before', () => {
  it('is aligned by local time, even between a summer and a winter', () => {
    // The clocks went back on 29 October 2023, and on 27 October 2024.
    const moved = yearLater(rows(at('2023-10-28T10:00Z')), 'hour', PRAGUE);
    expect(new Date(moved.start[0]!).toISOString()).toBe('2024-10-28T11:00:00.000Z');
  });

  it('leaves out hours that the later year does not have', () => {
    const leapDay = yearLater(
      rows(at('2024-02-28T12:00Z'), at('2024-02-29T12:00Z'), at('2024-03-01T12:00Z')),
      'hour',
      PRAGUE,
    );
    expect([...leapDay.value]).toEqual([0, 2]);
    // 02:30 on 31 March 2023 was; the clock skips it in 2024.
    expect([...yearLater(rows(at('2023-03-31T00:30Z')), 'hour', PRAGUE).start]).toEqual([]);
  });

  it('keeps its values in order if an hour was doubled', () => {
    const moved = yearLater(
      rows(at('2023-10-29T00:00Z'), at('2023-10-29T01:00Z'), at('2023-10-29T02:00Z')),
      'hour',
      PRAGUE,
    );
    expect([...moved.value]).toEqual([0, 2]);
  });

  it('begins on a Monday when weeks are shown', () => {
    expect(yearLater(rows(day('2023-10-23')), 'week', PRAGUE).start[0]).toBe(day('2024-10-21'));
  });
});

describe('ticks of the time axis', () => {
  const shown = (from: number, to: number, most: number, zone = PRAGUE) =>
    timeTicks(from, to, zone, most).map(
      ({ at, unit }) => `${new Date(at + zone.offsetAt(at)).toISOString().slice(0, 16)} ${unit}`,
    );

  it('keep the hours of the clock over a clock change', () => {
    expect(shown(day('2024-03-31'), day('2024-04-01'), 8)).toEqual([
      '2024-03-31T00:00 day',
      ...['03', '06', '09', '12', '15', '18', '21'].map((hour) => `2024-03-31T${hour}:00 hour`),
      '2024-04-01T00:00 day',
    ]);
  });

  it('are Mondays if there is no room for a tick per day', () => {
    expect(shown(day('2024-10-01'), day('2024-11-01'), 5)).toEqual(
      ['07', '14', '21', '28'].map((date) => `2024-10-${date}T00:00 day`),
    );
  });

  it('are the first days of months, and the numbers of years', () => {
    expect(shown(day('2023-11-15'), day('2024-03-15'), 5)).toEqual([
      '2023-12-01T00:00 month',
      '2024-01-01T00:00 year',
      '2024-02-01T00:00 month',
      '2024-03-01T00:00 month',
    ]);
    expect(shown(day('2014-11-29'), day('2024-11-29'), 6)).toHaveLength(5);
  });

  it('are in UTC if UTC is shown', () => {
    expect(shown(at('2024-10-27T00:00Z'), at('2024-10-28T00:00Z'), 4, openZone('UTC'))).toHaveLength(5);
  });
});
