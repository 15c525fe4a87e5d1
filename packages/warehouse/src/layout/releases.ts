import type { Month } from '@sensor-warehouse/model/time/month';
import type { ListedPeriod } from './file-list';

/*
 * What each version of the dataset changed, as the pointer remembers it: the dataset's CHANGELOG is made of nothing else, so a
 * version that is rebuilt has the same one. Only public names are in it.
 */

/** What made a version: a night, one of the modes of a backfill, a repair, an import of older hours. */
export const RELEASE_CAUSES = ['night', 'missing', 'stale', 'all', 'rebuild', 'heal', 'import'] as const;
export type ReleaseCause = (typeof RELEASE_CAUSES)[number];

/** Rows that were added, removed and changed in one part of a version: a month, a location, a table. */
export interface ChangedPart {
  readonly name: string;
  readonly added: number;
  readonly removed: number;
  readonly changed: number;
}

/** Some of a list, and how many more there are. */
export interface Excerpt<T> {
  readonly some: readonly T[];
  readonly more: number;
}

/** What one version has and the other has not. */
export interface AddedAndGone<T> {
  readonly added: Excerpt<T>;
  readonly gone: Excerpt<T>;
}

/** An hour whose value changed. */
export interface ChangedHour {
  readonly time: string;
  readonly location: string;
  readonly source: string;
  readonly dataKey: string;
  readonly before: number;
  readonly after: number;
}

/** Hours by which a version differs from the one before. */
export interface ReleaseChanges {
  readonly added: number;
  readonly removed: number;
  readonly changed: number;
  readonly tables: Excerpt<ChangedPart>;
  /** UTC months. */
  readonly months: Excerpt<ChangedPart>;
  readonly locations: Excerpt<ChangedPart>;
  /** The largest first. */
  readonly largest: readonly ChangedHour[];
}

/** A period whose readings are wrong and enter no hour; an empty instant means that it is open. */
export interface ListedExclusion {
  readonly location: string;
  readonly dataKey: string;
  readonly from: string;
  readonly to: string;
  readonly reason: string;
}

export interface Release {
  /** As people cite it. */
  readonly version: string;
  /** The version before; empty for the first one. */
  readonly from: string;
  readonly cause: ReleaseCause;
  /** Rows of the flat table. */
  readonly hours: number;
  /** Of the whole dataset; none without an hour. */
  readonly period?: ListedPeriod;
  /** None if there is nothing to compare with. */
  readonly changes?: ReleaseChanges;
  /** Months for which readings came after those of a later month of the same source. */
  readonly late: Excerpt<Month>;
  /** Months and locations that have no hour any more. */
  readonly gone: { readonly months: Excerpt<Month>; readonly locations: Excerpt<string> };
  readonly sources: AddedAndGone<string>;
  /** Tables, and columns as `table.column`. */
  readonly structure: AddedAndGone<string>;
  /** Sources whose newest readings wait. */
  readonly held: readonly string[];
  readonly exclusions: AddedAndGone<ListedExclusion>;
  /** The version that had the stable names meanwhile. */
  readonly pinned?: string;
}

export interface ReleaseHistory {
  /** What the newest version says, with which the next one is compared. */
  readonly newest: {
    readonly sources: readonly string[];
    readonly held: readonly string[];
    readonly exclusions: readonly ListedExclusion[];
  };
  /** The newest first, and as many as are remembered. */
  readonly releases: readonly Release[];
}
