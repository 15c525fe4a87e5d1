import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DuckDBConnection } from '@duckdb/node-api';
import { compareText, type Measurement } from '@sensor-warehouse/model/readings/readings';
import { type Configuration, loadConfiguration } from '@sensor-warehouse/model/seeds/configuration';
import { parquetMetadata, parquetReadObjects } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { DatasetFile } from '../src/dataset/dataset-file';
import type { LegacyHours } from '../src/dataset/legacy-hours';
import type { YearSources } from '../src/dataset/made-from';
import { publicTables, type TableDescription } from '../src/dataset/tables';
import { TABLES_FORMAT } from '../src/dataset/write-table';
import type { LegacyMonth, Partition } from '../src/layout/pointer';
import { writeDataset } from '../src/publish-parquet/dataset';
import { aggregateHours, type Hours } from '../src/tables/hours';
import type { KeySegment, ReadingTable } from '../src/tables/read-facts';

/*
 * The public tables, against what DuckDB makes of the same readings with zones and ISO weeks of its own. The readings
 * reach over both clock changes of 2024 and over New Year, when the ISO year begins before the calendar's.
 */

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const ZONE = 'Europe/Prague';

interface MadeSeries {
  readonly location: string;
  readonly dataKey: string;
  readonly measurement: Measurement;
  /** Minutes from one reading to the next. */
  readonly every: number;
  /** Days `[from, to)`. */
  readonly periods: readonly (readonly [from: string, to: string])[];
}

const PERIODS = [
  ['2024-03-29', '2024-04-02'],
  ['2024-10-24', '2024-10-30'],
  ['2024-12-27', '2025-01-09'],
] as const;
const SERIES: readonly MadeSeries[] = [
  { location: 'inner_hall', dataKey: 'rain', measurement: 'additive', every: 5, periods: PERIODS },
  { location: 'inner_hall', dataKey: 'temp', measurement: 'nonadditive', every: 10, periods: PERIODS },
  { location: 'inner_attic', dataKey: 'temp', measurement: 'nonadditive', every: 60, periods: PERIODS.slice(1) },
];
const SOURCE = 'Logger';
/** Hours of an earlier pipeline: before the readings of one series, and of one that has none. */
const LEGACY = [
  { location: 'inner_cellar', dataKey: 'temp', from: '2024-05-01T00:00Z', hours: 5 },
  { location: 'inner_hall', dataKey: 'temp', from: '2024-03-01T00:00Z', hours: 48 },
] as const;

interface Reading {
  readonly time: number;
  readonly value: number;
}

/** Some readings are missing, others are far from the rest. */
function readingsOf({ every, periods, measurement }: MadeSeries): Reading[] {
  return periods.flatMap(([from, to]) => {
    const count = (Date.parse(to) - Date.parse(from)) / (every * MINUTE);
    return Array.from({ length: count }, (_, index) => ({
      time: Date.parse(from) + index * every * MINUTE,
      value:
        measurement === 'additive' ? (index % 11) / 10 : 20 + ((index * 7) % 50) / 10 - (index % 97 === 0 ? 30 : 0),
    })).filter((_, index) => index % 29 !== 3 && index % 400 > 20);
  });
}

const monthOf = (time: number) => new Date(time).toISOString().slice(0, 7);

/** Hours of each UTC month, as partitions hold them. */
function hoursByMonth(): Map<string, Hours> {
  const all = SERIES.map((one) => ({ ...one, readings: readingsOf(one) }));
  const months = [...new Set(all.flatMap(({ readings }) => readings.map(({ time }) => monthOf(time))))].sort();
  return new Map(
    months.map((month) => {
      const time: number[] = [];
      const value: number[] = [];
      const segments: KeySegment[] = [];
      const ordered = [...all].sort((a, b) => compareText(a.location, b.location) || compareText(a.dataKey, b.dataKey));
      for (const { location, dataKey, measurement, readings } of ordered) {
        const start = time.length;
        for (const one of readings.filter((reading) => monthOf(reading.time) === month)) {
          time.push(one.time);
          value.push(one.value);
        }
        if (time.length > start)
          segments.push({ location, source: SOURCE, measurement, dataKey, start, end: time.length });
      }
      const none = new Int32Array(time.length);
      const table = { time: Float64Array.from(time), value: Float64Array.from(value), sensor: none, sensors: ['s'] };
      return [month, aggregateHours({ ...table, segments } as ReadingTable, none)] as const;
    }),
  );
}

