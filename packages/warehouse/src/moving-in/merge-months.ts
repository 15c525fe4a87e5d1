import { type Month, monthOf } from '@sensor-warehouse/model/time/month';
import { filterHours, type HourSeries, keyOf, overlay } from '../tables/hour-series';
import type { LegacyFile } from './to-hours';

/** All files of an import as one. rows = Σ rows of the hours + rejected + repeated, with those of the files. */
export interface MergedFiles {
  readonly series: readonly HourSeries[];
  /** From the first to the last hour of each series of each file: the import decides for this time. */
  readonly spans: ReadonlyMap<string, readonly Span[]>;
  /** Rows of hours that a file gives which counts more; `conflicting` of these hours have another value there. */
  readonly repeated: number;
  readonly conflicting: number;
}

export interface Span {
  readonly first: number;
  readonly last: number;
}

/** @param files those that count more after the others */
export function mergeFiles(files: readonly LegacyFile[]): MergedFiles {
  const series = new Map<string, HourSeries>();
  const spans = new Map<string, Span[]>();
  let repeated = 0;
  let conflicting = 0;
  for (const one of files.flatMap((file) => file.series)) {
    const key = keyOf(one);
    const { series: both, coveredRows, differing } = overlay(series.get(key), one);
    series.set(key, both);
    repeated += coveredRows;
    conflicting += differing;
    const known = spans.get(key) ?? [];
    spans.set(key, [...known, { first: one.hour[0]!, last: one.hour.at(-1)! }]);
  }
  return { series: [...series.values()], spans, repeated, conflicting };
}

/** The effect of an import on one month that may have been imported before, in hours. */
export interface MonthChange {
  readonly added: number;
  /** Hours with another value than before. */
  readonly replaced: number;
  /** Hours that the new files do not have, in a time for which they speak. */
  readonly removed: number;
}

/** The hours of each UTC month. */
export function byMonth(series: readonly HourSeries[]): Map<Month, HourSeries[]> {
  const months = new Map<Month, HourSeries[]>();
  for (const one of series) {
    for (let start = 0; start < one.hour.length; ) {
      const month = monthOf(one.hour[start]!);
      let end = start + 1;
      while (end < one.hour.length && monthOf(one.hour[end]!) === month) end++;
      const part = {
        ...one,
        hour: one.hour.slice(start, end),
        value: one.value.slice(start, end),
        rows: one.rows.slice(start, end),
      };
      months.set(month, [...(months.get(month) ?? []), part]);
      start = end;
    }
  }
  return months;
}

/**
 * A month after an import. A file speaks for each of its series from its first hour to its last: what was imported for
 * that time before and is no longer in it is removed. All else stays, so that a file for one month does not take away
 * the hours that the month before it shares with it.
 * @param before hours of the month that were imported earlier
 * @param now hours of the month in the new files
 * @param spans for which the new files speak, by series
 */
export function mergeImportedMonth(
  before: readonly HourSeries[],
  now: readonly HourSeries[],
  spans: ReadonlyMap<string, readonly Span[]>,
): { readonly series: readonly HourSeries[]; readonly change: MonthChange } {
  const old = new Map(before.map((one) => [keyOf(one), one]));
  const next = new Map<string, HourSeries>();
  let added = 0;
  let replaced = 0;
  for (const [key, one] of old) {
    const mine = spans.get(key) ?? [];
    next.set(
      key,
      filterHours(one, (hour) => !mine.some(({ first, last }) => hour >= first && hour <= last)),
    );
  }
  for (const one of now) {
    const key = keyOf(one);
    const against = overlay(old.get(key), one);
    added += one.hour.length - against.covered;
    replaced += against.differing;
    next.set(key, overlay(next.get(key), one).series);
  }
  const kept = [...next.values()].filter((one) => one.hour.length > 0);
  const hours = (all: readonly HourSeries[]) => all.reduce((total, one) => total + one.hour.length, 0);
  return { series: kept, change: { added, replaced, removed: hours(before) + added - hours(kept) } };
}
