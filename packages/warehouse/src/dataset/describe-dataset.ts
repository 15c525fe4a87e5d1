import type { Configuration } from '@sensor-warehouse/model/seeds/configuration';
import { openZone } from '@sensor-warehouse/model/time/zone';
import type { LabelReading } from '../layout/label-reading';
import { dataSummary } from './data-summary';
import type { DescribedDataset, PublicFile } from './described-dataset';
import { declaredIntervals } from './dimensions';
import { expectedReadings } from './expected-interval';
import type { PublicTable } from './public-table';
import { tableSeries } from './series';
import { publicTables } from './tables';

/** Facts about a version besides its hours and files. */
export interface VersionDetails {
  readonly version: string;
  /** Names of sources whose newest readings wait for a person's decision. */
  readonly held: readonly string[];
  /** How the labels of imported hours were read; undefined if there are none. */
  readonly labels: readonly LabelReading[] | undefined;
}

/**
 * Everything that a version's metadata is made from.
 * @param files those of the tables, and others already made, in listing order
 */
export function describeDataset(
  table: Pick<PublicTable, 'rows' | 'time' | 'value' | 'n' | 'runs'>,
  files: readonly PublicFile[],
  configuration: Configuration,
  { version, held, labels }: VersionDetails,
): DescribedDataset {
  const zone = openZone(configuration.localZone);
  const series = tableSeries(table);
  const expected = expectedReadings(table, zone, declaredIntervals(configuration));
  const sources = [...new Set(series.map(({ source }) => source))];
  return {
    configuration,
    version,
    address: configuration.dataset.address,
    tables: publicTables(configuration, labels !== undefined),
    files,
    summary: dataSummary(table, series, zone, expected),
    sources: sources.map((source) => ({
      source,
      ...Object.fromEntries(configuration.published.sources.get(source)?.fields ?? []),
    })),
    held,
    labels,
  };
}