const legacyRows = LEGACY.flatMap(({ location, dataKey, from, hours }) =>
  Array.from({ length: hours }, (_, index) => ({
    location,
    dataKey,
    time: Date.parse(from) + index * HOUR,
    value: index,
  })),
);

function legacyHours(): LegacyHours {
  let start = 0;
  const segments = LEGACY.map(({ location, dataKey, hours }): KeySegment => {
    const segment = {
      location,
      source: 'Old',
      measurement: 'nonadditive' as const,
      dataKey,
      start,
      end: start + hours,
    };
    start += hours;
    return { ...segment, source: location === 'inner_hall' ? SOURCE : 'Old' };
  });
  return {
    hour: Float64Array.from(legacyRows, ({ time }) => time),
    value: Float64Array.from(legacyRows, ({ value }) => value),
    segments,
  };
}

const PUBLIC = new Map([
  ['inner_hall', 'Hall'],
  ['inner_attic', 'Attic'],
  ['inner_cellar', 'Cellar'],
]);
const file = (path: string) => ({ path, sha256: '0'.repeat(64), bytes: 1, rows: 1 });

let ours: Configuration;
let folder: string;
let duckdb: DuckDBConnection;
let files: DatasetFile[];
let tables: readonly TableDescription[];
let sources: YearSources;
const months = hoursByMonth();

const legacyMonth = {
  ...file('legacy/2024-03'),
  month: '2024-03',
  labels: { label: 'start', zone: 'UTC' },
} as LegacyMonth;
const partitionOf = (month: string, hash = '1') =>
  ({ datasource: 'logger', month, aggregates: { ...file(`aggregates/${month}`), sha256: hash } }) as Partition;

async function write(to: string, from: YearSources, carried: readonly DatasetFile[] = []): Promise<DatasetFile[]> {
  const known = new Map(
    carried.map((one) => [one.name, { ...one, local: undefined, carriedFrom: `before/${one.name}` }]),
  );
  const { files } = await writeDataset(
    to,
    [...months.values()],
    { sources: from, carried: known },
    { parts: [legacyHours()], labels: [] },
  );
  return [...files];
}

