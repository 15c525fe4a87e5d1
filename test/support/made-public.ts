import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';

/** One series of a made dataset. */
export interface MadeSeries {
  readonly location: string;
  readonly building: string | null;
  readonly dataKey: string;
  /** When it is measured; the whole period by default. */
  readonly from?: string;
  readonly to?: string;
  /** Hours before this instant came from an earlier pipeline: they have no counts. */
  readonly legacyUntil?: string;
  /** Spans without readings, each from–to. */
  readonly gaps?: readonly (readonly [string, string])[];
}

export interface MadeDataset {
  readonly title: string;
  readonly from: string;
  readonly to: string;
  readonly series: readonly MadeSeries[];
}

const KEYS = [
  ['temp_indoor', '°C', 'temperature', 'indoor air', 22, 1.4, 0.9, 'indoor'],
  ['temp_ambient', '°C', 'temperature', 'outdoor air at the building', 10, 10, 4, 'outdoor'],
  ['humidity_indoor', '%', 'humidity', 'relative humidity of indoor air', 44, 6, 3, 'indoor'],
] as const;

const instant = (at: string) => `TIMESTAMPTZ '${at}'`;
const text = (value: string | null) => (value === null ? 'NULL' : `'${value.replaceAll("'", "''")}'`);

/**
 * Writes a dataset as it is published, with values that are made: a year's course, a day's course, noise by hash.
 * @returns bytes of each file by name
 */
