import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { buildExplorer } from './build-explorer.mjs';
import { root } from './setup.mjs';

/** Bundles a TypeScript module that shows the explorer into build/, beside the script and stylesheet of the page, and imports it. */
export async function importTypeScript(path) {
  const { build } = await import('esbuild');
  process.chdir(root);
  const outfile = join(root, 'build', `${path.replaceAll(/\W/g, '-')}.mjs`);
  await buildExplorer(join(root, 'build'));
  await build({
    absWorkingDir: root,
    entryPoints: [path],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    external: ['@duckdb/*', 'playwright-core', 'esbuild'],
    logLevel: 'error',
  });
  return import(pathToFileURL(outfile).href);
}
