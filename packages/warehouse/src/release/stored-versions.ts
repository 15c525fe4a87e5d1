import { basename } from 'node:path';
import { Failure } from '@sensor-warehouse/model/findings/failure';
import { quoted } from '@sensor-warehouse/model/findings/finding';
import type { Store } from '@sensor-warehouse/storage/store';
import { fetchOnce } from '../layout/fetch-whole';
import { parsePath } from '../layout/names';
import { type DatasetFiles, readPointer } from '../layout/pointer';
import { versionsEver } from '../layout/pointer-copies';
import { inWork } from '../run/in-work';
import type { VersionFiles } from './version-diff';

/**
 * The versions of the dataset in the warehouse, newest first. Pointers vouch for their files: a folder that neither the
 * pointer nor a copy names belongs to an interrupted run.
 */
export async function storedVersions(warehouse: Store): Promise<DatasetFiles[]> {
  const { pointer } = await readPointer(warehouse);
  const there = new Set((await warehouse.list('public/versions')).flatMap(({ path }) => versionIn(path) ?? []));
  const versions = new Map<string, DatasetFiles>();
  for (const one of [pointer.public, ...(await versionsEver(warehouse))])
    if (there.has(one.version) && !versions.has(one.version)) versions.set(one.version, one);
  return [...versions.values()];
}

function versionIn(path: string): string | undefined {
  const name = parsePath(path);
  return name?.kind === 'version file' ? name.version : undefined;
}

/**
 * The version that a person names: in full, by its number, or as `latest` or `previous`.
 * @throws Failure (config) if it does not exist
 */
export function chosenVersion(versions: readonly DatasetFiles[], name: string, warehouse: string): DatasetFiles {
  const found =
    name === 'latest'
      ? versions[0]
      : name === 'previous'
        ? versions[1]
        : versions.find(({ version }) => version === name || version.startsWith(`${name}-`));
  if (found !== undefined) return found;
  throw new Failure({
    stage: 'versions',
    what: 'the warehouse does not have this version of the dataset',
    where: `${warehouse}/public/versions`,
    found: quoted(name),
    expected: versions.length === 0 ? 'a warehouse that has published' : versions.map((one) => one.version).join(', '),
    fix: versions.length === 0 ? 'publish first: warehouse run' : 'name one of those, or `latest` or `previous`',
    class: 'config',
    code: 'version-absent',
  });
}

/** Its files, each fetched on demand. */
export function filesOfVersion({ version, files }: DatasetFiles, warehouse: Store, work: string): VersionFiles {
  return {
    version,
    files: files.map((file) => ({
      name: basename(file.path),
      sha256: file.sha256,
      rows: file.rows,
      fetch: async () => {
        const local = inWork(work, 'known', file.path);
        await fetchOnce(warehouse, file, local);
        return local;
      },
    })),
  };
}