const rowsOf = async (sql: string) => (await duckdb.runAndReadAll(sql)).getRowsJson();
const table = (name: string) => `read_parquet('${folder}/${name}*.parquet')`;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'star-'));
  const seeds = await loadConfiguration(fileURLToPath(new URL('../../../seeds', import.meta.url)));
  const key = (dataKey: string, measurement: Measurement, unit: string) => ({
    ...{ dataKey, measurement, unit, quantity: dataKey, description: '' },
    ...{ minimum: dataKey === 'rain' ? 0 : Number.NEGATIVE_INFINITY, maximum: 100 },
  });
  ours = {
    ...seeds,
    dataKeys: new Map([
      ['temp', key('temp', 'nonadditive', '°C')],
      ['rain', key('rain', 'additive', 'mm')],
    ]),
    publicNames: PUBLIC,
    localZone: ZONE,
    published: {
      columns: [
        { table: 'dim_location', name: 'area', type: 'number', meaning: 'floor area', unit: 'm²' },
        { table: 'dim_sensor', name: 'model', type: 'text', meaning: 'model of the sensor', unit: '' },
        { table: 'dim_sensor', name: 'calibrated', type: 'date', meaning: 'last calibration', unit: '' },
      ],
      places: new Map([
        [
          'inner_hall',
          new Map([
            ['floor', '1'],
            ['latitude', '50.07'],
            ['area', '21.5'],
          ]),
        ],
      ]),
      sensors: [
        {
          ...{ source: SOURCE, location: 'inner_hall', dataKey: undefined },
          ...{
            validFrom: Date.UTC(2024, 0, 1),
            validTo: Date.UTC(2024, 5, 1),
            fields: new Map([['model', 'Old one']]),
          },
        },
        {
          ...{ source: SOURCE, location: 'inner_hall', dataKey: undefined, validFrom: Date.UTC(2024, 5, 1) },
          ...{
            validTo: undefined,
            fields: new Map([
              ['model', 'New one'],
              ['calibrated', '2024-06-01'],
            ]),
          },
        },
      ],
      sources: new Map([
        [
          SOURCE,
          {
            fields: new Map([
              ['provider', 'The school'],
              ['licence', 'ODbL-1.0'],
            ]),
            expectedInterval: undefined,
          },
        ],
      ]),
    },
  };
  sources = {
    configuration: ours,
    partitions: [...months.keys()].map((month) => partitionOf(month)),
    legacy: [legacyMonth],
  };
  tables = publicTables(ours, true);
  files = await write(folder, sources);
  duckdb = await DuckDBConnection.create();
  await duckdb.run("set timezone = 'America/New_York'");
  await duckdb.run(
    'create table readings (time timestamptz, location text, data_key text, measurement text, value double)',
  );
  const values = SERIES.flatMap((one) =>
    readingsOf(one).map(
      ({ time, value }) =>
        `(epoch_ms(${time})::timestamp at time zone 'UTC', '${PUBLIC.get(one.location)}', '${one.dataKey}', '${one.measurement}', ${value})`,
    ),
  );
  await duckdb.run(`insert into readings values ${values.join(',')}`);
});
afterAll(async () => {
  duckdb.closeSync();
  await rm(folder, { recursive: true, force: true });
});

const MADE = `case when any_value(measurement) = 'additive' then sum(value) else avg(value) end`;
const STATISTICS = `round(${MADE}, 9) as data_value, count(*)::int as n, min(value) as minimum, max(value) as maximum`;
const differing = async (made: string, truth: string) =>
  (
    await rowsOf(`select count(*)::int from ((${made} except all ${truth}) union all (${truth} except all ${made}))`)
  )[0];

describe('fact_hourly', () => {
  test('has the hours that DuckDB computes from the readings, with the local day of each', async () => {
    const truth = `select date_trunc('hour', time at time zone 'UTC') at time zone 'UTC' as time, location, data_key, ${STATISTICS}
      from readings group by 1, 2, 3`;
    const made = `select time, location, data_key, round(data_value, 9), n, minimum, maximum from ${table('fact_hourly')}
      where origin = 'readings'`;
    expect(await differing(made, truth)).toEqual([0]);
    expect((await rowsOf(`select count(*)::int from (${truth})`))[0]![0]).toBeGreaterThan(1000);
    const otherDay = `select 1 from ${table('fact_hourly')} where date <> timezone('${ZONE}', time)::date`;
    expect(await rowsOf(otherDay)).toEqual([]);
  });

  test('has the hours of an earlier pipeline without n, minimum and maximum, and no aggregate has them', async () => {
    const legacy = `select source, location, count(*)::int, sum(data_value), count(n)::int, count(minimum)::int, count(maximum)::int
      from ${table('fact_hourly')} where origin = 'legacy' group by 1, 2 order by 1, 2`;
    expect(await rowsOf(legacy)).toEqual([
      [SOURCE, 'Hall', 48, (48 * 47) / 2, 0, 0, 0],
      ['Old', 'Cellar', 5, 10, 0, 0, 0],
    ]);
    expect(
      await rowsOf(`select 1 from ${table('agg_daily')} where date < '2024-03-29' or location = 'Cellar'`),
    ).toEqual([]);
  });

  test('has a file for each UTC year, and together they are the flat table', async () => {
    const flat = `select time, location, source, data_key, data_value, n, minimum, maximum, origin from ${table('sm2_public_dataset')}`;
    const made = `select time, location, source, data_key, data_value, n, minimum, maximum, origin from ${table('fact_hourly')}`;
    expect(await differing(made, flat)).toEqual([0]);
    for (const year of [2024, 2025])
      expect(
        await rowsOf(`select distinct year(time at time zone 'UTC') from ${table(`fact_hourly_${year}`)}`),
      ).toEqual([[String(year)]]);
  });
});

