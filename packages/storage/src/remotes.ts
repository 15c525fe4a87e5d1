import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure } from '@sensor-warehouse/model/findings/failure';
import { quoted } from '@sensor-warehouse/model/findings/finding';
import { unlessAbsent } from '@sensor-warehouse/model/findings/io-failure';
import { openLocalStore } from './local-store';
import { type Location, localLocation, remoteLocation } from './location';
import { openRcloneStore, type RcloneTool } from './rclone-store';
import type { Store } from './store';
import { isPath, joinPath } from './store-path';

/** Opens a store for `remote:folder`; the one place that decides between rclone and a local folder. */
export interface Remotes {
  open(address: string): Store;
}

export interface LocatedRemotes extends Remotes {
  /** Where an address leads, as far as it says so itself: a remote that is another one's alias has a location of its own. */
  locate(address: string): Promise<Location>;
}

// What may come before the colon: no dash in front (an option), no comma or equals (a connection string).
const ADDRESS = /^([A-Za-z0-9_][A-Za-z0-9_.-]*):([^:\\\p{Cc}]*)$/u;

/**
 * @param bindings remote's name → folder of this machine
 * @param rclone what reaches every other remote; without it an unbound remote is a configuration failure
 */
export function openRemotes(bindings: ReadonlyMap<string, string>, rclone: RcloneTool | undefined): LocatedRemotes {
  const read = (address: string): Read => {
    const match = ADDRESS.exec(address);
    if (match === null) {
      if (/^[./]/.test(address) && !address.includes(':')) return { folder: address };
      throw configFailure(
        `${quoted(address)} is not a valid remote or folder`,
        'write remote:folder, or a folder that starts with / or .',
      );
    }
    const [, remote, path] = match as unknown as [string, string, string];
    const below = joinPath(path);
    if (below !== '' && !isPath(below)) {
      throw configFailure(`${quoted(address)} leads out of its remote`, 'write the path from the remote’s root');
    }
    const folder = bindings.get(remote);
    if (folder !== undefined) return { folder: below === '' ? folder : join(folder, below) };
    if (rclone === undefined) {
      throw configFailure(
        `the remote ${quoted(remote)} is neither bound nor configured`,
        `give --remote ${remote}=FOLDER, or an rclone configuration with [${remote}]`,
      );
    }
    return { rclone, remote, below };
  };
  return {
    open(address) {
      const at = read(address);
      return 'folder' in at
        ? openLocalStore(at.folder, address)
        : openRcloneStore(at.rclone, at.remote, at.below, address);
    },
    locate: async (address) => {
      const at = read(address);
      return 'folder' in at ? localLocation(at.folder) : remoteLocation(at.remote, at.below);
    },
  };
}

/** An address: a folder of this machine, or one behind rclone. */
type Read =
  | { readonly folder: string }
  | { readonly rclone: RcloneTool; readonly remote: string; readonly below: string };

/** Reads `NAME=FOLDER` bindings, as the option `--remote` and the input `remotes` give them. */
export function parseBindings(texts: readonly string[]): Map<string, string> {
  const bindings = new Map<string, string>();
  for (const text of texts) {
    const match = /^([A-Za-z0-9_][A-Za-z0-9_.-]*)=(.+)$/.exec(text.trim());
    if (match === null)
      throw configFailure(`${quoted(text)} does not bind a remote`, 'write NAME=FOLDER, e.g. sm2drive=/data/drive');
    bindings.set(match[1]!, match[2]!);
  }
  return bindings;
}

/**
 * @throws Failure (config) if a bound folder does not exist: without this a mistyped one would be a drive on which nothing
 *   lies, and the night green
 */
export async function requireFolders(bindings: ReadonlyMap<string, string>): Promise<void> {
  for (const [remote, folder] of bindings) {
    const found = await stat(folder).catch(unlessAbsent);
    if (found?.isDirectory()) continue;
    throw configFailure(
      `the folder ${quoted(folder)} of the remote ${quoted(remote)} does not exist`,
      'correct the path, or create the folder if the drive is new',
    );
  }
}

function configFailure(what: string, fix: string): Failure {
  return new Failure({ stage: 'storage', what, fix, class: 'config', code: 'remote-config' });
}
