// node bench/explorer.mjs: how fast the explorer shows ten years of thirty sensors. Needs a Chromium; see test-tools.mjs.

import { importTypeScript } from '../scripts/import-typescript.mjs';
import { main } from '../scripts/setup.mjs';
import { TOOLS } from '../scripts/test-tools.mjs';

await main(async () => {
  process.env.CHROMIUM = (await TOOLS.chromium()).CHROMIUM;
  const { benchExplorer } = await importTypeScript('bench/explorer.ts');
  return benchExplorer();
});
