import { extname } from 'node:path';

/** Folders take names of 255 bytes: this leaves room for the digits in front, and for what stores put after while they write. */
const MOST_BYTES = 180;

/**
 * The name that an upload's bytes are kept by: the first digits of their SHA-256, then the name that they came with. Of a
 * name that is too long for that the middle is left out, and no control character is in it; the manifest, or the report of the quarantine, has all of it.
 */
export function contentName({ name, sha256 }: { readonly name: string; readonly sha256: string }): string {
  return `${sha256.slice(0, 12)}_${shortened(name.replaceAll(/\p{Cc}/gu, '_'))}`;
}

function shortened(name: string): string {
  if (Buffer.byteLength(name) <= MOST_BYTES) return name;
  const extension = extname(name);
  const end = Buffer.byteLength(extension) <= 16 ? extension : '';
  let start = '';
  for (const character of name) {
    if (Buffer.byteLength(`${start}${character}${end}`) > MOST_BYTES) break;
    start += character;
  }
  return `${start}${end}`;
}
