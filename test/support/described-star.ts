import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import type { Configuration } from '@sensor-warehouse/model/seeds/configuration';
import { HOUR } from '@sensor-warehouse/model/time/units';
import { openZone } from '@sensor-warehouse/model/time/zone';
import { columnSummary, type WrittenColumn } from '@sensor-warehouse/warehouse/dataset/column-summary';
import { dataSummary, type HourlyRun } from '@sensor-warehouse/warehouse/dataset/data-summary';
import type {
  ColumnSummary,
  DescribedDataset,
  PublicFile,
} from '@sensor-warehouse/warehouse/dataset/described-dataset';
import { publicTables, type TableDescription } from '@sensor-warehouse/warehouse/dataset/tables';

const SERIES = 'location, source, data_key';
const VALUE = "case any_value(measurement) when 'additive' then sum(data_value) else sum(data_value * n) / sum(n) end";

/** The tables of a star as SQL over the flat table `flat` and the day of each hour, `date`. */
const STAR: Readonly<Record<string, string>> = {
  fact_hourly: `select time, date, ${SERIES}, data_value, n, minimum, maximum, origin from flat order by ${SERIES}, time`,
  agg_daily: `select date, ${SERIES}, ${VALUE} data_value, sum(n)::int n, 24 n_expected, least(1, sum(n) / 24) coverage,
    min(minimum) minimum, max(maximum) maximum from flat where origin = 'readings' group by all order by ${SERIES}, date`,
  agg_weekly: `select strftime(date, '%G-W%V') as week, date_trunc('week', date)::date week_start, ${SERIES}, ${VALUE} data_value,
    sum(n)::int n, 168 n_expected, least(1, sum(n) / 168) coverage, min(minimum) minimum, max(maximum) maximum
    from flat where origin = 'readings' group by all order by ${SERIES}, "week"`,
  dim_location: `select location, null::text building, null::text floor, null::text kind, null::double latitude,
    null::double longitude, string_agg(distinct data_key, ';' order by data_key) data_keys, min(time) first_time,
    max(time) last_time from flat group by all order by all`,
  dim_sensor: `select source, location, data_key, null::text unit, null::text quantity, 3600::double expected_interval_s,
    null::timestamptz valid_from, null::timestamptz valid_to, min(time) first_time, max(time) last_time
    from flat group by all order by all`,
  dim_source: `select distinct source, null::text provider, null::text contact, null::text licence, null::text terms
    from flat order by all`,
  dim_data_key: `select distinct data_key, measurement, null::text quantity, null::text unit, null::text ucum,
    null::text qudt, 'mean' as kind, null::double plausible_minimum, null::double plausible_maximum, null::text description
    from flat order by all`,
  dim_date: `select distinct date, strftime(date, '%G-W%V') as iso_week, isodow(date)::int as weekday, false as dst_day, 24::double as hours
    from (select date from flat union select date_trunc('week', date)::date from flat) order by all`,
};

/** The year of a row of a table that has a file for each. */
const YEAR: Readonly<Record<string, string>> = {
  fact_hourly: "year(time at time zone 'UTC')",
  agg_daily: 'year(date)',
  agg_weekly: 'left("week", 4)',
};

/**
 * Makes the star of a flat table in its folder, and describes it as a night does.
 * @param folder holds `<dataset>.parquet` and `<dataset>.csv.gz` of a night
 */
