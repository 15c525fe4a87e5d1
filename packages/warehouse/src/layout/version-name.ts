import type { Month } from '@sensor-warehouse/model/time/month';

/*
 * A version of the dataset is called `2024.11.42-0a1b2c3d`: the local month of its newest hour, the generation of the pointer
 * that first named it, and eight digits of the hash of all its files. People cite it without the hash. The hash is in the name
 * because nothing locks a warehouse: two runs that race for one generation never write into one folder. Earlier programs wrote
 * `000041-0a1b2c3d`. The generation alone says which of two is newer: a month may go back, when its readings are taken out.
 */

export interface VersionParts {
  /** Local month of the newest hour; undefined if the dataset has no hour. */
  readonly month: Month | undefined;
  readonly generation: number;
  /** Eight hexadecimal digits. */
  readonly hash: string;
}

/** What an empty dataset has in the place of the month. */
const NO_MONTH = '0000-00';

export function versionName({ hash, ...cited }: VersionParts): string {
  return `${citedName(cited)}-${hash}`;
}

/** `2024.11.42`: the name of a version that people cite. */
export function citedName({ month, generation }: Omit<VersionParts, 'hash'>): string {
  return `${(month ?? NO_MONTH).replace('-', '.')}.${generation}`;
}

/** The name of a version as people cite it: without its hash. */
export function citedOf(version: string): string {
  return version.split('-')[0]!;
}

/** The generation of the pointer that first named a version. */
export function versionGeneration(version: string): number {
  return Number(/^(?:[0-9]{4}\.[0-9]{2}\.)?([0-9]+)-/.exec(version)?.[1] ?? 0);
}

/** Orders versions as they were published, the oldest first; those of one generation by their hash. */
export function compareVersions(a: string, b: string): number {
  const hashOf = (version: string) => version.slice(version.indexOf('-'));
  return versionGeneration(a) - versionGeneration(b) || (hashOf(a) < hashOf(b) ? -1 : hashOf(a) > hashOf(b) ? 1 : 0);
}
