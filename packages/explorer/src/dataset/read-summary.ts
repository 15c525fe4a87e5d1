import { DAY } from '@sensor-warehouse/model/time/units';
import { openZone } from '@sensor-warehouse/model/time/zone';
import type { ByteSource } from './byte-ranges';
import { DataProblem } from './data-problem';
import type { FilesList, PublishedFile } from './files-list';
import { type Cell, openParquet, type SeriesName, seriesId } from './parquet-file';
import {
  coverageDigit,
  type ExplorerSummary,
  type LatestHour,
  monthNumber,
  PAGE_FILES,
  PICTURE_DAYS,
  type SeriesSummary,
  shortNumber,
} from './summary';

const DAY_COLUMNS = ['date', 'data_value', 'n', 'n_expected', 'minimum', 'maximum'] as const;
const HOUR_COLUMNS = ['time', 'data_value', 'n', 'minimum', 'maximum'] as const;

/**
 * Reads the summary of a dataset from its tables: all days, and of the hours only the last of each series.
 * @param open a file of the list
 * @throws DataProblem if a table is not as it should be
 */
export async function readSummary(
  list: FilesList,
  open: (file: PublishedFile) => ByteSource,
): Promise<ExplorerSummary> {
  const table = async (name: string, columns: readonly string[]) => {
    const file = list.files.find((one) => one.table === name);
    if (file === undefined) throw new DataProblem('absent', `no table ${name}`);
    return rowsOf(open(file), columns);
  };
  const [dataKeys, locations, sensors] = await Promise.all([
    table('dim_data_key', ['data_key', 'quantity', 'unit', 'description']),
    table('dim_location', ['location', 'building', 'kind']),
    table('dim_sensor', ['location', 'source', 'data_key', 'expected_interval_s']),
  ]);
  const keys = sensors.map(keyOf);
  const latest = await latestHours(list, keys, open);
  const days = await daysOfSeries(list, open);
  const place = new Map(locations.map((row) => [row.location, row]));
  const sensor = new Map(sensors.map((row) => [seriesId(keyOf(row)), row]));
  return {
    dataset: list.dataset,
    version: list.version,
    period: list.period,
    hours: list.files.reduce((sum, { table, rows }) => sum + (table === 'fact_hourly' ? rows : 0), 0),
    dataKeys: dataKeys.map((row) => ({
      dataKey: String(row.data_key),
      quantity: String(row.quantity),
      unit: String(row.unit ?? ''),
      description: String(row.description ?? ''),
    })),
    series: keys
      .filter((key) => latest.has(seriesId(key)))
      .map((key) => ({
        ...key,
        building: textOrNull(place.get(key.location)?.building),
        kind: textOrNull(place.get(key.location)?.kind),
        intervalSeconds: numberOrNull(sensor.get(seriesId(key))?.expected_interval_s),
        latest: latest.get(seriesId(key))!,
        ...picturesOf(days.get(seriesId(key)) ?? [], list),
      })),
    files: list.files.filter(({ name }) => !PAGE_FILES.includes(name)).map(({ name, bytes }) => ({ name, bytes })),
  };
}

type Row = Record<string, Cell | undefined>;

const keyOf = (row: Row): SeriesName => ({
  location: String(row.location),
  source: String(row.source),
  dataKey: String(row.data_key),
});
const textOrNull = (cell: Cell | undefined) => (typeof cell === 'string' && cell !== '' ? cell : null);
const numberOrNull = (cell: Cell | undefined) => (cell === null || cell === undefined ? null : Number(cell));

/** The rows of a whole table. Columns that it lacks are undefined, but for the first. */
async function rowsOf(source: ByteSource, columns: readonly string[]): Promise<Row[]> {
  const file = await openParquet(source, columns.slice(0, 1));
  const there = columns.filter((name) => file.columns.includes(name));
  const cells = await file.read(there, { start: 0, end: file.rows });
  return Array.from({ length: file.rows }, (_, row) =>
    Object.fromEntries(there.map((name) => [name, cells[name]![row]])),
  );
}

