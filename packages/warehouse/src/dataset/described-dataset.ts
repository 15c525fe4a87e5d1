import type { Configuration } from '@sensor-warehouse/model/seeds/configuration';
import type { ListedFile, ListedPeriod } from '../layout/file-list';
import type { LabelReading } from '../layout/label-reading';
import type { TableDescription } from './tables';

/*
 * All that the metadata of a dataset is made from. Nothing comes from the clock, so the same data give the same bytes,
 * and only public names are in it.
 */

/** A public file that is made and hashed. */
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

/** How complete a series is, by local month from its first to the last of the dataset. */
export interface SeriesCoverage {
  readonly location: string;
  readonly source: string;
  readonly dataKey: string;
  readonly months: readonly MonthCoverage[];
}

export interface MonthCoverage {
  /** `YYYY-MM` of the local zone. */
  readonly month: string;
  /** Good readings, and those of a whole month. */
  readonly n: number;
  readonly expected: number;
}

/** One series and a UTC month in which it has hours, for examples that give rows; its names are plain. */
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

/** Who stands behind a source, and on what terms; what nobody said is empty. */
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
  /** Names of sources whose newest readings wait for somebody's decision. */
  readonly held: readonly string[];
  /** How the labels of imported hours were read; undefined if there are none. */
  readonly labels: readonly LabelReading[] | undefined;
}
