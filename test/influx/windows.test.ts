import { listBuckets } from '@sensor-warehouse/influx/buckets';
import { startLocalServer } from '@sensor-warehouse/influx/local-server';
import { storedPoints } from '@sensor-warehouse/influx/window-aggregates';
import { type Month, monthStart } from '@sensor-warehouse/model/time/month';
import { openInfluxEngine } from '@sensor-warehouse/warehouse/engines/influx-engine';
import { describe, expect, test } from 'vitest';
import { openWay, PATIENT } from './disturbed';

const { INFLUXD } = process.env;
const READINGS_A_MONTH = 5000;
const WINDOWS: readonly (readonly Month[])[] = [['2023-11', '2023-12'], ['2024-01', '2024-02'], ['2024-03']];

function readingsOf(month: Month) {
  const start = monthStart(month);
  const segment = { location: 'a', source: 'Made', measurement: 'nonadditive' as const, dataKey: 'temp_indoor' };
  const readings = {
    time: Float64Array.from({ length: READINGS_A_MONTH }, (_, row) => start + row * 60_000),
    value: new Float64Array(READINGS_A_MONTH).fill(1),
    sensor: new Int32Array(READINGS_A_MONTH),
    sensors: ['493D'],
    segments: [{ ...segment, start: 0, end: READINGS_A_MONTH }],
  };
  return { month, readings, flags: new Int32Array(READINGS_A_MONTH) };
}

describe.skipIf(!INFLUXD)('a history of several windows', () => {
  test('is in InfluxDB a window at a time, and at its end not at all', async () => {
    const { server, stop } = await startLocalServer(INFLUXD);
    const held: number[] = [];
    const everything = { measurement: 'readings', tag: 'series', from: 0, to: Date.UTC(2030, 0, 1) };
    const pointsInside = async () => {
      let points = 0;
      const { buckets } = await listBuckets(server);
      for (const { name: bucket } of buckets.filter(({ name }) => name.startsWith('sensor-warehouse-')))
        for (const count of (await storedPoints(server, { ...everything, bucket })).values()) points += count;
      return points;
    };
    // Whatever was written is there when the first query of a window comes.
    const way = await openWay(server.url, async ({ what }) => {
      if (what === 'POST /api/v2/query') held.push(await pointsInside());
      return undefined;
    });
    try {
      const engine = await openInfluxEngine({
        address: { ...server, url: way.url },
        say: () => {},
        patience: PATIENT,
      });
      for (const window of WINDOWS) await engine.hours('made', window.map(readingsOf));
      await engine.close();
      const queries = held.length / WINDOWS.length;
      const expected = WINDOWS.flatMap((window) => Array(queries).fill(window.length * READINGS_A_MONTH));
      expect(held).toEqual(expected);
      expect(await pointsInside()).toBe(0);
    } finally {
      await way.close();
      await stop();
    }
  });
});
