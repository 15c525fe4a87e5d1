// npm run pictures: the two pictures of the explorer in the README, of the dataset that the demo makes. A test fails once they
// may be out of date: when the page, the example uploads or what is shown have changed.

import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { exampleNight } from './demo.mjs';
import { importTypeScript } from './import-typescript.mjs';
import { calledDirectly, main, root, setup, sha256 } from './setup.mjs';
import { TOOLS } from './test-tools.mjs';

export const PICTURES = join('docs', 'images');
const THEMES = ['light', 'dark'];
const NOTE = join(root, PICTURES, 'made-from.json');

/** What is in the pictures, besides the program that made the dataset. */
const SOURCES = [
  'examples/sm2',
  'packages/explorer/src/dataset',
  'packages/explorer/src/page',
  'packages/explorer/src/view',
  'scripts/pictures.mjs',
  'test/support/pictures.ts',
];

/** What the pictures are made from, and what they are, now. */
export function stateOfPictures() {
  const files = SOURCES.flatMap(filesOf).sort();
  const bytesOf = (file) => readFileSync(join(root, file));
  const nameOf = (theme) => `explorer-${theme}.png`;
  return {
    madeFrom: sha256(...files.flatMap((file) => [file, bytesOf(file)])),
    pictures: Object.fromEntries(
      THEMES.map((theme) => [nameOf(theme), sha256(bytesOf(`${PICTURES}/${nameOf(theme)}`))]),
    ),
  };
}

/** What they were when they were taken. */
export const notedOfPictures = () => JSON.parse(readFileSync(NOTE, 'utf8'));

/** Files of a folder, or a file itself, as paths from the root with forward slashes. */
function filesOf(path) {
  if (!statSync(join(root, path)).isDirectory()) return [path];
  return readdirSync(join(root, path)).flatMap((name) => filesOf(`${path}/${name}`));
}

if (calledDirectly(import.meta.url)) {
  await main(async () => {
    await setup();
    const code = await exampleNight();
    if (code !== 0) return code;
    process.env.CHROMIUM = (await TOOLS.chromium()).CHROMIUM;
    mkdirSync(join(root, PICTURES), { recursive: true });
    const { takePictures } = await importTypeScript('test/support/pictures.ts');
    await takePictures('demo/drive/Warehouse/public', THEMES, PICTURES);
    writeFileSync(NOTE, `${JSON.stringify(stateOfPictures(), null, 2)}\n`);
  });
}
