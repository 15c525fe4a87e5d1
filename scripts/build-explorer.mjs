// The script and the stylesheet of the explorer, beside the module that hands them out: packages/explorer/src/assets.ts.

import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

const explorerSources = join(root, 'packages', 'explorer', 'src');

/** What the script is made of besides our own sources. Their licence asks that its text goes with each copy. */
const LIBRARIES = ['uplot', 'hyparquet', 'fzstd'];

/** Bundles the page's script and stylesheet into `folder`. The same sources and lockfile give the same bytes. */
export async function buildExplorer(folder = explorerSources) {
  const esbuild = await import('esbuild');
  await esbuild.build({
    absWorkingDir: root,
    entryPoints: { explorer: join(explorerSources, 'view', 'main.ts') },
    outdir: folder,
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    target: ['es2022', 'chrome111', 'firefox113', 'safari16.2'],
    charset: 'utf8',
    legalComments: 'none',
    banner: { js: `/*!\n${LIBRARIES.map(licenceOf).join('\n\n')}\n*/` },
    logLevel: 'error',
  });
}

function licenceOf(name) {
  const folder = join(root, 'packages', 'explorer', 'node_modules', name);
  const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const file = readdirSync(folder).find((one) => /^licen[cs]e/i.test(one));
  return `${name} ${version}\n${readFileSync(join(folder, file), 'utf8').trim()}`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildExplorer();
