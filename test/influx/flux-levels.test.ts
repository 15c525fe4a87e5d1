import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DuckDBConnection } from '@duckdb/node-api';
import type { AggregationLevel } from '@sensor-warehouse/model/seeds/configuration';
import type { Engine, MonthOfReadings } from '@sensor-warehouse/warehouse/engines/engine';
import { openInfluxEngine } from '@sensor-warehouse/warehouse/engines/influx-engine';
import { levelDefinition } from '@sensor-warehouse/warehouse/engines/reading-levels';
import { OUT_OF_RANGE } from '@sensor-warehouse/warehouse/tables/flag';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { detailsOf } from '../../packages/model/test/support/failure-of';
import { type Building, newBuilding } from '../support/building';
import { root } from '../support/command-line';
import { hasInflux, openServer, scratchBucketsLeft, type TestServer } from '../support/influxd-server';
import { atrea, samples, thermoPro, UNIT_1 } from '../support/made-exports';
import { projectWith } from '../support/project';
import { fileTree, readNormalized } from '../support/published';

const SPREAD = `from(bucket: v.bucket)
    |> range(start: v.timeRangeStart, stop: v.timeRangeStop)
    |> aggregateWindow(every: v.windowPeriod, fn: spread, timeSrc: "_start", createEmpty: false)
`;

/** The example of the documentation. */
async function medianQuery(): Promise<string> {
  const page = await readFile(join(root, 'docs', 'aggregation-levels.md'), 'utf8');
  return /^```flux\n([\s\S]*?)^```/m.exec(page)![1]!;
}

