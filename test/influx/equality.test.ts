import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AggregationLevel } from '@sensor-warehouse/model/seeds/configuration';
import { parseEvery } from '@sensor-warehouse/model/time/every';
import type { Month } from '@sensor-warehouse/model/time/month';
import { EMBEDDED, type Engine, type MonthOfReadings } from '@sensor-warehouse/warehouse/engines/engine';
import { openInfluxEngine } from '@sensor-warehouse/warehouse/engines/influx-engine';
import { EXCLUDED, FROZEN, OUT_OF_RANGE } from '@sensor-warehouse/warehouse/tables/flag';
import type { Hours } from '@sensor-warehouse/warehouse/tables/hours';
import { readArchive, writeHours } from '@sensor-warehouse/warehouse/tables/partition-files';
import type { KeySegment, ReadingTable } from '@sensor-warehouse/warehouse/tables/read-facts';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Building, newBuilding } from '../support/building';
import { uploadExamples } from '../support/example-uploads';
import { hasInflux, openServer, scratchBucketsLeft, type TestServer } from '../support/influxd-server';

const level = (every: string): AggregationLevel => ({
  name: `every_${every}`,
  every: parseEvery(every)!,
  timezone: 'UTC',
});
const LEVELS = [level('15m'), level('1m')];

describe.skipIf(!hasInflux)('both engines', () => {
  let influx: TestServer;
  let engine: Engine;
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'equality-'));
    influx = await openServer();
    engine = await openInfluxEngine({ address: influx.server, say: () => {} });
  });
  afterAll(async () => {
    await engine.close();
    expect(await scratchBucketsLeft(influx.server)).toEqual([]);
    await influx.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const bytesOf = async (hours: Hours) => {
    const path = join(folder, 'hours.parquet');
    await writeHours(path, hours);
    return readFile(path);
  };

  /** The bytes of every table that an engine makes of a window, by what it is of. */
  const tablesOf = async (by: Engine, window: readonly MonthOfReadings[]) => {
    const made: Record<string, Buffer> = {};
    for (const [month, hours] of (await by.hours('made', window)).entries())
      made[`${window[month]!.month} hours`] = await bytesOf(hours);
    for (const [name, tables] of await by.levels!('made', window, LEVELS))
      for (const [month, hours] of tables.entries()) made[`${window[month]!.month} ${name}`] = await bytesOf(hours);
    return made;
  };
  const expectSame = async (window: readonly MonthOfReadings[]) => {
    const ours = await tablesOf(EMBEDDED, window);
    const theirs = await tablesOf(engine, window);
    expect(Object.keys(theirs)).toEqual(Object.keys(ours));
    for (const [name, bytes] of Object.entries(ours)) expect(theirs[name]!.equals(bytes), name).toBe(true);
  };

  describe.skipIf(!process.env.DBT_PYTHON)('on the real exports', () => {
    let building: Building;
    beforeAll(async () => {
      building = await newBuilding();
      await uploadExamples(building);
      const { code, stderr } = await building.run('run');
      if (code !== 0) throw new Error(stderr);
    });
    afterAll(() => building.remove());

    test.each(['indoor', 'ventilation'])('give the same bytes for every month of %s', async (source) => {
      const archive = join(building.warehouse, 'archive', source);
      const months: MonthOfReadings[] = [];
      for (const name of (await readdir(archive)).sort()) {
        const readings = await readArchive(join(archive, name));
        months.push({ month: name.slice(0, 7), readings, flags: new Int32Array(readings.time.length) });
      }
      expect(months.length).toBeGreaterThan(1);
      for (let first = 0; first < months.length; first += 2) await expectSame(months.slice(first, first + 2));
    });
  });

  test('give the same bytes over both nights when clocks change, which are UTC hours like all others', async () => {
    const minutes = (from: string, to: string) => {
      const times: number[] = [];
      for (let time = Date.parse(from); time < Date.parse(to); time += 60_000) times.push(time);
      return times;
    };
    const some = (time: number) => ((time / 60_000) % 97) / 10;
    for (const [month, from, to] of [
      ['2024-03', '2024-03-30T20:00:00Z', '2024-03-31T06:00:00Z'],
      ['2024-10', '2024-10-26T20:00:00Z', '2024-10-27T06:00:00Z'],
    ] as const)
      await expectSame([monthOf(month, [{ location: 'a', times: minutes(from, to).map((at) => [at, some(at), 0]) }])]);
  });

  test('give the same bytes for an additive quantity with gaps of hours and of days', async () => {
    const start = Date.parse('2024-05-01T00:00:00Z');
    const times = Array.from({ length: 6000 }, (_, i) => start + i * 61_000)
      .filter(
        (time) => time % 7 !== 0 && Math.floor(time / 3_600_000) % 5 !== 0 && Math.floor(time / 86_400_000) % 3 !== 0,
      )
      .map((time): Row => [time, (time % 1013) / 1000, 0]);
    await expectSame([monthOf('2024-05', [{ location: 'meter', measurement: 'additive', times }])]);
  });

  test('give the same bytes for generated readings, whatever their values, flags, names and instants', async () => {
    await fc.assert(
      fc.asyncProperty(windows, async (window) => expectSame(window)),
      { numRuns: 25 },
    );
  });

  test('give the same bytes for readings with parts of a second', async () => {
    const start = Date.parse('2024-05-01T00:00:00Z');
    await expectSame([
      monthOf('2024-05', [
        {
          location: 'a',
          times: [
            [start + 1, 1, 0],
            [start + 999, 2.5, 0],
            [start + 3_599_999, 3, 0],
          ],
        },
      ]),
    ]);
  });

  test('make no hour of readings that are all left out, and keep one that is frozen', async () => {
    const start = Date.parse('2024-05-01T00:00:00Z');
    const window = [
      monthOf('2024-05', [
        {
          location: 'a',
          times: [
            [start, 1, OUT_OF_RANGE],
            [start + 3_600_000, 2, FROZEN],
          ],
        },
        { location: 'b', times: [[start, 1, EXCLUDED]] },
      ]),
    ];
    await expectSame(window);
    const [hours] = await engine.hours('made', window);
    expect([...hours!.hour]).toEqual([start + 3_600_000]);
  });
});

