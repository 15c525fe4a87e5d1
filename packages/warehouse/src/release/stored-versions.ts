import { basename } from 'node:path';
import { Failure } from '@sensor-warehouse/model/findings/failure';
import { quoted } from '@sensor-warehouse/model/findings/finding';
import type { Store } from '@sensor-warehouse/storage/store';
import { isHash } from '../layout/fetch-whole';
import { parsePath } from '../layout/names';
import { type PointedFile, type Pointer, readPointer, requireHash } from '../layout/pointer';
import { readPointerCopies } from '../layout/pointer-copies';
import { inWork } from '../run/in-work';
import type { VersionFiles } from './version-diff';

type Version = Pointer['public'];

/**
 * The versions of the dataset that are in the warehouse, newest first. Pointers vouch for their files: a folder that no
 * pointer and no copy of one names is of a run that was cut short.
 */
export async function storedVersions(warehouse: Store): Promise<Version[]> {
  const { pointer } = await readPointer(warehouse);
  const there = new Set((await warehouse.list('public/versions')).flatMap(({ path }) => versionIn(path) ?? []));
  const copies = (await readPointerCopies(warehouse)).map((copy) => copy.pointer);
  const versions = new Map<string, Version>();
  for (const { public: version } of [pointer, ...copies])
    if (there.has(version.version) && !versions.has(version.version)) versions.set(version.version, version);
  return [...versions.values()];
}

function versionIn(path: string): string | undefined {
  const name = parsePath(path);
  return name?.kind === 'version file' ? name.version : undefined;
}

/**
 * One of them, as a person names it: whole, or `latest`, or `previous`.
 * @throws Failure (config) if there is none
 */
export function chosenVersion(versions: readonly Version[], name: string, warehouse: string): Version {
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

/** Its files, each fetched when somebody asks for it. */
export function filesOfVersion({ version, files }: Version, warehouse: Store, work: string): VersionFiles {
  return {
    version,
    files: files.map((file) => ({ ...namedFile(file), fetch: () => fetchOnce(file, warehouse, work) })),
  };
}

const namedFile = ({ path, sha256, rows }: PointedFile) => ({ name: basename(path), sha256, rows });

async function fetchOnce(file: PointedFile, warehouse: Store, work: string): Promise<string> {
  const local = inWork(work, 'known', file.path);
  if (await isHash(local, file.sha256)) return local;
  await warehouse.download(file.path, local);
  await requireHash(local, file, warehouse.name);
  return local;
}