const WALL = `timezone('${ZONE}', time)`;
/** Readings that a window of local days has, by the length of each day in DuckDB's own zone. */
const expectedIn = (first: string, days: number) =>
  `round((epoch(timezone('${ZONE}', ${first} + interval ${days} day)) - epoch(timezone('${ZONE}', ${first}::timestamp))) / 60
    / case when data_key = 'rain' then 5 when location = 'Hall' then 10 else 60 end)::int`;

describe('agg_daily', () => {
  test('has the local days that DuckDB computes from the readings, and their missing readings', async () => {
    const truth = `select date, location, data_key, data_value, n, minimum, maximum, ${expectedIn('date', 1)} as n_expected
      from (select ${WALL}::date as date, location, data_key, ${STATISTICS} from readings group by 1, 2, 3)`;
    const made = `select date, location, data_key, round(data_value, 9), n, minimum, maximum, n_expected from ${table('agg_daily')}`;
    expect(await differing(made, truth)).toEqual([0]);
    expect(await rowsOf(`select 1 from ${table('agg_daily')} where coverage <> least(1, n / n_expected)`)).toEqual([]);
  });

  test('counts 23 and 25 hours if the clock changes', async () => {
    const changes = `select date::text, n_expected from ${table('agg_daily')}
      where location = 'Hall' and data_key = 'temp' and date in ('2024-03-31', '2024-10-27', '2024-10-28') order by 1`;
    expect(await rowsOf(changes)).toEqual([
      ['2024-03-31', 138],
      ['2024-10-27', 150],
      ['2024-10-28', 144],
    ]);
  });

  test('has a file for each local year: New Year begins an hour before that of UTC', async () => {
    const ends = (year: number) => rowsOf(`select min(date)::text, max(date)::text from ${table(`agg_daily_${year}`)}`);
    expect([await ends(2024), await ends(2025)]).toEqual([
      [['2024-03-29', '2024-12-31']],
      [['2025-01-01', '2025-01-09']],
    ]);
  });
});

describe('agg_weekly', () => {
  test('has the ISO weeks that DuckDB computes from the readings, and their missing readings', async () => {
    const truth = `select strftime(week_start, '%G-W%V') as week, week_start, location, data_key, data_value, n, minimum, maximum,
        ${expectedIn('week_start', 7)} as n_expected
      from (select date_trunc('week', ${WALL})::date as week_start, location, data_key, ${STATISTICS} from readings group by 1, 2, 3)`;
    const made = `select week, week_start, location, data_key, round(data_value, 9), n, minimum, maximum, n_expected
      from ${table('agg_weekly')}`;
    expect(await differing(made, truth)).toEqual([0]);
  });

  test('puts the week over New Year into its ISO year', async () => {
    const weeks = (year: number) => rowsOf(`select distinct week from ${table(`agg_weekly_${year}`)} order by 1`);
    expect(await weeks(2025)).toEqual([['2025-W01'], ['2025-W02']]);
    expect((await weeks(2024)).at(-1)).toEqual(['2024-W52']);
  });
});