export async function madePublic(folder: string, made: MadeDataset): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const database = await DuckDBInstance.create(':memory:');
  const connection = await database.connect();
  const run = (sql: string) => connection.run(sql);
  const write = (table: string, query: string, rows: number) =>
    run(`COPY (${query}) TO ${text(join(folder, `${table}.parquet`))} (COMPRESSION zstd, ROW_GROUP_SIZE ${rows})`);
  const yearsOf = async (query: string) =>
    (await connection.runAndReadAll(query)).getRows().map(([year]) => Number(year));

  await run(`SET TimeZone = 'UTC'; SET threads = 2;`);
  await run(`CREATE TABLE keys AS SELECT * FROM (VALUES ${KEYS.map((key) => `(${key.map((one) => (typeof one === 'string' ? text(one) : one)).join()})`).join()})
    AS v(data_key, unit, quantity, description, base, season, day, kind)`);
  await run(
    `CREATE TABLE series AS SELECT * FROM (VALUES ${made.series
      .map((one, at) =>
        [
          `(${at}`,
          text(one.location),
          text(one.building),
          text(one.dataKey),
          instant(one.from ?? made.from),
          instant(one.to ?? made.to),
          `${one.legacyUntil === undefined ? 'CAST(NULL AS TIMESTAMPTZ)' : instant(one.legacyUntil)})`,
        ].join(),
      )
      .join()}) AS v(nr, location, building, data_key, first, last, legacy_until)`,
  );
  const gaps = made.series.flatMap(({ gaps = [] }, at) =>
    gaps.map(([from, to]) => `(${at}, ${instant(from)}, ${instant(to)})`),
  );
  await run(
    `CREATE TABLE gaps AS SELECT * FROM (VALUES ${[...gaps, `(-1, ${instant(made.from)}, ${instant(made.from)})`].join()}) AS v(nr, first, last)`,
  );
  await run(`CREATE TABLE hours AS
    WITH grid AS (
      SELECT s.nr, s.location, s.building, s.data_key, s.legacy_until, k.base, k.season, k.day,
        unnest(range(s.first, s.last, INTERVAL 1 HOUR)) AS time
      FROM series s JOIN keys k USING (data_key)
    ), kept AS (
      SELECT * FROM grid WHERE NOT EXISTS (SELECT 1 FROM gaps g WHERE g.nr = grid.nr AND time >= g.first AND time < g.last)
    ), valued AS (
      SELECT *, (hash(nr, epoch_ms(time)) % 1000) / 1000.0 - 0.5 AS noise,
        CASE WHEN hash(nr, epoch_ms(time) // 86400000) % 29 = 0 THEN 8 + (hash(time) % 20) ELSE 60 END AS found
      FROM kept
    )
    SELECT time, (timezone('Europe/Prague', time))::DATE AS date, location, 'indoor' AS source, data_key,
      round(base + season * -cos(6.2832 * (dayofyear(time) - 20) / 365.25) + (nr % 7) * 0.35 - 1
        + day * -cos(6.2832 * (hour(time) - 3 + (nr % 5) * 0.6) / 24)
        + season * 0.25 * sin(dayofyear(time) * (0.31 + (nr % 4) * 0.03)) + noise * 0.35, 2) AS data_value,
      CASE WHEN legacy_until IS NOT NULL AND time < legacy_until THEN NULL ELSE found END::INTEGER AS n,
      CASE WHEN n IS NULL THEN NULL ELSE round(data_value - 0.25 - abs(noise) * day * 0.8, 2) END AS minimum,
      CASE WHEN n IS NULL THEN NULL ELSE round(data_value + 0.25 + abs(noise) * day * 0.7, 2) END AS maximum,
      CASE WHEN n IS NULL THEN 'legacy' ELSE 'readings' END AS origin
    FROM valued ORDER BY location, source, data_key, time`);
  for (const year of await yearsOf('SELECT DISTINCT year(time) FROM hours ORDER BY 1')) {
    await write(`fact_hourly_${year}`, `SELECT * FROM hours WHERE year(time) = ${year}`, 8192);
  }
  await run(`CREATE TABLE days AS
    WITH sums AS (
      SELECT date, location, source, data_key, avg(data_value) AS data_value, sum(n)::INTEGER AS n,
        (epoch(timezone('Europe/Prague', (date + 1)::TIMESTAMP)) - epoch(timezone('Europe/Prague', date::TIMESTAMP))) / 3600 AS long,
        min(minimum) AS minimum, max(maximum) AS maximum
      FROM hours WHERE origin = 'readings' GROUP BY date, location, source, data_key
    )
    SELECT date, location, source, data_key, data_value, n, (60 * long)::INTEGER AS n_expected, n / (60 * long) AS coverage,
      minimum, maximum
    FROM sums ORDER BY location, source, data_key, date`);
  for (const year of await yearsOf('SELECT DISTINCT year(date) FROM days ORDER BY 1')) {
    await write(`agg_daily_${year}`, `SELECT * FROM days WHERE year(date) = ${year}`, 2048);
  }
  await run(`CREATE TABLE weeks AS
    WITH sums AS (
      SELECT date_trunc('week', date)::DATE AS week_start, location, source, data_key, avg(data_value) AS data_value,
        sum(n)::INTEGER AS n, min(minimum) AS minimum, max(maximum) AS maximum
      FROM days GROUP BY 1, location, source, data_key
    )
    SELECT strftime(week_start, '%G-W%V') AS week, week_start, location, source, data_key, data_value, n,
      (60 * 168)::INTEGER AS n_expected, n / (60 * 168) AS coverage, minimum, maximum
    FROM sums ORDER BY location, source, data_key, week_start`);
  for (const year of await yearsOf('SELECT DISTINCT isoyear(week_start) FROM weeks ORDER BY 1')) {
    await write(`agg_weekly_${year}`, `SELECT * FROM weeks WHERE isoyear(week_start) = ${year}`, 2048);
  }
  await write(
    'dim_location',
    `SELECT location, any_value(s.building) AS building, NULL::VARCHAR AS floor, any_value(k.kind) AS kind,
      string_agg(DISTINCT data_key, ';' ORDER BY data_key) AS data_keys, min(first) AS first_time, max(last) AS last_time
     FROM series s JOIN keys k USING (data_key) GROUP BY location ORDER BY location`,
    2048,
  );
  await write(
    'dim_sensor',
    `SELECT 'indoor' AS source, location, data_key, unit, quantity, 60 AS expected_interval_s,
      NULL::TIMESTAMPTZ AS valid_from, NULL::TIMESTAMPTZ AS valid_to
     FROM series JOIN keys USING (data_key) ORDER BY location, data_key`,
    2048,
  );
  await write(
    'dim_data_key',
    `SELECT data_key, 'nonadditive' AS measurement, quantity, unit, -40.0 AS plausible_minimum, 100.0 AS plausible_maximum,
      description FROM keys ORDER BY data_key`,
    2048,
  );
  await write('dim_source', `SELECT 'indoor' AS source, 'ThermoPro' AS provider`, 2048);

  const periods = await connection.runAndReadAll(
    `SELECT strftime(min(time), '%Y-%m-%dT%H:%M:%SZ'), strftime(max(time) + INTERVAL 1 HOUR, '%Y-%m-%dT%H:%M:%SZ') FROM hours`,
  );
  const [from, to] = periods.getRows()[0]! as string[];
  const files = [];
  for (const name of readdirSync(folder).sort()) {
    const bytes = readFileSync(join(folder, name));
    const rows = await connection.runAndReadAll(`SELECT count(*) FROM ${text(join(folder, name))}`);
    const [, table, year] = /^(\w+?)(?:_(\d{4}))?\.parquet$/.exec(name)!;
    files.push({
      name,
      table,
      ...(year === undefined ? {} : { year: Number(year) }),
      bytes: bytes.length,
      sha256: createHash('sha256').update(bytes).digest('hex'),
      rows: Number(rows.getRows()[0]![0]),
    });
  }
  connection.closeSync();
  const dataset = {
    name: 'sm2_public_dataset',
    title: made.title,
    license: 'CC-BY-4.0',
    citation: 'Společenství vlastníků Smíchov Two, Praha',
    timezone: 'Europe/Prague',
  };
  const list = { format: 1, dataset, version: '2024.11.3', period: { from, to }, files };
  writeFileSync(join(folder, 'files.json'), `${JSON.stringify(list, null, 2)}\n`);
}

