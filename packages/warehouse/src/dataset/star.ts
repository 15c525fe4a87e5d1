import { join } from 'node:path';
import { openZone } from '@sensor-warehouse/model/time/zone';
import type { CarriedFiles } from './carried-files';
import { type DatasetFile, madeFile, periodText } from './dataset-file';
import { declaredIntervals, dimDataKey, dimDate, dimLocation, dimSensor, dimSource } from './dimensions';
import { expectedReadings } from './expected-interval';
import { factHourly, utcYear, type YearTable } from './fact-hourly';
import { localAggregates, localYear } from './local-aggregates';
import { madeFrom, YEAR_TABLES, type YearSources, type YearTableName } from './made-from';
import type { PublicTable } from './public-table';
import { isLegacy, type Series, seriesWithin, tableSeries } from './series';
import { publicTables, tableFileName } from './tables';
import { writeTable } from './write-table';

/**
 * Writes the tables of the star: facts and aggregates of each year, then the dimensions. A year with the same inputs as
 * in the previous version is reused.
 */
export async function writeStar(
  folder: string,
  table: PublicTable,
  sources: YearSources,
  carried: CarriedFiles,
): Promise<DatasetFile[]> {
  const { configuration } = sources;
  const descriptions = new Map(publicTables(configuration, false).map((one) => [one.name, one]));
  const series = tableSeries(table);
  const valuesOf = yearTables(table, series, sources);
  const files: DatasetFile[] = [];
  for (const name of YEAR_TABLES) {
    for (const year of yearsOf(name, table, series, configuration.localZone)) {
      const file = tableFileName({ name }, year);
      const made = madeFrom(sources, name, year);
      const known = carried.get(file);
      if (known?.madeFrom === made) {
        files.push(known);
        continue;
      }
      const { rows, values, period: range } = valuesOf(name, year)!;
      const local = join(folder, file);
      const columns = await writeTable(local, descriptions.get(name)!, rows, values, configuration.dataset);
      const period = periodText(range)!;
      files.push(await madeFile(local, { name: file, table: name, year, rows, period, madeFrom: made, columns }));
    }
  }
  const dimensions = {
    dim_location: dimLocation(table, series, configuration),
    dim_sensor: dimSensor(table, series, configuration),
    dim_source: dimSource(series, configuration),
    dim_data_key: dimDataKey(series, configuration),
    dim_date: dimDate(table, series, openZone(configuration.localZone)),
  };
  for (const [name, { rows, values }] of Object.entries(dimensions)) {
    const file = tableFileName({ name });
    const columns = await writeTable(join(folder, file), descriptions.get(name)!, rows, values, configuration.dataset);
    files.push(await madeFile(join(folder, file), { name: file, table: name, rows, columns }));
  }
  return files;
}

function yearTables(table: PublicTable, series: readonly Series[], { configuration }: YearSources) {
  const zone = openZone(configuration.localZone);
  const expected = expectedReadings(table, zone, declaredIntervals(configuration));
  return (name: YearTableName, year: number): YearTable | undefined => {
    if (name === 'fact_hourly') return factHourly(table, series, year, zone);
    return localAggregates(table, series, year, { level: levelOf(name), zone, expected });
  };
}

const levelOf = (name: 'agg_daily' | 'agg_weekly') => (name === 'agg_daily' ? 'day' : 'week');

/** The years that have a row in a table, in their order. */
function yearsOf(name: YearTableName, table: PublicTable, series: readonly Series[], localZone: string): number[] {
  const zone = openZone(localZone);
  const range = (year: number) => (name === 'fact_hourly' ? utcYear(year) : localYear(year, levelOf(name), zone));
  const counts = (one: Series) => {
    if (name === 'fact_hourly') return true;
    for (let row = one.start; row < one.end; row++) if (!isLegacy(table, row)) return true;
    return false;
  };
  const years: number[] = [];
  const [first, last] = yearsAround(table, series);
  for (let year = first; year <= last; year++)
    if (seriesWithin(table, series, range(year)).some(counts)) years.push(year);
  return years;
}

/** UTC years around all hours: a local or ISO year is at most one away. */
function yearsAround({ time }: PublicTable, series: readonly Series[]): readonly [first: number, last: number] {
  if (series.length === 0) return [0, -1];
  const year = (row: number) => new Date(time[row]!).getUTCFullYear();
  return [
    series.reduce((least, { start }) => Math.min(least, year(start)), Number.POSITIVE_INFINITY) - 1,
    series.reduce((most, { end }) => Math.max(most, year(end - 1)), Number.NEGATIVE_INFINITY) + 1,
  ];
}