describe('the dimensions', () => {
  test('describe places, sensors and sources with their public details, and no others', async () => {
    expect(
      await rowsOf(`select location, floor, latitude, building, area, data_keys from ${table('dim_location')}`),
    ).toEqual([
      ['Attic', null, null, null, null, 'temp'],
      ['Cellar', null, null, null, null, 'temp'],
      ['Hall', '1', 50.07, null, 21.5, 'rain;temp'],
    ]);
    const sensors = `select source, location, data_key, unit, expected_interval_s, epoch(valid_from), valid_to, model, calibrated::text
      from ${table('dim_sensor')}`;
    const since = Date.UTC(2024, 0, 1) / 1000;
    expect(await rowsOf(sensors)).toEqual([
      [SOURCE, 'Attic', 'temp', '°C', 3600, null, null, null, null],
      [SOURCE, 'Hall', 'rain', 'mm', 300, since, null, 'New one', '2024-06-01'],
      [SOURCE, 'Hall', 'temp', '°C', 600, since, null, 'New one', '2024-06-01'],
      ['Old', 'Cellar', 'temp', '°C', null, null, null, null, null],
    ]);
    expect(await rowsOf(`from ${table('dim_source')}`)).toEqual([
      [SOURCE, 'The school', null, 'ODbL-1.0', null],
      ['Old', null, null, null, null],
    ]);
  });

  test('give a data_key its unit in two vocabularies, and a bound only if there is one', async () => {
    const keys = `select data_key, kind, unit, ucum, qudt, plausible_minimum, plausible_maximum from ${table('dim_data_key')}`;
    expect(await rowsOf(keys)).toEqual([
      ['rain', 'sum', 'mm', 'mm', 'MilliM', 0, 100],
      ['temp', 'mean', '°C', 'Cel', 'DEG_C', null, 100],
    ]);
  });

  test('have every local day in whole weeks, with its length by DuckDB', async () => {
    const length = `((epoch(timezone('${ZONE}', date + interval 1 day)) - epoch(timezone('${ZONE}', date::timestamp))) / 3600)`;
    const wrong = `select date from ${table('dim_date')} where hours <> ${length} or dst_day <> (${length} <> 24)
      or iso_week <> strftime(date, '%G-W%V') or weekday <> isodow(date)`;
    expect(await rowsOf(wrong)).toEqual([]);
    const extent = `select min(date)::text, max(date)::text, count(*)::int, list(date::text order by date) filter (dst_day) from ${table('dim_date')}`;
    expect(await rowsOf(extent)).toEqual([['2024-02-26', '2025-01-12', 322, ['2024-03-31', '2024-10-27']]]);
  });
});

describe('every table', () => {
  test('has its primary key once, and no key that its dimension lacks', async () => {
    for (const { name, primaryKey, foreignKeys } of tables) {
      const key = primaryKey.join(', ');
      expect([name, await rowsOf(`select ${key} from ${table(name)} group by all having count(*) > 1`)]).toEqual([
        name,
        [],
      ]);
      for (const { columns, table: other, references } of foreignKeys) {
        const orphans = `select ${columns.join(', ')} from ${table(name)} except select ${references.join(', ')} from ${table(other)}`;
        expect([name, other, await rowsOf(orphans)]).toEqual([name, other, []]);
      }
    }
  });

  test('has the columns, types and nulls that are described, by two readers', async () => {
    const types = {
      instant: 'TIMESTAMP WITH TIME ZONE',
      date: 'DATE',
      text: 'VARCHAR',
      number: 'DOUBLE',
      integer: 'INTEGER',
      flag: 'BOOLEAN',
    };
    for (const { name, table: of, local } of files) {
      if (!name.endsWith('.parquet')) continue;
      const { columns } = tables.find((one) => one.name === of)!;
      const described = await rowsOf(`describe select * from '${local}'`);
      expect([name, described.map(([column, type]) => [column, type])]).toEqual([
        name,
        columns.map((one) => [one.name, types[one.type]]),
      ]);
      const { buffer, byteOffset, byteLength } = await readFile(local!);
      const bytes = buffer.slice(byteOffset, byteOffset + byteLength) as ArrayBuffer;
      const { schema } = parquetMetadata(bytes);
      expect(schema.slice(1).map((one) => one.repetition_type === 'OPTIONAL')).toEqual(
        columns.map((one) => one.nullable),
      );
      const read = await parquetReadObjects({ file: bytes, compressors });
      expect([name, read.length]).toEqual([name, (await rowsOf(`select count(*)::int from '${local}'`))[0]![0]]);
    }
  });

  test('names its licence in its one entry', async () => {
    const own = files.filter(({ name }) => name.endsWith('.parquet'));
    expect(own.length).toBe(12);
    for (const { local, table: of } of own) {
      const entries = `select decode(value) from parquet_kv_metadata('${local}') where key <> 'ARROW:schema'`;
      expect((await rowsOf(entries)).map(([value]) => JSON.parse(String(value)))).toEqual([
        { format: 1, table: of, license: 'CC-BY-4.0' },
      ]);
    }
  });

  test('contains no internal name', async () => {
    for (const name of await readdir(folder)) {
      const text = name.endsWith('.parquet')
        ? JSON.stringify(await rowsOf(`from '${join(folder, name)}'`))
        : await readFile(join(folder, name), 'latin1');
      expect([name, /inner_/.test(text + (await readFile(join(folder, name), 'latin1')))]).toEqual([name, false]);
    }
  });
});