const room = (location: string, more: Partial<MadeSeries> = {}): MadeSeries[] =>
  ['temp_indoor', 'humidity_indoor'].map((dataKey) => ({
    location,
    building: /^\d/.test(location) ? location.split('-')[0]! : null,
    dataKey,
    ...more,
  }));

/** A year and a bit of nine places: gaps, a silent sensor, one reading, hours of an earlier pipeline, both clock changes. */
export const BUILDING: MadeDataset = {
  title: 'SM2 building: indoor climate',
  from: '2023-01-01T00:00:00Z',
  to: '2024-11-29T00:00:00Z',
  series: [
    ...room('1NP-S1', {
      legacyUntil: '2023-03-01T00:00:00Z',
      gaps: [['2024-11-25T03:00:00Z', '2024-11-26T10:00:00Z']],
    }),
    ...room('1NP-S2'),
    ...room('1NP-S3', { to: '2024-11-20T14:00:00Z' }),
    ...room('1NP-S4', { gaps: [['2024-06-01T00:00:00Z', '2024-11-28T20:00:00Z']] }),
    ...room('5NP-S1', { gaps: [['2024-11-10T00:00:00Z', '2024-11-12T00:00:00Z']] }),
    ...room('5NP-S2', { from: '2024-11-28T12:00:00Z', to: '2024-11-28T13:00:00Z' }),
    ...room('5NP-S3', { to: '2024-04-02T00:00:00Z' }),
    ...room('7NP-S1'),
    { location: 'roof', building: null, dataKey: 'temp_ambient' },
  ],
};

/** Forty places, one with a name of 40 letters and one with a name that would be HTML. */
export const FORTY: MadeDataset = {
  title: 'A house of forty places',
  from: '2024-09-01T00:00:00Z',
  to: '2024-11-29T00:00:00Z',
  series: [
    ...Array.from({ length: 38 }, (_, at) => room(`${1 + Math.floor(at / 8)}NP-S${1 + (at % 8)}`)).flat(),
    ...room('Nejvyšší-podlaží-společenská-místnost-XL'),
    ...room('<img src=x onerror="window.attacked=1">'),
  ],
};

/** Ten years of thirty sensors. */
export const DECADE: MadeDataset = {
  title: 'Ten years of thirty sensors',
  from: '2014-11-29T00:00:00Z',
  to: '2024-11-29T00:00:00Z',
  series: Array.from({ length: 30 }, (_, at) => ({
    location: `${1 + Math.floor(at / 5)}NP-S${1 + (at % 5)}`,
    building: `${1 + Math.floor(at / 5)}NP`,
    dataKey: 'temp_indoor',
    gaps: [[`2019-0${1 + (at % 9)}-01T00:00:00Z`, `2019-0${1 + (at % 9)}-20T00:00:00Z`] as const],
  })),
};
