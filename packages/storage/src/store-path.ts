import { sep } from 'node:path';
import { Failure } from '@sensor-warehouse/model/findings/failure';
import { quoted } from '@sensor-warehouse/model/findings/finding';
import { compareText } from '@sensor-warehouse/model/readings/readings';

// Control characters, halves of characters, and what else ends a line.
const UNSAFE = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]/u;

/**
 * Whether a text is a path below a store's root: no part of it is empty, `.` or `..`, or holds what ends a line or a text.
 * Everything else that people name files is one: blanks, dots in front, backslashes where they part nothing.
 */
export function isPath(path: string): boolean {
  if (UNSAFE.test(path) || (sep === '\\' && path.includes(sep))) return false;
  return path.split('/').every((part) => part !== '' && part !== '.' && part !== '..');
}

/**
 * The path, if it is one below a store's root.
 * @throws Failure (input, path-escape)
 */
export function checkedPath(path: string): string {
  if (isPath(path)) return path;
  throw new Failure({
    stage: 'storage',
    what: 'a path leads out of its folder, or is invalid',
    found: quoted(path),
    expected: 'names with / between them, none of them empty, . or .., and no control characters',
    fix: 'rename the file; if a document of the warehouse names it, restore that from the remote’s version history',
    class: 'input',
    code: 'path-escape',
  });
}

/** Puts parts together with one `/` between them, and leaves out the empty ones. */
export function joinPath(...parts: readonly string[]): string {
  return parts
    .map((part) => part.replace(/^\/+|\/+$/g, ''))
    .filter(Boolean)
    .join('/');
}

/** The order of every listing: that of code points. */
export function byPath(a: { readonly path: string }, b: { readonly path: string }): number {
  return compareText(a.path, b.path);
}
