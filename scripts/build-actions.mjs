// npm run build: every action's dist/, with ncc. `npm run build -- ingest transform` builds only those;
// `npm run build -- --out FOLDER` builds elsewhere, for the check that dist/ is fresh.

import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { calledDirectly, main, must, root } from './setup.mjs';

export const actions = readdirSync(join(root, 'actions'))
  .filter((name) => existsSync(join(root, 'actions', name, 'action.yml')))
  .sort();

/** Builds one action into `out`. The same sources and lockfile give the same bytes, in any folder. */
async function buildAction(name, out) {
  const folder = join(root, 'actions', name);
  rmSync(out, { recursive: true, force: true });
  const ncc = join(root, 'node_modules', '@vercel', 'ncc', 'dist', 'ncc', 'cli.js');
  const args = [
    'build',
    join(folder, 'src', 'index.ts'),
    '--out',
    out,
    '--license',
    'licenses.txt',
    '--no-cache',
    '--target',
    'es2022',
  ];
  await must(process.execPath, [ncc, ...args], { cwd: folder });
  // The runner decides by the nearest package.json whether index.js is a module.
  writeFileSync(join(out, 'package.json'), '{ "type": "module" }\n');
}

export async function buildActions(names = actions, outOf = (name) => join(root, 'actions', name, 'dist')) {
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
