import { extname } from 'node:path';

/**
 * Most folders take names of 255 bytes, those that eCryptfs encrypts take 143: this leaves room for the digits in front, for
 * `.unmapped.json`, and for what stores add while they write.
 */
const MOST_BYTES = 94;
/** As long as names were before. */
const MOST_BYTES_BEFORE = 180;

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
  return `${sha256.slice(0, 12)}_${shortened(name, MOST_BYTES, forEveryDisk)}`;
}

/** The names that an upload may be kept by: the one of today, and those of older programs, newest first. */
export function contentNames(upload: Upload): readonly [today: string, ...before: string[]] {
  const before = [forEveryDisk, (kept: string) => kept].map(
    (written) => `${upload.sha256.slice(0, 12)}_${shortened(upload.name, MOST_BYTES_BEFORE, written)}`,
  );
  const today = contentName(upload);
  return [today, ...new Set(before.filter((name) => name !== today))];
}

function forEveryDisk(name: string): string {
  return name.replaceAll(REFUSED, escaped);
}

function withoutControl(name: string): string {
  return name.replaceAll(/\p{Cc}/gu, '_');
}

function escaped(refused: string): string {
  return [...refused].map((one) => `%${one.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`).join('');
}

/** As much of a name as there is room for once it is written down, and its extension. */
function shortened(upload: string, most: number, written: (name: string) => string): string {
  const name = withoutControl(upload);
  const isShort = (text: string) => Buffer.byteLength(written(text)) <= most;
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