describe.skipIf(!hasInflux)('a level that is a Flux query', () => {
  let influx: TestServer;
  beforeAll(async () => {
    influx = await openServer();
  });
  afterAll(() => influx.stop());

  describe.skipIf(!process.env.DBT_PYTHON)('in the whole job', () => {
    let scratch: Building;
    let building: Building;
    let duckdb: DuckDBConnection;
    const server = () => ['--engine', 'influxdb', '--influx-url', influx.server.url, '--influx-org', influx.server.org];
    const run = () => building.run('run', server(), { env: { INFLUX_TOKEN: influx.server.token } });

    beforeAll(async () => {
      scratch = await newBuilding();
      const project = await projectWith(join(scratch.folder, 'project'), {
        aggregations: (text) =>
          `${text.trimEnd().replace('level,every,timezone', 'level,every,timezone,flux')}\nmedian,1h,UTC,median.flux\nspread,6h,UTC,spread.flux\n`,
      });
      await writeFile(join(project, 'seeds', 'median.flux'), await medianQuery());
      await writeFile(join(project, 'seeds', 'spread.flux'), SPREAD);
      building = await newBuilding(project);
      await building.upload(
        'Indoor',
        thermoPro('493D', samples('2024-10-26T20:00:00Z', '2024-11-02T14:00:00Z', 7, [11, 12.5])),
      );
      await building.upload(
        'Vzduchotechnika',
        atrea('Graph_1.csv', UNIT_1, samples('2024-10-20T00:00:00Z', '2024-10-20T05:00:00Z', 20, [1, 2, 3, 4, 5])),
      );
      const { code, stderr } = await run();
      if (code !== 0) throw new Error(stderr);
      duckdb = await DuckDBConnection.create();
      await duckdb.run("set timezone = 'UTC'");
    }, 120_000);
    afterAll(async () => {
      duckdb.closeSync();
      for (const one of [building, scratch]) await one.remove();
    });

    test('is published as DuckDB computes it from the archive, month by month', async () => {
      const expected = (
        await duckdb.runAndReadAll(`
          select strftime(time_bucket(interval 6 hour, timezone('UTC', time)), '%Y-%m-%dT%H:%M:%SZ') as start, location, source,
                 measurement, data_key, max(data_value) - min(data_value)
          from '${building.warehouse}/archive/*/*.parquet' where flags & 3 = 0 group by all order by all`)
      ).getRowsJson();
      const found = [];
      for (const month of ['2024-10', '2024-11'])
        for (const row of await readNormalized(building.warehouse, `spread_${month}.csv`))
          found.push(Object.values(row));
      const exact = (rows: readonly (readonly unknown[])[]) =>
        rows.map((row) => row.map((cell, at) => (at === 5 ? Number(cell) : cell)));
      expect(found.length).toBeGreaterThan(40);
      expect(exact(found)).toEqual(exact(expected));
    });

    test('may be the one of the documentation: a median for each hour', async () => {
      const medians = await readNormalized(building.warehouse, 'median_2024-10.csv');
      const hours = await readNormalized(building.warehouse, 'nonadditive_2024-10.hourly.csv');
      expect(medians.map(({ time, location, data_key }) => [time, location, data_key])).toEqual(
        hours.map(({ time, location, data_key }) => [time, location, data_key]),
      );
    });

    test('is not queried again when nothing is new', async () => {
      const before = await fileTree(building.warehouse);
      const { code, stderr } = await run();
      expect(code).toBe(0);
      expect(stderr).not.toContain('the query of the level');
      expect(await fileTree(building.warehouse)).toEqual(before);
    });
  });

  describe('asked directly', () => {
    let engine: Engine;
    beforeAll(async () => {
      engine = await openInfluxEngine({
        address: influx.server,
        say: () => {},
        patience: { deadline: 20_000, first: 50, most: 200 },
      });
    });
    afterAll(async () => {
      await engine.close();
      expect(await scratchBucketsLeft(influx.server)).toEqual([]);
    });

    const asLevel = (text: string): AggregationLevel => ({
      name: 'own',
      every: { unit: 'hour', count: 6 },
      timezone: 'UTC',
      flux: { file: 'own.flux', text },
    });
    const START = Date.parse('2024-10-31T23:00:00Z');
    /** A location with everything that line protocol escapes. */
    const PLACE = 'a b,c=d "ž"';
    const MONTH: MonthOfReadings = {
      month: '2024-10',
      readings: {
        time: Float64Array.from([START, START + 60_000, START + 120_000]),
        value: Float64Array.from([1, 4, 1000]),
        sensor: new Int32Array(3),
        sensors: ['493D'],
        segments: [
          { location: PLACE, source: 'Made', dataKey: 'temp_indoor', measurement: 'nonadditive', start: 0, end: 3 },
        ],
      },
      flags: Int32Array.from([0, 0, OUT_OF_RANGE]),
    };
    const ask = async (text: string) => {
      const level = asLevel(text);
      return (await engine.levels!('made', [MONTH], [level])).get(levelDefinition(level))![0]!;
    };

    test('sees only the good readings, under their names, whatever they contain', async () => {
      const table = await ask(SPREAD);
      expect([...table.sum]).toEqual([3]);
      expect([...table.hour]).toEqual([Date.parse('2024-10-31T18:00:00Z')]);
      expect(table.segments).toEqual([{ ...MONTH.readings.segments[0], start: 0, end: 1 }]);
    });

    test.each([
      ['that cannot be read', 'from(bucket: v.bucket', /./],
      ['of something that is not there', `${SPREAD}    |> nothing()\n`, /nothing/],
      ['that drops a tag', `${SPREAD}    |> drop(columns: ["location"])\n`, /a table without location/],
      ['that invents a series', `${SPREAD}    |> map(fn: (r) => ({r with location: "x"}))\n`, /another series/],
      [
        'that labels windows with their end',
        SPREAD.replace('timeSrc: "_start", ', ''),
        /a time that is not the start of a window/,
      ],
      ['that makes empty windows', SPREAD.replace('createEmpty: false', 'createEmpty: true'), /not a number/],
      [
        'that fails in the middle',
        `${SPREAD}    |> yield(name: "one")\n${SPREAD.replace('spread', 'last')}    |> map(fn: (r) => ({r with _value: int(v: "x")}))\n    |> yield(name: "two")\n`,
        /int/,
      ],
    ])('is refused with a query %s, as a configuration failure that names its file', async (_, text, message) => {
      const details = await detailsOf(ask(text));
      expect(details).toMatchObject({ class: 'config', code: 'level-query', where: 'seeds/own.flux' });
      expect(`${details.what} ${details.found}`).toMatch(message);
    });
  });
});
