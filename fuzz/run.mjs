// npm run fuzz: mutated exports against the reader of validate-schema, mutated documents against commands. See --help.

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { bundle, main, root, setup } from '../scripts/setup.mjs';

await main(async () => {
  process.chdir(root);
  const built = join(root, 'build', 'fuzz');
  mkdirSync(built, { recursive: true });
  if (!process.argv.includes('--help')) await setup();
  for (const worker of ['worker', 'documents-worker'])
    await bundle(join(root, 'fuzz', `${worker}.ts`), join(built, `${worker}.mjs`));
  const { fuzz } = await import(await bundle(join(root, 'fuzz', 'fuzz.ts'), join(built, 'fuzz.mjs')));
  return fuzz(process.argv.slice(2));
});