/** The last hour of each series that has any, found from the newest year back. */
async function latestHours(
  list: FilesList,
  keys: readonly SeriesName[],
  open: (file: PublishedFile) => ByteSource,
): Promise<Map<string, LatestHour>> {
  const found = new Map<string, LatestHour>();
  const files = list.files.filter(({ table }) => table === 'fact_hourly').sort((a, b) => b.year! - a.year!);
  for (const one of files) {
    const missing = keys.filter((key) => !found.has(seriesId(key)));
    if (missing.length === 0) break;
    const file = await openParquet(open(one), ['location', 'source', 'data_key', ...HOUR_COLUMNS]);
    for (const key of missing) {
      const last = (await file.rowsOf(key)).at(-1);
      if (last === undefined) continue;
      const cells = await file.read(HOUR_COLUMNS, { start: last.end - 1, end: last.end });
      found.set(seriesId(key), {
        time: new Date(Number(cells.time![0])).toISOString(),
        value: Number(cells.data_value![0]),
        n: numberOrNull(cells.n![0]),
        minimum: numberOrNull(cells.minimum![0]),
        maximum: numberOrNull(cells.maximum![0]),
      });
    }
  }
  return found;
}

/** A day of a series; days are counted from 1970. */
interface Day {
  readonly day: number;
  readonly value: number;
  readonly n: number;
  readonly expected: number;
  readonly minimum: number;
  readonly maximum: number;
}

/** All days of each series, by time. */
async function daysOfSeries(list: FilesList, open: (file: PublishedFile) => ByteSource): Promise<Map<string, Day[]>> {
  const found = new Map<string, Day[]>();
  const files = list.files.filter(({ table }) => table === 'agg_daily').sort((a, b) => a.year! - b.year!);
  for (const one of files) {
    const file = await openParquet(open(one), ['location', 'source', 'data_key', ...DAY_COLUMNS]);
    const all = { start: 0, end: file.rows };
    const cells = await file.read(DAY_COLUMNS, all);
    for (const [id, { start, end }] of await file.runs()) {
      const days = found.get(id) ?? [];
      found.set(id, days);
      for (let row = start; row < end; row++) {
        const [day, value, n, expected, minimum, maximum] = DAY_COLUMNS.map((name) => Number(cells[name]![row]));
        days.push({ day: day!, value: value!, n: n!, expected: expected!, minimum: minimum!, maximum: maximum! });
      }
    }
  }
  return found;
}

function picturesOf(
  days: readonly Day[],
  { dataset, period }: FilesList,
): Pick<SeriesSummary, 'days' | 'lastDay' | 'coverage'> {
  const zone = openZone(dataset.timezone);
  const dayOf = (instant: number) => Math.floor((instant + zone.offsetAt(instant)) / DAY);
  const lastDay = dayOf(Date.parse(period.to) - 1);
  const newest = new Array<number | null>(PICTURE_DAYS).fill(null);
  const first = monthNumber(dayOf(Date.parse(period.from)));
  const months = Array.from({ length: monthNumber(lastDay) - first + 1 }, () => ({ n: 0, expected: 0 }));
  for (const { day, value, n, expected } of days) {
    const at = PICTURE_DAYS - 1 - (lastDay - day);
    if (at >= 0 && at < PICTURE_DAYS) newest[at] = shortNumber(value);
    const month = months[monthNumber(day) - first];
    if (month === undefined) continue;
    month.n += n;
    month.expected = Math.max(month.expected, expected);
  }
  const last = days.at(-1);
  return {
    days: newest,
    lastDay: last?.day === lastDay ? [last.minimum, last.maximum] : null,
    coverage: months.map(({ n, expected }, at) => coverageDigit(n, expected * daysIn(first + at, lastDay))).join(''),
  };
}

/** Days of a month, up to the last day of the dataset. */
function daysIn(month: number, lastDay: number): number {
  const start = Date.UTC(1970, month, 1) / DAY;
  return Math.min(Date.UTC(1970, month + 1, 1) / DAY, lastDay + 1) - start;
}
