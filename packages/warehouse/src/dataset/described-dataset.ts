import type { Configuration } from '@sensor-warehouse/model/seeds/configuration';
import type { ListedFile, ListedPeriod } from '../layout/file-list';
import type { LabelReading } from '../layout/label-reading';
import type { TableDescription } from './tables';

/*
 * Everything that a dataset's metadata is made from. Nothing depends on the clock, so the same data gives the same bytes, and it contains only public names.
 */

/** A finished and hashed public file. */
export type PublicFile = Omit<ListedFile, 'madeFrom'>;

/** The hours of one data_key. */
export interface MeasuredSummary {
  readonly dataKey: string;
  readonly hours: number;
  readonly series: number;
  /** Least and greatest data_value. */
  readonly minimum: number;
  readonly maximum: number;
}

/** Completeness of a series by local month, from its first month to the dataset's last. */
export interface SeriesCoverage {
  readonly location: string;
  readonly source: string;
  readonly dataKey: string;
  readonly months: readonly MonthCoverage[];
}

export interface MonthCoverage {
  /** `YYYY-MM` of the local zone. */
  readonly month: string;
  /** Good readings, and the number that a whole month would have. */
  readonly n: number;
  readonly expected: number;
}

/** A series and a UTC month in which it has hours, for examples that return rows; its names are plain. */
export interface Example {
  readonly location: string;
  readonly dataKey: string;
  /** First day of the month and of the month after it, such as `2024-11-01`. */
  readonly from: string;
  readonly until: string;
}

export interface DataSummary {
  readonly rows: number;
  readonly locations: number;
  /** Undefined if there is no hour. */
  readonly period: ListedPeriod | undefined;
  /** Hours of an earlier pipeline, how many there are and of which time. */
  readonly legacy: { readonly hours: number; readonly period: ListedPeriod } | undefined;
  readonly measured: readonly MeasuredSummary[];
  readonly coverage: readonly SeriesCoverage[];
  readonly example: Example | undefined;
}

/** Who provides a source, and on what terms; unknown fields are empty. */
export interface SourceTerms {
  readonly source: string;
  readonly provider?: string;
  readonly contact?: string;
  readonly licence?: string;
  readonly terms?: string;
}

export interface DescribedDataset {
  readonly configuration: Pick<Configuration, 'dataset' | 'dataKeys' | 'localZone' | 'exclusions'>;
  readonly version: string;
  /** Where the files can be fetched, an address without `/` at its end; undefined if there is none. */
  readonly address: string | undefined;
  readonly tables: readonly TableDescription[];
  /** The public files that are not metadata, in the order in which they are listed. */
  readonly files: readonly PublicFile[];
  readonly summary: DataSummary;
  readonly sources: readonly SourceTerms[];
  /** Names of sources whose newest readings wait for a person's decision. */
  readonly held: readonly string[];
  /** How the labels of imported hours were read; undefined if there are none. */
  readonly labels: readonly LabelReading[] | undefined;
}
