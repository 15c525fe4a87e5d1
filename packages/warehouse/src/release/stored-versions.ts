import { basename } from 'node:path';
import { Failure } from '@sensor-warehouse/model/findings/failure';
import { quoted } from '@sensor-warehouse/model/findings/finding';
import type { Store } from '@sensor-warehouse/storage/store';
import type { DatasetFile } from '../dataset/dataset-file';
import { fetchOnce } from '../layout/fetch-whole';
import { parsePath } from '../layout/names';
import { type DatasetFiles, readPointer } from '../layout/pointer';
import { versionsEver } from '../layout/pointer-copies';
import { compareVersions } from '../layout/version-name';
import type { OpenWarehouse, Progress } from '../run/context';
import { inWork } from '../run/in-work';
import { diffVersions, type VersionDiff, type VersionFiles } from './version-diff';

/**
 * The versions of the dataset in the warehouse, newest first. Pointers vouch for their files: a folder that neither the
 * pointer nor a copy names belongs to an interrupted run.
 */
export async function storedVersions(warehouse: Store): Promise<DatasetFiles[]> {
  const { pointer } = await readPointer(warehouse);
  const there = new Set((await warehouse.list('public/versions')).flatMap(({ path }) => versionIn(path) ?? []));
  const newest = pointer.public.version;
  const versions = new Map(
    [...(await versionsEver(warehouse)), pointer.public].map((one) => [one.version, one] as const),
  );
  return [...versions.values()]
    .filter(({ version }) => there.has(version))
    .sort(
      (a, b) => Number(b.version === newest) - Number(a.version === newest) || compareVersions(b.version, a.version),
    );
}

function versionIn(path: string): string | undefined {
  const name = parsePath(path);
  return name?.kind === 'version file' ? name.version : undefined;
}

/**
 * The version that a person names: in full, as it is cited (`2024.11.42`), or as `latest` or `previous`.
 * @throws Failure (config) if it does not exist, or the name fits more than one
 */
export function chosenVersion(versions: readonly DatasetFiles[], name: string, warehouse: string): DatasetFiles {
  const found =
    name === 'latest'
      ? versions.slice(0, 1)
      : name === 'previous'
        ? versions.slice(1, 2)
        : versions.filter(({ version }) => version === name || version.startsWith(`${name}-`));
  if (found.length === 1) return found[0]!;
  // A pointer that somebody put back is followed by another one of the same generation.
  const isAmbiguous = found.length > 1;
  const named = isAmbiguous ? found : versions;
  throw new Failure({
    stage: 'versions',
    what: isAmbiguous
      ? 'the warehouse has more than one version of this name'
      : 'the warehouse does not have this version of the dataset',
    where: `${warehouse}/public/versions`,
    found: quoted(name),
    expected: named.length === 0 ? 'a warehouse that has published' : named.map((one) => one.version).join(', '),
    fix: fixFor(versions, isAmbiguous),
    class: 'config',
    code: 'version-absent',
  });
}

function fixFor(versions: readonly DatasetFiles[], isAmbiguous: boolean): string {
  if (isAmbiguous) return 'give the whole name of one of those';
  return versions.length === 0 ? 'publish first: warehouse run' : 'name one of those, or `latest` or `previous`';
}

/** Its files, fetched on demand. */
export function filesOfVersion({ version, files }: DatasetFiles, warehouse: Store, work: string): VersionFiles {
  return {
    version,
    files: files.map(({ path, sha256, rows }) => ({ name: basename(path), sha256, rows })),
    fetch: async (names) => {
      const wanted = files.filter(({ path }) => names.includes(basename(path)));
      const here = wanted.map((file) => [file, inWork(work, 'known', file.path)] as const);
      await fetchOnce(warehouse, here);
      return new Map(here.map(([{ path }, local]) => [basename(path), local]));
    },
  };
}

/**
 * What the files of a new version differ in from those that are published.
 * @param made tables of the new version; one that is taken over is that of the version before
 */
export async function compareWithPublished(
  { warehouse, work, say }: OpenWarehouse & Progress,
  before: DatasetFiles,
  made: { readonly version: string; readonly files: readonly DatasetFile[] },
): Promise<VersionDiff> {
  const published = filesOfVersion(before, warehouse, work);
  const here = new Map(made.files.flatMap(({ name, local }) => (local === undefined ? [] : [[name, local] as const])));
  // What is taken over is as it was, and so is not asked for.
  const fetch: VersionFiles['fetch'] = async () => here;
  return diffVersions(published, { ...made, fetch }, say);
}
