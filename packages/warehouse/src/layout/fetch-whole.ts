import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { unlessAbsent } from '@sensor-warehouse/model/findings/io-failure';
import { sha256OfFile } from '@sensor-warehouse/storage/file-hash';
import type { Store } from '@sensor-warehouse/storage/store';
import type { OpenWarehouse } from '../run/context';
import { inWork } from '../run/in-work';
import { type PointedFile, requireHash } from './pointer';

/** Path and hash of a file that is written once. */
export interface Expected {
  readonly path: string;
  readonly sha256: string;
}

/**
 * Brings a file of the warehouse here, if it is there and has the bytes that it must have. It is looked for first: a
 * remote tries for half a minute to give what is missing.
 * @returns where it lies; undefined if it is missing or damaged
 * @throws Failure if the remote does not say which: a remote that does not answer has lost nothing
 */
export async function fetchWhole({ warehouse, work }: OpenWarehouse, file: Expected): Promise<string | undefined> {
  const there = await warehouse.listHere(dirname(file.path));
  if (!there.some(({ path }) => path === file.path)) return undefined;
  const local = inWork(work, 'known', file.path);
  await warehouse.download(file.path, local);
  return (await isHash(local, file.sha256)) ? local : undefined;
}

/**
 * Does what fetchWhole does, for many files at once.
 * @returns path → where it lies, of those that are whole
 */
export async function fetchWholeOnes(
  { warehouse, work }: OpenWarehouse,
  files: readonly Expected[],
): Promise<Map<string, string>> {
  const there = new Set<string>();
  for (const folder of new Set(files.map(({ path }) => dirname(path))))
    for (const { path } of await warehouse.listHere(folder)) there.add(path);
  const known = files.filter(({ path }) => there.has(path));
  const locals = new Map(known.map(({ path }) => [path, inWork(work, 'known', path)]));
  if (locals.size > 0) await warehouse.downloadAll(locals);
  for (const { path, sha256 } of known) if (!(await isHash(locals.get(path)!, sha256))) locals.delete(path);
  return locals;
}

/**
 * Has files of the warehouse at places here: as they lie there already, or else as the warehouse holds them, all brought at
 * once, because behind rclone each start costs a second.
 * @param files with the place here of each
 * @throws Failure if what comes is not what the pointer says
 */
export async function fetchOnce(
  warehouse: Store,
  files: readonly (readonly [file: PointedFile, local: string])[],
): Promise<void> {
  const lacking: (typeof files)[number][] = [];
  for (const [file, local] of files) if (!(await isHash(local, file.sha256))) lacking.push([file, local]);
  if (lacking.length === 0) return;
  await warehouse.downloadAll(new Map(lacking.map(([{ path }, local]) => [path, local])));
  for (const [file, local] of lacking) await requireHash(local, file, warehouse.name);
}

/** Whether a file of this machine is there and has these bytes. */
export async function isHash(local: string, sha256: string): Promise<boolean> {
  const found = await stat(local).catch(unlessAbsent);
  return found !== undefined && (await sha256OfFile(local)) === sha256;
}
