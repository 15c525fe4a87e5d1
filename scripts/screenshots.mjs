// node scripts/screenshots.mjs: pictures of the explorer into build/screenshots, for whoever looks at its design.

import { importTypeScript } from './import-typescript.mjs';
import { main } from './setup.mjs';
import { TOOLS } from './test-tools.mjs';

await main(async () => {
  process.env.CHROMIUM = (await TOOLS.chromium()).CHROMIUM;
  const { takeScreenshots } = await importTypeScript('test/support/screenshots.ts');
  await takeScreenshots();
});
