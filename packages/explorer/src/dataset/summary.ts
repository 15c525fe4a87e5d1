import { DAY } from '@sensor-warehouse/model/time/units';
import type { DatasetName, FilesList } from './files-list';
import type { SeriesName } from './parquet-file';

export interface DataKeySummary {
  readonly dataKey: string;
  readonly quantity: string;
  readonly unit: string;
  readonly description: string;
}

/** The last hour of a series. */
export interface LatestHour {
  readonly time: string;
  readonly value: number;
  /** Null for an hour of an earlier pipeline, as are minimum and maximum. */
  readonly n: number | null;
  readonly minimum: number | null;
  readonly maximum: number | null;
}

export interface SeriesSummary extends SeriesName {
  readonly building: string | null;
  /** What the dataset calls the place, such as `indoor` or `outdoor`. */
  readonly kind: string | null;
  readonly intervalSeconds: number | null;
  readonly latest: LatestHour;
  /** Means of the last days of the whole dataset, the newest last; null for a day without readings. */
  readonly days: readonly (number | null)[];
  /** Least and greatest value of the dataset's last day; null if there is none. */
  readonly lastDay: readonly [minimum: number, maximum: number] | null;
  /** One digit a month of the dataset, from the first: tenths of the readings that should be; `-` for none. */
  readonly coverage: string;
}

/** What the page knows before it has read a table: enough for its first screen. */
export interface ExplorerSummary {
  readonly dataset: DatasetName;
  readonly version: string;
  readonly period: FilesList['period'];
  readonly hours: number;
  readonly dataKeys: readonly DataKeySummary[];
  readonly series: readonly SeriesSummary[];
  readonly files: readonly { readonly name: string; readonly bytes: number }[];
}

/** Days of the small picture beside a name. */
export const PICTURE_DAYS = 31;

/** The page itself and what is beside it: no files of the data. */
export const PAGE_FILES: readonly string[] = ['index.html', 'explorer.js', 'explorer.css'];

/** Months since 1970, of a day since 1970. */
export function monthNumber(day: number): number {
  const date = new Date(day * DAY);
  return (date.getUTCFullYear() - 1970) * 12 + date.getUTCMonth();
}

/** A value as a picture needs it. */
export const shortNumber = (value: number) => Math.round(value * 100) / 100;

/** Tenths of the readings that should be; `-` for none. */
export function coverageDigit(n: number, expected: number): string {
  if (n === 0 || expected === 0) return '-';
  return String(Math.min(9, Math.floor((10 * n) / expected)));
}