type Row = readonly [time: number, value: number, flags: number];
interface MadeSeries {
  readonly location: string;
  readonly source?: string;
  readonly dataKey?: string;
  readonly measurement?: KeySegment['measurement'];
  readonly times: readonly Row[];
}

/** Readings of one month, series by series in the order of their keys. */
function monthOf(month: Month, series: readonly MadeSeries[]): MonthOfReadings {
  const rows: Row[] = [];
  const segments: KeySegment[] = [];
  for (const { location, source = 'Made', dataKey = 'temp_indoor', measurement = 'nonadditive', times } of series) {
    const start = rows.length;
    rows.push(...times);
    segments.push({ location, source, dataKey, measurement, start, end: rows.length });
  }
  const readings: ReadingTable = {
    time: Float64Array.from(rows, ([time]) => time),
    value: Float64Array.from(rows, ([, value]) => value),
    sensor: new Int32Array(rows.length),
    sensors: ['493D'],
    segments,
  };
  return { month, readings, flags: Int32Array.from(rows, ([, , flags]) => flags) };
}

const value = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e300, max: 1e300 }),
  fc.constantFrom(-0, 0, Number.MIN_VALUE, -Number.MIN_VALUE, 1e-310, 1e300, 0.1, -0.1, 1e21, 123456.789, 2 ** 53),
  fc.integer({ min: -400, max: 400 }).map((tenths) => tenths / 10),
);
const flags = fc.constantFrom(0, 0, 0, OUT_OF_RANGE, EXCLUDED, FROZEN);
/** What line protocol has to escape, and Flux, and what a page or a shell would run. */
const name = fc.constantFrom('a', 'a b', 'a,b', 'a=b', 'ž "q"', "it's", '#a', 'a|>b', '1NP-S1', '日本');
const MONTHS: readonly Month[] = ['2024-09', '2024-10'];

/** Two months of up to four series. Instants meet in hours, stand at both ends of the months, and have milliseconds. */
const windows = fc
  .array(
    fc.record({
      location: name,
      dataKey: fc.constantFrom('temp_indoor', 'energy'),
      rows: fc.array(
        fc.tuple(
          fc.constantFrom(...MONTHS),
          fc.oneof(
            fc.integer({ min: 0, max: 300 }).map((minute) => minute * 60_000),
            fc.integer({ min: 0, max: 7_200_000 }),
            fc.constantFrom(0, 29 * 86_400_000, 30 * 86_400_000 - 1),
          ),
          value,
          flags,
        ),
        { maxLength: 40 },
      ),
    }),
    { minLength: 1, maxLength: 4 },
  )
  .map((made) =>
    MONTHS.map((month) => {
      const series = new Map<string, MadeSeries>();
      for (const { location, dataKey, rows } of made) {
        const start = Date.parse(`${month}-01T00:00:00Z`);
        const at = new Map(
          rows.filter(([its]) => its === month).map(([, after, one, its]) => [after, [one, its] as const]),
        );
        const times = [...at].sort(([a], [b]) => a - b).map(([after, [one, its]]): Row => [start + after, one, its]);
        const measurement = dataKey === 'energy' ? 'additive' : 'nonadditive';
        if (times.length > 0) series.set(`${location}\0${dataKey}`, { location, dataKey, measurement, times });
      }
      const order = (a: string, b: string) => (a < b ? -1 : 1);
      return monthOf(
        month,
        [...series].sort(([a], [b]) => order(a, b)).map(([, one]) => one),
      );
    }),
  );
