// npm run readmes: what is written on the pages from other files: inputs and outputs in the actions' READMEs, codes in
// docs/failures.md. `npm run readmes -- --check` changes nothing and fails if a page is not what those files say.

import { writeReadmes } from './action-readmes.mjs';
import { writeFailures } from './failures-page.mjs';
import { main } from './setup.mjs';

await main(async () => {
  const check = process.argv.includes('--check');
  const wrong = [writeReadmes(check), await writeFailures(check)].reduce((total, one) => total + one);
  return wrong > 0 ? 1 : 0;
});