export async function describedStar(
  duckdb: DuckDBConnection,
  folder: string,
  configuration: Configuration,
  address?: string,
): Promise<DescribedDataset> {
  const { dataset, localZone } = configuration;
  const path = (name: string) => join(folder, name);
  const flat = path(`${dataset.name}.parquet`);
  const rows = async (sql: string) => (await duckdb.runAndReadAll(sql)).getRowObjects();
  const named = (await rows(`describe select * from '${flat}'`)).map((one) => String(one.column_name));
  const withOrigin = named.includes('origin');
  await duckdb.run(`create or replace temp view flat as select *, (time at time zone '${localZone}')::date date
    ${withOrigin ? '' : ", 'readings' origin"} from '${flat}'`);
  const tables = publicTables(configuration, withOrigin);
  for (const { name, perYear } of tables.slice(1)) {
    const [sql, year] = [STAR[name]!, YEAR[name]];
    const copy = (query: string, file: string) => duckdb.run(`copy (${query}) to '${path(file)}' (codec zstd)`);
    if (perYear === undefined) await copy(sql, `${name}.parquet`);
    else
      for (const { year: one } of await rows(`select distinct ${year} as year from (${sql}) order by year`))
        await copy(`select * from (${sql}) where ${year} = ${one}`, `${name}_${one}.parquet`);
  }
  const files: PublicFile[] = [];
  const columns = new Map<string, ColumnSummary[]>();
  for (const table of tables) {
    const own = new RegExp(`^${table.name}(_(\\d{4}))?\\.(parquet|csv\\.gz)$`);
    const found = (await readdir(folder)).filter((name) => own.test(name)).sort();
    const parquet = found.filter((name) => name.endsWith('.parquet')).map(path);
    const cells = await cellsOf(duckdb, parquet, table);
    columns.set(
      table.name,
      cells.map((column) => columnSummary(column, column.rows)),
    );
    for (const name of found.toReversed())
      files.push(await fileOf(duckdb, folder, name, table.name, own.exec(name)![2]));
  }
  const hours = new Map((await cellsOf(duckdb, [flat], tables[0]!)).map((column) => [column.name, column]));
  return {
    configuration,
    version: '2024.11.1',
    address,
    tables,
    files,
    summary: summaryOf(hours, localZone),
    columns,
    sources: [{ source: 'Atrea', contact: 'https://example.org' }],
    held: [],
    labels: withOrigin ? [{ label: 'end', zone: localZone }] : undefined,
  };
}

interface Cells extends WrittenColumn {
  readonly rows: number;
}

/** Columns as writers have them. */
async function cellsOf(duckdb: DuckDBConnection, paths: readonly string[], table: TableDescription): Promise<Cells[]> {
  const selected = table.columns.map(({ name, type }) => {
    if (type === 'instant') return `epoch_ms(${name})::double`;
    if (type === 'date') return `datediff('day', date '1970-01-01', ${name})`;
    return type === 'flag' ? `${name}::int` : name;
  });
  const from = `read_parquet([${paths.map((path) => `'${path}'`).join()}])`;
  const order = table.columns.some(({ name }) => name === 'time') ? 'order by location, source, data_key, time' : '';
  const read = await duckdb.runAndReadAll(`select ${selected.join()} from ${from} ${order}`);
  return table.columns.map(({ name, type }, at) => {
    const values = read.getColumns()[at]!;
    const rows = values.length;
    if (type !== 'text')
      return { name, kind: type, rows, values: Float64Array.from(values, (one) => Number(one ?? Number.NaN)) };
    const dictionary = [...new Set(values.filter((one) => one !== null).map(String))];
    return {
      name,
      kind: type,
      rows,
      codes: Int32Array.from(values, (one) => dictionary.indexOf(String(one))),
      dictionary,
    };
  });
}

async function fileOf(
  duckdb: DuckDBConnection,
  folder: string,
  name: string,
  table: string,
  year: string | undefined,
): Promise<PublicFile> {
  const bytes = await readFile(join(folder, name));
  const reader = name.endsWith('.parquet') ? 'read_parquet' : 'read_csv';
  const [count] = (await duckdb.runAndReadAll(`select count(*) from ${reader}('${join(folder, name)}')`)).getRows();
  return {
    name,
    bytes: bytes.length,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    rows: Number(count![0]),
    table,
    ...(year === undefined ? {} : { year: Number(year) }),
  };
}

function summaryOf(hours: ReadonlyMap<string, Cells>, zone: string) {
  const column = (name: string) => hours.get(name)!;
  const numbers = (name: string) => column(name).values as Float64Array;
  const rows = column('time').rows;
  const text = (name: string, row: number) => column(name).dictionary![column(name).codes![row]!]!;
  const runs: HourlyRun[] = [];
  for (let row = 0; row < rows; row++) {
    const key = { location: text('location', row), source: text('source', row), dataKey: text('data_key', row) };
    const last = runs.at(-1);
    if (last?.location === key.location && last.source === key.source && last.dataKey === key.dataKey)
      runs[runs.length - 1] = { ...last, end: row + 1 };
    else runs.push({ ...key, start: row, end: row + 1 });
  }
  const n = Int32Array.from(numbers('n'), (one) => (Number.isNaN(one) ? 0 : one));
  const usual = Math.max(1, ...n);
  const table = { rows, time: numbers('time'), value: numbers('data_value'), n, runs };
  return dataSummary(table, runs, openZone(zone), (_, from, to) => ((to - from) / HOUR) * usual);
}
