// npm run build: every action's dist/, with ncc. `npm run build -- ingest transform` builds only those;
// `npm run build -- --out FOLDER` builds elsewhere.

import {
  appendFileSync,
  copyFileSync,
  cpSync,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { buildExplorer } from './build-explorer.mjs';
import { moreLicences } from './bundle-licences.mjs';
import { cache, calledDirectly, main, must, root, sha256 } from './setup.mjs';

export const actions = readdirSync(join(root, 'actions'))
  .filter((name) => existsSync(join(root, 'actions', name, 'action.yml')))
  .sort();

/** Builds one action into `out`. The same sources and lockfile give the same bytes, in any folder. */
async function buildAction(name, out) {
  const folder = join(root, 'actions', name);
  rmSync(out, { recursive: true, force: true });
  const bundle = join(root, 'scripts', 'bundle-action.mjs');
  await must(process.execPath, [bundle, join(folder, 'src', 'index.ts'), out], { cwd: folder });
  // Python imports by name; ncc gives a hash for a name to what only webpack, and not its own loader, has seen.
  const nameless = readdirSync(out).filter((file) => /^[0-9a-f]{20}\./.test(file));
  if (nameless.length > 0) throw new Error(`${name}: ncc has lost the names of files: ${nameless.join(' ')}`);
  const wasm = readdirSync(out).find((file) => file.endsWith('.wasm'));
  const bytes = wasm === undefined ? undefined : readFileSync(join(out, wasm));
  const licences = join(out, 'licenses.txt');
  const modules = join(root, 'node_modules', '.pnpm', 'node_modules');
  appendFileSync(licences, moreLicences(readFileSync(licences, 'utf8'), modules, bytes));
  // The runner decides by the nearest package.json whether index.js is a module.
  writeFileSync(join(out, 'package.json'), '{ "type": "module" }\n');
}

export async function buildActions(names = actions, outOf = (name) => join(root, 'actions', name, 'dist')) {
  await buildExplorer();
  const queue = [...names];
  const work = async () => {
    for (let name = queue.shift(); name !== undefined; name = queue.shift()) {
      const start = performance.now();
      await buildAction(name, outOf(name));
      console.log(`${name.padEnd(18)} ${((performance.now() - start) / 1000).toFixed(1).padStart(5)} s`);
    }
  };
  await Promise.all(Array.from({ length: Math.min(2, availableParallelism()) }, work));
}

const fresh = join(root, 'build', 'fresh-dist');

/**
 * Fills build/fresh-dist, unless it holds what these sources give already. The tests of the actions run these. What an
 * earlier build left is taken by the hash of its content. Whoever can write it can write that hash too, so CI, which
 * vouches for dist/, takes nothing.
 */
export function buildFresh() {
  building ??= fillFresh();
  return building;
}

// A check and the tests use one build: they run in one process, and CI takes nothing from another.
let building;

async function fillFresh() {
  const state = sha256(...sourceFiles().map((file) => readFileSync(file)), process.version);
  const stamp = join(fresh, '.built');
  const isBuilt = () => existsSync(stamp) && readFileSync(stamp, 'utf8') === `${state} ${contentHash(fresh)}`;
  if (!process.env.CI && isBuilt()) return;
  rmSync(fresh, { recursive: true, force: true });
  // Another clone may have built the same sources.
  const kept = process.env.CI ? undefined : keptBuild(state);
  if (kept !== undefined) cpSync(kept, fresh, { recursive: true });
  else {
    await buildActions(actions, (name) => join(fresh, name, 'dist'));
    // The bundle of transform reads its lock from where action.yml lies.
    copyFileSync(join(root, 'actions', 'transform', 'requirements.txt'), join(fresh, 'transform', 'requirements.txt'));
    keepForOtherClones(state);
  }
  // Last, so that what was cut short is begun again.
  writeFileSync(stamp, `${state} ${contentHash(fresh)}`);
}

/** SHA-256 of all files of a build and their names, but for the stamp. */
export function contentHash(folder) {
  const files = readdirSync(folder, { recursive: true })
    .filter((file) => file !== '.built' && !statSync(join(folder, file)).isDirectory())
    .sort();
  return sha256(...files.flatMap((file) => [file, readFileSync(join(folder, file))]));
}

/** The build of these sources that another clone kept; its name says its content. */
export function keptBuild(state) {
  const kept = `dist-${state.slice(0, 12)}-`;
  const name = readdirSync(cache).find((one) => one.startsWith(kept) && one === kept + contentHash(join(cache, one)));
  return name === undefined ? undefined : join(cache, name);
}

/** One state is kept, the last; it appears complete or not at all. */
function keepForOtherClones(state) {
  const before = readdirSync(cache).filter((name) => name.startsWith('dist-'));
  const half = join(cache, `half-${process.pid}`);
  cpSync(fresh, half, { recursive: true });
  for (const name of before) rmSync(join(cache, name), { recursive: true, force: true });
  try {
    renameSync(half, join(cache, `dist-${state.slice(0, 12)}-${contentHash(half)}`));
  } catch {
    rmSync(half, { recursive: true }); // another clone was quicker
  }
}

/** Everything that a bundle is made from. */
function sourceFiles() {
  const folders = ['packages', 'actions'].flatMap((kind) =>
    readdirSync(join(root, kind)).map((name) => join(root, kind, name)),
  );
  const sources = folders
    .map((folder) => join(folder, 'src'))
    .filter(existsSync)
    .flatMap((source) =>
      readdirSync(source, { recursive: true })
        // buildExplorer makes explorer.css from the others.
        .filter((file) => /\.(ts|py|mjs|css)$/.test(file) && file !== 'explorer.css')
        .map((file) => join(source, file)),
    );
  const settings = folders.flatMap((folder) => [join(folder, 'package.json'), join(folder, 'tsconfig.json')]);
  const shared = [
    'pnpm-lock.yaml',
    'tsconfig.json',
    'tsconfig.base.json',
    'actions/transform/requirements.txt',
    'scripts/build-actions.mjs',
    'scripts/build-explorer.mjs',
    'scripts/bundle-action.mjs',
    'scripts/bundle-licences.mjs',
    'scripts/wasm-licences.txt',
  ];
  return [...sources, ...settings.filter(existsSync), ...shared.map((name) => join(root, name))].sort();
}

/** Files of the committed dist/ folders that are not what build/fresh-dist holds. */
export function staleFiles() {
  return actions.flatMap((name) => {
    const committed = join(root, 'actions', name, 'dist');
    const built = join(fresh, name, 'dist');
    const files = new Set([committed, built].filter(existsSync).flatMap((folder) => readdirSync(folder)));
    const contentOf = (file) => (existsSync(file) ? readFileSync(file) : Buffer.from('absent'));
    return [...files]
      .filter((file) => !contentOf(join(committed, file)).equals(contentOf(join(built, file))))
      .map((file) => `actions/${name}/dist/${file}`);
  });
}

if (calledDirectly(import.meta.url)) {
  await main(async () => {
    const { values, positionals } = parseArgs({ allowPositionals: true, options: { out: { type: 'string' } } });
    const unknown = positionals.filter((name) => !actions.includes(name));
    if (unknown.length > 0)
      throw new Error(`there is no action ${unknown.join(', ')}; there are ${actions.join(', ')}`);
    const outOf = values.out === undefined ? undefined : (name) => join(values.out, name);
    await buildActions(positionals.length > 0 ? positionals : actions, outOf);
  });
}
