import { basename } from 'node:path';
import { Failure } from '@sensor-warehouse/model/findings/failure';
import { quoted } from '@sensor-warehouse/model/findings/finding';
import type { Store } from '@sensor-warehouse/storage/store';
import { areOfShown } from '../layout/copied-before';
import { lackingFrom, type Sizes } from '../layout/file-sizes';
import { parseObject } from '../layout/formats';
import { isPart } from '../layout/names';
import { type DatasetFiles, POINTER, type PointedFile, type Pointer, shownVersion } from '../layout/pointer';
import { versionsEver } from '../layout/pointer-copies';
import { storedVersions } from '../release/stored-versions';
import { keptVersions } from './kept-versions';

/** Written last: says which version the stable names are of. */
export const LATEST = 'latest.json';

/** What there is in a place for readers. */
interface There {
  /** Files with stable names, and those below `versions/`. */
  readonly sizes: Sizes;
  /** Names of the versions. */
  readonly versions: readonly string[];
  readonly latestText: string | undefined;
  /** What it says, if it is one of ours. */
  readonly latest: { readonly dataset?: string; readonly generation: number; readonly version: string } | undefined;
}

/** What a place lacks to have the dataset as a pointer shows it, in the order in which it is done. */
export interface ReadersPlan {
  /** Files of the newest version and the shown one. */
  readonly newest: readonly PointedFile[];
  /** Files of the shown version that have no stable copy, or may have an older one. */
  readonly stable: readonly PointedFile[];
  /** Stable names that the shown version does not have. */
  readonly names: readonly string[];
  /** Text of `latest.json`; undefined if it stands. */
  readonly latest: string | undefined;
  /** Older versions that the warehouse has, and lacking files of each. */
  readonly older: readonly (readonly PointedFile[])[];
  /** Files of versions that are no longer kept. */
  readonly old: readonly string[];
}

/** Where a place for readers has a file of `public/`. */
export function placePath(path: string): string {
  return path.slice('public/'.length);
}

/**
 * @param dataset its name: the place of another one is not ours
 * @throws Failure (config) if the place has files of others under our names
 */
export async function planForReaders(
  place: Store,
  warehouse: Store,
  pointer: Pointer,
  dataset: string,
): Promise<ReadersPlan> {
  const there = await lookAt(place);
  const shown = shownVersion(pointer);
  await requireOurs(place, there, warehouse, { dataset, names: shown.files.map(({ path }) => basename(path)) });
  const lacks = lackingFrom(there.sizes);
  const lacking = ({ files }: DatasetFiles) => files.filter(({ path, bytes }) => lacks(placePath(path), bytes));
  const newest = pointer.public.version === shown.version ? [shown] : [pointer.public, shown];
  const isOfShown = there.latest !== undefined && areOfShown(there.latest, pointer);
  const latest = `${JSON.stringify({ dataset, generation: pointer.generation, version: shown.version }, null, 2)}\n`;
  const here = await warehouse.list('public/versions');
  const versionsHere = here.flatMap(({ path }) => versionIn(placePath(path)) ?? []);
  const kept = keptVersions([...versionsHere, ...there.versions, pointer.public.version], pointer);
  const isOlder = (version: string) => kept.has(version) && !newest.some((one) => one.version === version);
  const lost = here.some(
    ({ path, bytes }) => isOlder(versionIn(placePath(path)) ?? '') && lacks(placePath(path), bytes),
  );
  // Pointers vouch for the files of a version, and are read only if one is lacking.
  const older = lost ? (await storedVersions(warehouse)).filter(({ version }) => isOlder(version)).map(lacking) : [];
  return {
    newest: newest.flatMap(lacking),
    stable: shown.files.filter(({ path, bytes }) => !isOfShown || lacks(basename(path), bytes)),
    names: there.latestText === latest ? [] : await namesOfOthers(there, warehouse, shown),
    latest: there.latestText === latest ? undefined : latest,
    older: older.filter((files) => files.length > 0),
    old: [...there.sizes.keys()].filter((path) => !kept.has(versionIn(path) ?? pointer.public.version)),
  };
}

