import { fileURLToPath } from 'node:url';

/**
 * One of our Python programs, named by a module of its own, so that a bundle contains only the programs that it starts.
 */
export interface Program {
  readonly file: string;
}

/**
 * @param file of the program, as `new URL('./….py', import.meta.url)`: what a module names like this, ncc and
 *   scripts/setup.mjs put beside their bundle
 * @param imported by it; named for the bundles alone
 */
export function programIn(file: URL | string, ..._imported: readonly (URL | string)[]): Program {
  // ncc gives a path in place of the URL.
  return { file: typeof file === 'string' ? file : fileURLToPath(file) };
}
