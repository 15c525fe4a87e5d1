import { compareText } from '@sensor-warehouse/model/readings/readings';
import type { Configuration } from '@sensor-warehouse/model/seeds/configuration';
import type { Month } from '@sensor-warehouse/model/time/month';
import type { ListedPeriod } from '../layout/file-list';
import type { Pointer } from '../layout/pointer';
import type {
  AddedAndGone,
  ChangedPart,
  Excerpt,
  ListedExclusion,
  Release,
  ReleaseCause,
  ReleaseChanges,
  ReleaseHistory,
} from '../layout/releases';
import { citedOf } from '../layout/version-name';
import { sumsBy } from './diff-text';
import type { VersionDiff } from './version-diff';

/** Why a version is made, besides its hours. */
export interface ReleaseReasons {
  readonly cause: ReleaseCause;
  /** Months of sources that are published now: what is older than a source's newest one came late. */
  readonly months: readonly { readonly datasource: string; readonly month: Month }[];
  /** Ids of sources that are held; undefined if this run does not look: then those of the version before still are. */
  readonly held?: readonly string[];
}

/** What is known of a version before it is compared. */
export interface MadeVersion {
  /** As people cite it. */
  readonly version: string;
  readonly hours: number;
  readonly period: ListedPeriod | undefined;
  /** Public names of its sources. */
  readonly sources: readonly string[];
}

const RELEASES_KEPT = 50;
const PARTS_NAMED = 12;
const HOURS_NAMED = 3;
const EXCLUSIONS_NAMED = 5;

/** The releases that a pointer will remember: those of the pointer before, and the next one. */
export function nextHistory(
  before: Pointer,
  made: MadeVersion,
  diff: VersionDiff,
  configuration: Pick<Configuration, 'datasources' | 'exclusions' | 'publicNames'>,
  reasons: ReleaseReasons,
): ReleaseHistory {
  const known = before.releases?.newest;
  const newest = {
    sources: [...new Set(made.sources)].sort(compareText),
    held: heldSources(made.sources, configuration, reasons.held, known?.held ?? []),
    exclusions: listedExclusions(configuration),
  };
  const release: Release = {
    version: made.version,
    from: citedOf(before.public.version),
    cause: reasons.cause,
    hours: made.hours,
    ...(made.period === undefined ? {} : { period: made.period }),
    ...changesOf(diff),
    late: named(reasons.cause === 'night' ? lateMonths(before, reasons.months) : []),
    gone: { months: named(diff.hours?.monthsGone ?? []), locations: named(diff.locationsGone) },
    sources: difference(known?.sources, newest.sources, PARTS_NAMED),
    structure: structureOf(before, diff),
    held: newest.held,
    exclusions: difference(known?.exclusions, newest.exclusions, EXCLUSIONS_NAMED),
    ...(before.pinned === undefined ? {} : { pinned: citedOf(before.pinned.version) }),
  };
  return { newest, releases: [release, ...(before.releases?.releases ?? [])].slice(0, RELEASES_KEPT) };
}

/** The exclusions of the seeds under public names. */
export function listedExclusions({
  exclusions,
  publicNames,
}: Pick<Configuration, 'exclusions' | 'publicNames'>): ListedExclusion[] {
  const instant = (time: number) => (Number.isFinite(time) ? new Date(time).toISOString().replace('.000Z', 'Z') : '');
  return exclusions.map(({ location, dataKey, from, to, reason }) => ({
    location: publicNames.get(location)!,
    dataKey,
    from: instant(from),
    to: instant(to),
    reason,
  }));
}

/** A source of which nothing is published is none of the public's business. */
function heldSources(
  published: readonly string[],
  { datasources }: Pick<Configuration, 'datasources'>,
  ids: readonly string[] | undefined,
  before: readonly string[],
): string[] {
  const names = ids === undefined ? before : datasources.filter(({ id }) => ids.includes(id)).map(({ name }) => name);
  return [...new Set(names)].filter((name) => published.includes(name)).sort(compareText);
}

function changesOf({ hours, tables }: VersionDiff): { readonly changes?: ReleaseChanges } {
  if (hours === undefined) return {};
  const { added, removed, changed, groups, largest } = hours;
  const parts = (part: 'month' | 'location') =>
    mostChanged(sumsBy(groups, part).map(([name, counts]) => ({ name, ...counts })));
  return {
    changes: {
      ...{ added, removed, changed },
      tables: mostChanged(tables.map((one) => ({ ...countsOf(one), name: one.table }))),
      months: parts('month'),
      locations: parts('location'),
      largest: largest
        .filter(({ before, after }) => Number.isFinite(before) && Number.isFinite(after))
        .slice(0, HOURS_NAMED)
        .map(({ key, before, after }) => ({
          time: key.time ?? '',
          location: key.location ?? '',
          source: key.source ?? '',
          dataKey: key.data_key ?? '',
          before,
          after,
        })),
    },
  };
}

const countsOf = ({ added, removed, changed }: Omit<ChangedPart, 'name'>) => ({ added, removed, changed });
const sizeOf = ({ added, removed, changed }: Omit<ChangedPart, 'name'>) => added + removed + changed;

/** Parts in the order of their names; if there are many, those that changed most. */
function mostChanged(parts: readonly ChangedPart[]): Excerpt<ChangedPart> {
  const bySize = parts
    .filter((one) => sizeOf(one) > 0)
    .sort((a, b) => sizeOf(b) - sizeOf(a) || compareText(a.name, b.name));
  const { some, more } = excerpt(bySize, PARTS_NAMED);
  return { some: [...some].sort((a, b) => compareText(a.name, b.name)), more };
}

/** Months that are older than the newest one that their source had published. */
function lateMonths({ partitions }: Pointer, months: ReleaseReasons['months']): Month[] {
  const newest = new Map<string, Month>();
  for (const { datasource, month } of partitions)
    if (month > (newest.get(datasource) ?? '')) newest.set(datasource, month);
  const late = months.filter(({ datasource, month }) => month < (newest.get(datasource) ?? ''));
  return [...new Set(late.map(({ month }) => month))].sort(compareText);
}

/** Tables and columns that are new, or gone; in a first version everything is new, and nothing is said of it. */
function structureOf({ public: { version } }: Pointer, { tables, tablesAdded, tablesRemoved }: VersionDiff) {
  if (version === '') return { added: named([]), gone: named([]) };
  const columns = (of: 'columnsAdded' | 'columnsRemoved') =>
    tables.flatMap((one) => one[of].map((column) => `${one.table}.${column}`));
  return {
    added: named([...tablesAdded, ...columns('columnsAdded')]),
    gone: named([...tablesRemoved, ...columns('columnsRemoved')]),
  };
}

/** @param before undefined if it is not remembered: a program that did not remember it made the version before */
function difference<T>(before: readonly T[] | undefined, after: readonly T[], most: number): AddedAndGone<T> {
  return {
    added: excerpt(before === undefined ? [] : without(after, before), most),
    gone: excerpt(before === undefined ? [] : without(before, after), most),
  };
}

/** What is only in the first of two lists. */
function without<T>(these: readonly T[], those: readonly T[]): T[] {
  const there = new Set(those.map((one) => JSON.stringify(one)));
  return these.filter((one) => !there.has(JSON.stringify(one)));
}

const named = <T>(list: readonly T[]) => excerpt(list, PARTS_NAMED);

function excerpt<T>(list: readonly T[], most: number): Excerpt<T> {
  return { some: list.slice(0, most), more: Math.max(0, list.length - most) };
}
