import { readFile } from 'node:fs/promises';

/**
 * The script and the stylesheet of the page, which are beside the page under these names. `scripts/build-explorer.mjs` makes
 * them; they are beside this file, and beside each bundle that has it.
 */
export async function explorerAssets(): Promise<Readonly<Record<'explorer.js' | 'explorer.css', Uint8Array>>> {
  return {
    'explorer.js': await readFile(new URL('./explorer.js', import.meta.url)),
    'explorer.css': await readFile(new URL('./explorer.css', import.meta.url)),
  };
}
