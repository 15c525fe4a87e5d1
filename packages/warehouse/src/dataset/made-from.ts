import { compareText } from '@sensor-warehouse/model/readings/readings';
import type { Configuration } from '@sensor-warehouse/model/seeds/configuration';
import type { Month } from '@sensor-warehouse/model/time/month';
import { sha256OfBytes } from '@sensor-warehouse/storage/file-hash';
import type { LegacyMonth, Partition } from '../layout/pointer';
import { declaredIntervals } from './dimensions';
import { TABLES_FORMAT } from './write-table';

/** The tables that have a file for each year. */
export const YEAR_TABLES = ['fact_hourly', 'agg_daily', 'agg_weekly'] as const;
export type YearTableName = (typeof YEAR_TABLES)[number];

/** Everything that determines the yearly files. */
export interface YearSources {
  readonly configuration: Configuration;
  readonly partitions: readonly Partition[];
  readonly legacy: readonly LegacyMonth[];
}

/**
 * A digest of everything that determines a year's file: the hours of its months, and the seeds that say how they are
 * published. Two versions with the same digest have the same file.
 */
export function madeFrom(
  { configuration, partitions, legacy }: YearSources,
  table: YearTableName,
  year: number,
): string {
  const { dataset, localZone, publicNames } = configuration;
  const [from, to] = monthsOf(table, year);
  const within = ({ month }: { readonly month: Month }) => month >= from && month <= to;
  const hashes = (files: readonly string[]) => [...files].sort(compareText);
  const imported = table === 'fact_hourly' ? legacy.filter(within) : [];
  const follows = {
    format: TABLES_FORMAT,
    table,
    year,
    license: dataset.license,
    zone: localZone,
    names: [...publicNames].sort(([a], [b]) => compareText(a, b)),
    hours: hashes(partitions.filter(within).map(({ aggregates }) => `${aggregates.path} ${aggregates.sha256}`)),
    ...(table === 'fact_hourly' ? {} : { intervals: [...declaredIntervals(configuration)] }),
    ...(imported.length === 0
      ? {}
      : { legacy: hashes(imported.map(({ path, sha256 }) => `${path} ${sha256}`)), rules: legacyRules(configuration) }),
  };
  return sha256OfBytes(JSON.stringify(follows)).slice(0, 16);
}

/**
 * First and last UTC month that a file reads. A local year begins within a day of the UTC year and an ISO year within a
 * week, and the expected readings of a month need the whole local month.
 */
function monthsOf(table: YearTableName, year: number): readonly [from: Month, to: Month] {
  return table === 'fact_hourly' ? [`${year}-01`, `${year}-12`] : [`${year - 1}-11`, `${year + 1}-02`];
}

/** Input to the choice of imported hours that are published (see publishableHours). */
function legacyRules({ dataKeys, datasources, disabled, exclusions }: Configuration): object {
  return {
    ranges: [...dataKeys.values()].map(({ dataKey, minimum, maximum }) => [dataKey, String(minimum), String(maximum)]),
    exclusions: exclusions.map((one) => [one.datasource, one.location, one.dataKey, String(one.from), String(one.to)]),
    sources: [...datasources, ...disabled].map(({ id, name }) => [id, name]),
  };
}