describe('a version after another', () => {
  const names = (made: readonly DatasetFile[]) =>
    made.filter(({ local, year }) => local !== undefined && year !== undefined).map(({ name }) => name);

  async function next(changes: Partial<YearSources>): Promise<DatasetFile[]> {
    const to = await mkdtemp(join(tmpdir(), 'star-next-'));
    try {
      return await write(to, { ...sources, ...changes }, files);
    } finally {
      await rm(to, { recursive: true, force: true });
    }
  }

  test('rebuilds no year if nothing changed, and has the same files', async () => {
    const made = await next({});
    expect(names(made)).toEqual([]);
    expect(made.map(({ name, sha256 }) => [name, sha256])).toEqual(files.map(({ name, sha256 }) => [name, sha256]));
  });

  test.each([
    ['2024-03', ['fact_hourly_2024', 'agg_daily_2024', 'agg_weekly_2024']],
    ['2025-01', ['fact_hourly_2025', 'agg_daily_2024', 'agg_daily_2025', 'agg_weekly_2024', 'agg_weekly_2025']],
  ])('rebuilds what follows from %s if its hours changed', async (month, changed) => {
    const partitions = sources.partitions.map((one) => (one.month === month ? partitionOf(month, '2') : one));
    expect(names(await next({ partitions }))).toEqual(changed.map((name) => `${name}.parquet`));
  });

  test.each<[string, Partial<Configuration>, number]>([
    ['the zone', { localZone: 'Europe/London' }, 6],
    ['a public name', { publicNames: new Map([...PUBLIC, ['inner_attic', 'Loft']]) }, 6],
    ['a range', { dataKeys: new Map() }, 1],
  ])('rebuilds years if %s changed', async (_, changes, count) => {
    expect(names(await next({ configuration: { ...ours, ...changes } })).length).toBe(count);
  });

  test('has the same bytes if the same is written again', async () => {
    const to = await mkdtemp(join(tmpdir(), 'star-again-'));
    const again = await write(to, sources);
    await rm(to, { recursive: true, force: true });
    expect(again.map(({ name, sha256 }) => [name, sha256])).toEqual(files.map(({ name, sha256 }) => [name, sha256]));
  });
});

test('yearly files have the bytes of their format: if these change, TABLES_FORMAT must be raised', () => {
  const bytes = files.filter(({ year }) => year !== undefined).map(({ name, sha256 }) => `${name} ${sha256}`);
  expect([TABLES_FORMAT, createHash('sha256').update(bytes.join()).digest('hex').slice(0, 16)]).toEqual([
    1,
    '842f02f5fade6824',
  ]);
});

test('a dataset without hours has dimensions without rows', async () => {
  const to = await mkdtemp(join(tmpdir(), 'star-empty-'));
  try {
    const empty = { configuration: ours, partitions: [], legacy: [] };
    const { files: made } = await writeDataset(to, [], { sources: empty, carried: new Map() });
    expect(made.filter(({ year }) => year !== undefined)).toEqual([]);
    for (const name of ['dim_location', 'dim_sensor', 'dim_source', 'dim_date'])
      expect(await rowsOf(`select count(*)::int from '${join(to, `${name}.parquet`)}'`)).toEqual([[0]]);
  } finally {
    await rm(to, { recursive: true, force: true });
  }
});
