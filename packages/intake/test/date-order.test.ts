import { ownDayOf, watchFormats } from '@sensor-warehouse/intake/cells/date-order';
import { compileFormat } from '@sensor-warehouse/model/time/datetime-format';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

const FORMATS = ['%d/%m/%Y %H:%M', '%m/%d/%Y %H:%M'] as const;
const MINUTE = 60_000;
const DAY = 86_400_000;

function write(wall: number, dayFirst: boolean): string {
  const date = new Date(wall);
  const [day, month] = [date.getUTCDate(), date.getUTCMonth() + 1];
  const order = dayFirst ? `${day}/${month}` : `${month}/${day}`;
  return `${order}/${date.getUTCFullYear()} ${date.getUTCHours()}:${String(date.getUTCMinutes()).padStart(2, '0')}`;
}

/** An export: steps of some minutes, some rows missing, an outage of up to three days. */
const exports = fc
  .record({
    start: fc.integer({ min: Date.UTC(2020, 0, 1) / MINUTE, max: Date.UTC(2026, 11, 31) / MINUTE }),
    step: fc.constantFrom(10, 15, 30, 60),
    rows: fc.integer({ min: 1, max: 1200 }),
    dropped: fc.integer({ min: 2, max: 50 }),
    outage: fc.record({ at: fc.integer({ min: 0, max: 1200 }), minutes: fc.integer({ min: 0, max: 3 * 24 * 60 }) }),
    backwards: fc.boolean(),
  })
  .map(({ start, step, rows, dropped, outage, backwards }) => {
    const walls: number[] = [];
    for (let i = 0, minute = start; i < rows; i++, minute += step) {
      if (i === outage.at) minute += outage.minutes;
      if (i === 0 || i % dropped !== 0) walls.push(minute * MINUTE);
    }
    return backwards ? walls.reverse() : walls;
  });

function verdictOf(walls: readonly number[], dayFirst: boolean, ownDay: number | undefined) {
  const watch = watchFormats(FORMATS.map(compileFormat));
  walls.forEach((wall, i) => {
    const bytes = Buffer.from(write(wall, dayFirst));
    watch.see(bytes, 0, bytes.length, i + 3);
  });
  return watch.decide(ownDay);
}

const right = (dayFirst: boolean) => FORMATS[dayFirst ? 0 : 1];
const readsAlike = (walls: readonly number[]) => walls.every((wall) => write(wall, true) === write(wall, false));

describe('the order of day and month', () => {
  test('is right or refused, never wrong, with and without the date of the export', () => {
    fc.assert(
      fc.property(exports, fc.boolean(), fc.boolean(), (walls, dayFirst, named) => {
        const verdict = verdictOf(walls, dayFirst, named ? Math.floor(Math.max(...walls) / DAY) : undefined);
        if (verdict.kind !== 'decided') expect(verdict.kind).toBe('ambiguous');
        else if (!readsAlike(walls)) expect(verdict.format.text).toBe(right(dayFirst));
      }),
      { numRuns: 1000 },
    );
  });

  test('is never refused if a day after the 12th occurs', () => {
    fc.assert(
      fc.property(exports, fc.boolean(), (walls, dayFirst) => {
        fc.pre(walls.some((wall) => new Date(wall).getUTCDate() > 12));
        const verdict = verdictOf(walls, dayFirst, undefined);
        expect(verdict).toMatchObject({ kind: 'decided', format: { text: right(dayFirst) } });
      }),
    );
  });

  test('is never refused if the export names its own day, unless both orders are near it', () => {
    fc.assert(
      fc.property(exports, fc.boolean(), (walls, dayFirst) => {
        const latest = new Date(Math.max(...walls));
        fc.pre(Math.abs(latest.getUTCDate() - latest.getUTCMonth() - 1) > 1);
        const verdict = verdictOf(walls, dayFirst, Math.floor(latest.getTime() / DAY));
        expect(verdict).toMatchObject({ kind: 'decided', format: { text: right(dayFirst) } });
      }),
    );
  });

  test('is refused if the steps and the date of the export contradict each other', () => {
    const walls = [Date.UTC(2026, 10, 9), Date.UTC(2026, 10, 10)];
    // 9/11 and 10/11: by the step two days of November; the file says that it was made on the 11th of October.
    expect(verdictOf(walls, true, Date.UTC(2026, 9, 11) / DAY).kind).toBe('ambiguous');
  });

  test('is mixed if no format reads every row', () => {
    const watch = watchFormats(FORMATS.map(compileFormat));
    for (const [i, text] of ['13/10/2026 8:00', '10/14/2026 8:00'].entries()) {
      watch.see(Buffer.from(text), 0, text.length, i + 3);
    }
    expect(watch.decide(undefined)).toMatchObject({ kind: 'mixed', line: 4 });
  });
});

describe('the day of an export', () => {
  test.each([
    ['Timestamp of export 2024-10-31 23:59,', 'x.csv', Date.UTC(2024, 9, 31) / DAY],
    ['', 'ThermoProSensor_export_493D_20241031.csv', Date.UTC(2024, 9, 31) / DAY],
    ['', 'ThermoProSensor_export_493D_2024-10-31 (1).csv', Date.UTC(2024, 9, 31) / DAY],
    ['', 'ThermoProSensor_export_493D.csv', undefined],
    ['', '120241031.csv', undefined],
  ])('of %j and %s is %s', (preamble, name, day) => {
    expect(ownDayOf(preamble, name)).toBe(day);
  });
});
