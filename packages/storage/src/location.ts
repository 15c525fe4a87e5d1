import { realpath } from 'node:fs/promises';
import { basename, dirname, join, resolve, sep } from 'node:path';
import { unlessAbsent } from '@sensor-warehouse/model/findings/io-failure';
import { joinPath } from './store-path';

/** The target of an address: a folder of this machine, or one behind rclone. Texts to compare, not to open. */
export interface Location {
  /** Empty for this machine. */
  readonly remote: string;
  /** The parts of the path, from its root. */
  readonly parts: readonly string[];
}

/** @param folder need not be there; links on the way to it are followed */
export async function localLocation(folder: string): Promise<Location> {
  return { remote: '', parts: partsOf((await realPath(resolve(folder))).split(sep).join('/')) };
}

export function remoteLocation(remote: string, path: string): Location {
  return { remote: remote.toLowerCase(), parts: partsOf(path) };
}

/** Whether two locations are one folder, or one is inside the other. */
export function overlap(one: Location, other: Location): boolean {
  const common = Math.min(one.parts.length, other.parts.length);
  return one.remote === other.remote && one.parts.slice(0, common).join('/') === other.parts.slice(0, common).join('/');
}

/** Some disks and remotes take `Warehouse` and `warehouse` for one name; one too many is refused, rather than one too few. */
function partsOf(path: string): string[] {
  return joinPath(path).normalize('NFC').toLowerCase().split('/').filter(Boolean);
}

async function realPath(path: string): Promise<string> {
  const found = await realpath(path).catch(unlessAbsent);
  if (found !== undefined || dirname(path) === path) return found ?? path;
  return join(await realPath(dirname(path)), basename(path));
}
