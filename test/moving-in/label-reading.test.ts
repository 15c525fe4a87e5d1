import { DuckDBConnection } from '@duckdb/node-api';
import { HOUR } from '@sensor-warehouse/model/time/units';
import { openZone } from '@sensor-warehouse/model/time/zone';
import { hourOfLabel, hourOfReading } from '@sensor-warehouse/warehouse/layout/label-reading';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const PRAGUE = openZone('Europe/Prague');
const END = { label: 'end', zone: 'Europe/Prague' } as const;
const START = { label: 'start', zone: 'Europe/Prague' } as const;
const at = (text: string) => Date.parse(`${text}Z`);

describe('the label of an hour in an old file', () => {
  let duckdb: DuckDBConnection;
  /** Every wall hour of twelve years → the instants that show it, by DuckDB's time zones. */
  const instants = new Map<number, number[]>();

  beforeAll(async () => {
    duckdb = await DuckDBConnection.create();
    await duckdb.run("set timezone = 'UTC'");
    const reader = await duckdb.runAndReadAll(
      `select epoch_ms(hour)::double, epoch_ms((hour at time zone 'Europe/Prague')::timestamp)::double
       from (select unnest(generate_series(timestamptz '2016-01-01', timestamptz '2028-01-01', interval 1 hour)) as hour)`,
    );
    for (const [instant, wall] of reader.getRows() as [number, number][])
      instants.set(wall, [...(instants.get(wall) ?? []), instant]);
  });
  afterAll(() => duckdb.closeSync());

  const expected = (wall: number) => {
    const found = instants.get(wall) ?? [];
    if (found.length === 0) return 'spring-gap';
    return found.length === 2 ? 'doubled-hour' : found[0];
  };

  test('stands for the instant that DuckDB finds, at each hour of twelve years', () => {
    const wrong: number[] = [];
    for (let wall = at('2016-01-02T00:00'); wall < at('2027-12-30T00:00'); wall += HOUR) {
      if (hourOfLabel(wall, START, PRAGUE) !== expected(wall)) wrong.push(wall);
      if (hourOfLabel(wall + HOUR, END, PRAGUE) !== expected(wall)) wrong.push(wall);
    }
    expect(wrong).toEqual([]);
  });

  test('is of a window that was cut if it is not on the hour', () => {
    const label = fc.tuple(fc.integer({ min: 0, max: 100_000 }), fc.integer({ min: 1, max: HOUR - 1 }));
    fc.assert(
      fc.property(label, ([hour, past]) => {
        expect(hourOfLabel(at('2016-01-02T00:00') + hour * HOUR + past, END, PRAGUE)).toBe('cut-window');
      }),
    );
  });

  test('a reading belongs to the hour of its instant', () => {
    const reading = fc.tuple(fc.integer({ min: 0, max: 100_000 }), fc.integer({ min: 0, max: HOUR - 1 }));
    fc.assert(
      fc.property(reading, ([hour, past]) => {
        const wall = at('2016-01-02T00:00') + hour * HOUR;
        expect(hourOfReading(wall + past, PRAGUE)).toBe(expected(wall));
      }),
    );
  });

  test('in the night of spring names the hour before the gap, then none, then the hour after it', () => {
    const labels = ['2024-03-31T02:00', '2024-03-31T03:00', '2024-03-31T04:00'];
    expect(labels.map((label) => hourOfLabel(at(label), END, PRAGUE))).toEqual([
      at('2024-03-31T00:00'),
      'spring-gap',
      at('2024-03-31T01:00'),
    ]);
  });

  test('in the night of autumn is not guessed where the clock showed the hour twice', () => {
    const labels = ['2024-10-27T02:00', '2024-10-27T03:00', '2024-10-27T04:00'];
    expect(labels.map((label) => hourOfLabel(at(label), END, PRAGUE))).toEqual([
      at('2024-10-26T23:00'),
      'doubled-hour',
      at('2024-10-27T02:00'),
    ]);
  });
});
