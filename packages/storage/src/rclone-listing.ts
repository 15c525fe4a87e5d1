import { quoted } from '@sensor-warehouse/model/findings/finding';
import type { NotAFile, StoredFile } from './store';
import { listingUnreadable } from './store-failures';
import { byPath, isPath } from './store-path';

/** A file as `rclone lsjson` lists it, checked. */
export interface Listed extends StoredFile {
  /** Hash's name → hex, of those that the remote knows. */
  readonly hashes: Readonly<Record<string, string>>;
}

/** A survey by rclone: a path is in one of the lists, once, each sorted by path. */
export interface Listing {
  readonly files: readonly Listed[];
  readonly others: readonly NotAFile[];
}

/**
 * Reads what `rclone lsjson` printed of a folder. Google Drive lets two files have one name, and which one is meant
 * cannot be determined: neither is a file then.
 * @param folder below the store's root, which the listed paths are below
 * @throws Failure (remote-temporary, listing-unreadable) if it is not a listing
 */
export function readListing(json: string, folder: string, where: string): Listing {
  const files: Listed[] = [];
  const others: NotAFile[] = [];
  const listed = readEntries(json, where);
  const times = new Map<string, number>();
  for (const { path } of listed) times.set(path, (times.get(path) ?? 0) + 1);
  for (const file of listed) {
    const count = times.get(file.path)!;
    times.set(file.path, 0);
    const path = folder === '' ? file.path : `${folder}/${file.path}`;
    if (count === 1 && isPath(path)) files.push({ ...file, path });
    else if (count > 0)
      others.push({ path, kind: count > 1 ? 'name that two files have' : 'name that no store accepts' });
  }
  return { files: files.sort(byPath), others: others.sort(byPath) };
}

function readEntries(json: string, where: string): Listed[] {
  const entries = parse(json, where);
  if (!Array.isArray(entries)) throw listingUnreadable(where, shown(json), 'a list of files');
  return entries.map((entry) => readEntry(entry, where));
}

function parse(json: string, where: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    throw listingUnreadable(where, shown(json), 'JSON');
  }
}

function readEntry(entry: unknown, where: string): Listed {
  const { Path, Size, ModTime, Hashes } = (typeof entry === 'object' && entry !== null ? entry : {}) as Record<
    string,
    unknown
  >;
  if (typeof Path !== 'string')
    throw listingUnreadable(where, `an entry ${shown(JSON.stringify(entry))}`, 'an entry with a path');
  const named = `of ${quoted(Path)}`;
  // -1 is what rclone says of a file whose size the remote does not say.
  const isUnknown = Size === undefined || Size === null || Size === -1;
  if (!isUnknown && !(Number.isSafeInteger(Size) && (Size as number) >= 0))
    throw listingUnreadable(where, `the size ${shown(JSON.stringify(Size))} ${named}`, 'a number of bytes');
  const modified = typeof ModTime === 'string' ? Date.parse(ModTime) : Number.NaN;
  if (Number.isNaN(modified))
    throw listingUnreadable(where, `the modification time ${shown(JSON.stringify(ModTime))} ${named}`, 'a time');
  return { path: Path, bytes: isUnknown ? undefined : (Size as number), modified, hashes: hashesOf(Hashes) };
}

/** Whatever is not a hash is ignored: a hash is there to find damage, and a missing one proves none. */
function hashesOf(hashes: unknown): Record<string, string> {
  if (typeof hashes !== 'object' || hashes === null) return {};
  return Object.fromEntries(
    Object.entries(hashes).filter(([, hex]) => typeof hex === 'string' && /^[0-9a-fA-F]+$/.test(hex)),
  );
}

function shown(json: string | undefined): string {
  return json === undefined ? 'nothing' : json === '' ? 'an empty text' : quoted(json);
}