export function isNothing({ newest, stable, names, latest, older, old }: ReadersPlan): boolean {
  return latest === undefined && [newest, stable, names, older, old].every(({ length }) => length === 0);
}

async function lookAt(place: Store): Promise<There> {
  const [here, below, latestText] = await Promise.all([
    place.listHere(''),
    place.list('versions'),
    place.readText(LATEST),
  ]);
  return {
    sizes: new Map([...here, ...below].map(({ path, bytes }) => [path, bytes])),
    versions: [...new Set(below.flatMap(({ path }) => versionIn(path) ?? []))],
    latestText,
    latest: latestOf(latestText ?? ''),
  };
}

/** Whoever may write the place may write this. */
function latestOf(text: string): There['latest'] {
  const { dataset, generation, version } = parseObject(text) ?? {};
  if (!Number.isSafeInteger(generation) || typeof version !== 'string' || !isPart('version', version)) return undefined;
  return { ...(typeof dataset === 'string' ? { dataset } : {}), generation: Number(generation), version };
}

/** `versions/<version>/<name>` → the version; undefined for every other path. */
function versionIn(path: string): string | undefined {
  const [folder, version = '', ...name] = path.split('/');
  return folder === 'versions' && name.length > 0 && isPart('version', version) ? version : undefined;
}

/** Stable names that the version does not have and another one had; a person may have put other files there. */
async function namesOfOthers(there: There, warehouse: Store, shown: DatasetFiles): Promise<string[]> {
  const named = new Set([...shown.files.map(({ path }) => basename(path)), LATEST]);
  const others = [...there.sizes.keys()].filter((path) => !path.includes('/') && !named.has(path));
  if (others.length === 0) return [];
  const ours = new Set([...namesOfVersions(there), ...(await namesEver(warehouse, () => true))]);
  return others.filter((name) => ours.has(name));
}

/** Names of the files of versions that are in the place. */
function namesOfVersions({ sizes }: There): Set<string> {
  return new Set([...sizes.keys()].filter((path) => versionIn(path) !== undefined).map((path) => basename(path)));
}

/** Names of the files of versions that the warehouse ever had, as far as it remembers. */
async function namesEver(warehouse: Store, which: (version: DatasetFiles) => boolean): Promise<string[]> {
  const versions = await versionsEver(warehouse);
  return versions.filter(which).flatMap(({ files }) => files.map(({ path }) => basename(path)));
}

/** No page, project or other dataset is written over: a name is ours if a version that is there, or was, has it too. */
async function requireOurs(place: Store, there: There, warehouse: Store, { dataset, names }: Wanted): Promise<void> {
  const { sizes, latest } = there;
  if (sizes.has(POINTER)) throw taken(place.name, POINTER, 'a folder that is not a warehouse');
  if (latest?.dataset !== undefined && latest.dataset !== dataset)
    throw taken(place.name, `the dataset ${quoted(latest.dataset)}`, `the dataset ${quoted(dataset)}, or none`);
  const had = namesOfVersions(there);
  const unknown = names.filter((name) => sizes.has(name) && !had.has(name));
  if (there.versions.length === 0 && latest === undefined && sizes.has(LATEST)) unknown.push(LATEST);
  if (unknown.length === 0) return;
  // `latest.json` says of which version the stable names are; its own folder may be lost.
  const shown = latest === undefined ? [] : await namesEver(warehouse, ({ version }) => version === latest.version);
  const others = unknown.filter((name) => !shown.includes(name));
  if (others.length > 0) throw taken(place.name, others.join(', '), 'no other file with a name of the dataset’s');
}

interface Wanted {
  readonly dataset: string;
  /** Of the files that are to have stable names. */
  readonly names: readonly string[];
}

function taken(where: string, found: string, expected: string): Failure {
  return new Failure({
    stage: 'publish-parquet',
    what: 'the place for readers has files of something else',
    where,
    found,
    expected,
    fix: 'give publish-to an empty folder, or move those files away',
    class: 'config',
    code: 'publish-to-taken',
  });
}
