import { randomUUID } from 'node:crypto';
import { textInCell } from '@sensor-warehouse/influx/annotated-csv';
import { createBucket, dropBucket, findBucket } from '@sensor-warehouse/influx/buckets';
import { PATIENCE } from '@sensor-warehouse/influx/patience';
import { query } from '@sensor-warehouse/influx/query';
import { numberOf } from '@sensor-warehouse/influx/window-aggregates';
import { EMBEDDED, type MonthOfReadings } from '@sensor-warehouse/warehouse/engines/engine';
import { openInfluxEngine } from '@sensor-warehouse/warehouse/engines/influx-engine';
import { EXCLUDED } from '@sensor-warehouse/warehouse/tables/flag';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { hasInflux, openServer, scratchBucketsLeft, type TestServer } from '../support/influxd-server';
import { type MadeReading, monthWith, readingsEvery } from './made-window';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** By the server's clock, which no test can set; on the hour, so that readings are at whole seconds. */
const NOW = Math.floor(Date.now() / HOUR) * HOUR;

/** Readings of two places as the months that hold them. */
function windowOf(readings: readonly MadeReading[]): MonthOfReadings[] {
  const monthOf = ({ time }: MadeReading) => new Date(time).toISOString().slice(0, 7);
  return [...new Set(readings.map(monthOf))].map((month) => {
    const its = readings.filter((one) => monthOf(one) === month);
    return monthWith(month, { 'Byt 1, "a"': its, chodba: its });
  });
}

describe.skipIf(!hasInflux)('the bucket for live queries', () => {
  let influx: TestServer;
  let bucket: string;
  beforeAll(async () => {
    influx = await openServer();
  });
  beforeEach(() => {
    bucket = `test-${randomUUID()}`;
  });
  afterEach(async () => {
    const made = await findBucket(influx.server, bucket);
    if (made !== undefined) await dropBucket(influx.server, made);
  });
  afterAll(async () => {
    expect(await scratchBucketsLeft(influx.server)).toEqual([]);
    await influx.stop();
  });

  /** Aggregates a window with the bucket beside, and gives what was said of it and the hours. */
  const aggregate = async (readings: readonly MadeReading[], months: number) => {
    const said: string[] = [];
    const engine = await openInfluxEngine({
      address: influx.server,
      monitoring: { bucket, months },
      say: (line) => said.push(line),
    });
    const hours = await engine.hours('made', windowOf(readings)).finally(() => engine.close());
    const [written, left] = /(\d+) points written, (\d+) not sent because its retention would drop them$/
      .exec(said.at(-1)!)!
      .slice(1)
      .map(Number);
    return { hours, written, left };
  };

  /** Every point of the bucket, as `location time value`. */
  const stored = async () => {
    const points: string[] = [];
    const flux = `from(bucket: "${bucket}") |> range(start: 1970-01-01T00:00:00Z) |> filter(fn: (r) => r._field == "value")`;
    await query(influx.server, 'reading the points', { flux }, PATIENCE, () => (header) => {
      const [location, time, value] = ['location', '_time', '_value'].map((name) => header.indexOf(name));
      return (row) => {
        points.push(`${textInCell(row, location!)} ${textInCell(row, time!)} ${numberOf(row, value!)}`);
      };
    });
    return points.sort();
  };
  const pointsOf = (readings: readonly MadeReading[]) =>
    ['Byt 1, "a"', 'chodba']
      .flatMap((location) =>
        readings.map(({ time, value }) => `${location} ${new Date(time).toISOString().replace('.000', '')} ${value}`),
      )
      .sort();

  test('is made with a retention of the window and a margin, and holds the readings of that time with their names', async () => {
    const readings = readingsEvery(30, NOW - 10 * DAY, NOW);
    expect(await aggregate(readings, 2)).toMatchObject({ written: 2 * readings.length, left: 0 });
    expect((await findBucket(influx.server, bucket))!.retention * 1000).toBe((2 * 31 + 7) * DAY);
    expect(await stored()).toEqual(pointsOf(readings));
  });

  test('is not sent what its retention would drop, which is counted, and the hours are whole all the same', async () => {
    const old = readingsEvery(60, NOW - 90 * DAY, NOW - 80 * DAY);
    const recent = readingsEvery(60, NOW - 20 * DAY, NOW - 10 * DAY);
    const { hours, written, left } = await aggregate([...old, ...recent], 1);
    expect([written, left]).toEqual([2 * recent.length, 2 * old.length]);
    expect(await stored()).toEqual(pointsOf(recent));
    expect(hours).toEqual(await EMBEDDED.hours('made', windowOf([...old, ...recent])));
  });

  test('that somebody made with a shorter retention takes what it can keep, and nothing is refused', async () => {
    await createBucket(influx.server, bucket, (3 * DAY) / 1000, 'of somebody else');
    const readings = readingsEvery(10, NOW - 6 * DAY, NOW);
    const { written, left } = await aggregate(readings, 2);
    expect(written! + left!).toBe(2 * readings.length);
    const kept = pointsOf(readings.slice(-written! / 2));
    // A day less than three: a run may take a while.
    expect(written! / 2 / 6).toBeGreaterThan(46);
    expect(written! / 2 / 6).toBeLessThanOrEqual(48);
    expect(await stored()).toEqual(kept);
  });

  test('that keeps everything is sent the window all the same, not the history', async () => {
    await createBucket(influx.server, bucket, 0, 'of somebody else');
    const old = readingsEvery(60, NOW - 400 * DAY, NOW - 399 * DAY);
    const recent = readingsEvery(60, NOW - 2 * DAY, NOW);
    expect(await aggregate([...old, ...recent], 1)).toMatchObject({
      written: 2 * recent.length,
      left: 2 * old.length,
    });
  });

  test('is the same after the same window again, and after one that overlaps', async () => {
    const readings = readingsEvery(15, NOW - 5 * DAY, NOW);
    await aggregate(readings, 2);
    await aggregate(readings, 2);
    await aggregate(readings.slice(100), 2);
    expect(await stored()).toEqual(pointsOf(readings));
  });

  test('has none of the readings that are left out of aggregates', async () => {
    const readings = readingsEvery(60, NOW - DAY, NOW).map((one, row) =>
      row % 3 === 0 ? { ...one, flags: EXCLUDED } : one,
    );
    const good = readings.filter(({ flags }) => flags === undefined);
    expect(await aggregate(readings, 2)).toMatchObject({ written: 2 * good.length, left: 0 });
    expect(await stored()).toEqual(pointsOf(good));
  });
});
