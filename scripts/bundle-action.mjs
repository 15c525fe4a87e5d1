// `node bundle-action.mjs ENTRY OUT`: one bundle by ncc, in a process of its own, because ncc looks for a tsconfig.json in
// the working folder. Its command line is not used: that keeps the names of files which a bundle needs beside it only if
// they are below the working folder, and otherwise gives them a hash for a name, by which Python cannot import them.

import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import ncc from '@vercel/ncc';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const [entry, out] = process.argv.slice(2).map((path) => resolve(path));

const { code, assets } = await ncc(entry, {
  cache: false,
  filterAssetBase: root,
  license: 'licenses.txt',
  quiet: true,
  target: 'es2022',
  // Types are checked once for the whole repository, by `npm run types`.
  transpileOnly: true,
});
const files = {
  'index.js': code,
  ...Object.fromEntries(Object.entries(assets).map(([name, { source }]) => [name, source])),
};
for (const [name, content] of Object.entries(files)) {
  const file = join(out, name);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
}
