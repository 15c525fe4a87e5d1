import {
  coverageDigit,
  type DataKeySummary,
  type LatestHour,
  monthNumber,
  PAGE_FILES,
  PICTURE_DAYS,
  type SeriesSummary,
  shortNumber,
} from '@sensor-warehouse/explorer/dataset/summary';
import { explorerPage } from '@sensor-warehouse/explorer/page/explorer-page';
import type { Configuration } from '@sensor-warehouse/model/seeds/configuration';
import { DAY } from '@sensor-warehouse/model/time/units';
import { openZone, type Zone } from '@sensor-warehouse/model/time/zone';
import type { ListedPeriod } from '../layout/file-list';
import { croissantForPage } from './croissant';
import type { DescribedDataset, MonthCoverage } from './described-dataset';
import { type Dimension, dimDataKey, dimLocation, dimSensor } from './dimensions';
import { windowsIn, windowsOfSeries } from './local-aggregates';
import { dayStart, localDay } from './local-days';
import type { PublicTable } from './public-table';
import { isLegacy, type Series, seriesWithin, tableSeries } from './series';

/*
 * `warehouse explore` reads the same from the tables, but a night has only the tables of the years that changed.
 */

/**
 * `index.html`: the explorer, with the first screen of this version in it. Its script and stylesheet are beside it.
 * @param texts name → text of the metadata, which the page lists with the other files
 * @returns undefined if there is no hour to show
 */
export function explorerIndex(
  described: DescribedDataset,
  configuration: Configuration,
  table: PublicTable,
  texts: ReadonlyMap<string, string>,
): string | undefined {
  const { period } = described.summary;
  if (period === undefined) return undefined;
  const { name, title, license, citation } = configuration.dataset;
  const series = tableSeries(table);
  const metadata = [...texts].map(([file, text]) => ({ name: file, bytes: Buffer.byteLength(text) }));
  const files = described.files.map((file) => ({ name: file.name, bytes: file.bytes }));
  const summary = {
    dataset: { name, title, license, citation, timezone: configuration.localZone },
    version: described.version,
    period,
    hours: table.rows,
    dataKeys: dataKeysOf(series, configuration),
    series: seriesOf(described, configuration, table, series),
    files: [...files, ...metadata].filter((file) => !PAGE_FILES.includes(file.name)),
  };
  return explorerPage(summary, croissantForPage(described));
}

function dataKeysOf(series: readonly Series[], configuration: Configuration): DataKeySummary[] {
  const rows = rowsOf(dimDataKey(series, configuration));
  return rows.map(({ data_key, quantity, unit, description }) => ({
    dataKey: String(data_key),
    quantity: String(quantity ?? data_key),
    unit: String(unit ?? ''),
    description: String(description ?? ''),
  }));
}

function seriesOf(
  { summary }: DescribedDataset,
  configuration: Configuration,
  table: PublicTable,
  series: readonly Series[],
): SeriesSummary[] {
  const period = summary.period!;
  const zone = openZone(configuration.localZone);
  const places = new Map(rowsOf(dimLocation(table, series, configuration)).map((row) => [row.location, row]));
  const known = new Map(series.map((one) => [keyOf(one), one]));
  const coverage = new Map(summary.coverage.map((one) => [keyOf(one), one.months]));
  return rowsOf(dimSensor(table, series, configuration)).map((sensor) => {
    const name = { location: String(sensor.location), source: String(sensor.source), dataKey: String(sensor.data_key) };
    const place = places.get(name.location);
    const one = known.get(keyOf(name))!;
    return {
      ...name,
      building: textOrNull(place?.building),
      kind: textOrNull(place?.kind),
      intervalSeconds: typeof sensor.expected_interval_s === 'number' ? sensor.expected_interval_s : null,
      latest: latestHour(table, one.end - 1),
      ...lastDays(table, one, Date.parse(period.to) - 1, zone),
      coverage: coverageText(coverage.get(keyOf(name)) ?? [], period, zone),
    };
  });
}

const keyOf = ({ location, source, dataKey }: Pick<Series, 'location' | 'source' | 'dataKey'>) =>
  JSON.stringify([location, source, dataKey]);
const textOrNull = (cell: Cell | undefined) => (typeof cell === 'string' && cell !== '' ? cell : null);

function latestHour(table: PublicTable, row: number): LatestHour {
  const legacy = isLegacy(table, row);
  return {
    time: new Date(table.time[row]!).toISOString(),
    value: table.value[row]!,
    n: legacy ? null : table.n[row]!,
    minimum: legacy ? null : table.min[row]!,
    maximum: legacy ? null : table.max[row]!,
  };
}

/** The days of the small picture, and the extremes of the last one. @param last the dataset's last instant */
function lastDays(
  table: PublicTable,
  series: Series,
  last: number,
  zone: Zone,
): Pick<SeriesSummary, 'days' | 'lastDay'> {
  const lastDay = localDay(last, zone);
  const first = lastDay - PICTURE_DAYS + 1;
  const days = new Array<number | null>(PICTURE_DAYS).fill(null);
  let extremes: SeriesSummary['lastDay'] = null;
  const [part] = seriesWithin(table, [series], [dayStart(first, zone), dayStart(lastDay + 1, zone)]);
  const windows = part === undefined ? [] : windowsOfSeries(table, part, windowsIn('day', zone), () => 0);
  for (const { start, value, min, max } of windows) {
    const day = localDay(start, zone);
    days[day - first] = shortNumber(value);
    if (day === lastDay) extremes = [min, max];
  }
  return { days, lastDay: extremes };
}

/** A sign for each month of the dataset. The last one is measured by its days up to the end of the dataset. */
function coverageText(months: readonly MonthCoverage[], { from, to }: ListedPeriod, zone: Zone): string {
  const lastDay = localDay(Date.parse(to) - 1, zone);
  const known = new Map(months.map((one) => [one.month, one]));
  const signs: string[] = [];
  const last = monthNumber(lastDay);
  for (let month = monthNumber(localDay(Date.parse(from), zone)); month <= last; month++) {
    const start = Date.UTC(1970, month, 1);
    const one = known.get(new Date(start).toISOString().slice(0, 7));
    const days = (Date.UTC(1970, month + 1, 1) - start) / DAY;
    const share = month === last ? (lastDay + 1 - start / DAY) / days : 1;
    signs.push(one === undefined ? '-' : coverageDigit(one.n, one.expected * share));
  }
  return signs.join('');
}

type Cell = string | number | null;

/** The rows of a small table. */
function rowsOf({ rows, values }: Dimension): Readonly<Record<string, Cell>>[] {
  const cellOf = (column: Dimension['values'][string], row: number): Cell => {
    if ('codes' in column) return column.dictionary[column.codes[row]!] ?? null;
    return Number.isNaN(column[row]!) ? null : column[row]!;
  };
  return Array.from({ length: rows }, (_, row) =>
    Object.fromEntries(Object.entries(values).map(([name, column]) => [name, cellOf(column, row)])),
  );
}
