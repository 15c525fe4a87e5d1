import { extname } from 'node:path';

/** Folders take names of 255 bytes: this leaves room for the digits in front, and for what stores put after while they write. */
const MOST_BYTES = 180;

/** What the disks of Windows and their like (vfat, exFAT, NTFS, CIFS) refuse in a name, anywhere or at its end. */
const REFUSED = /["*:<>?\\|]|[. ]+$/g;

interface Upload {
  readonly name: string;
  readonly sha256: string;
}

/**
 * The name that an upload's bytes are kept by: the first digits of their SHA-256, then the name that they came with, in
 * characters that every disk takes: `12:00.csv` is kept as `12%3A00.csv`. Of a name that is too long the middle is left out,
 * and no control character is in it; the manifest, or the report of the quarantine, has all of it.
 */
export function contentName({ name, sha256 }: Upload): string {
  return `${sha256.slice(0, 12)}_${shortened(withoutControl(name), (kept) => kept.replaceAll(REFUSED, escaped))}`;
}

/** The names that an upload may be kept by: the one of today, and that which was given when a name kept its characters. */
export function contentNames(upload: Upload): readonly [today: string, ...before: string[]] {
  const today = contentName(upload);
  const before = `${upload.sha256.slice(0, 12)}_${shortened(withoutControl(upload.name), (kept) => kept)}`;
  return before === today ? [today] : [today, before];
}

function withoutControl(name: string): string {
  return name.replaceAll(/\p{Cc}/gu, '_');
}

function escaped(refused: string): string {
  return [...refused].map((one) => `%${one.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`).join('');
}

/** As much of a name as there is room for once it is written down, and its extension. */
function shortened(name: string, written: (name: string) => string): string {
  const isShort = (text: string) => Buffer.byteLength(written(text)) <= MOST_BYTES;
  if (isShort(name)) return written(name);
  const extension = extname(name);
  const end = Buffer.byteLength(extension) <= 16 ? extension : '';
  let start = '';
  for (const character of name) {
    if (!isShort(`${start}${character}${end}`)) break;
    start += character;
  }
  return written(`${start}${end}`);
}
