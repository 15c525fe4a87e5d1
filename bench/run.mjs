// npm run bench: measured speed against a named peer. Prints Markdown; see --help.

import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { bundle, influxdProgram, main, root, setup } from '../scripts/setup.mjs';
import { node24 } from '../scripts/test-tools.mjs';

await main(async () => {
  process.chdir(root);
  // Standard output is for the report alone.
  console.log = console.error;
  const helpOnly = process.argv.includes('--help');
  const built = join(root, 'build', 'bench');
  mkdirSync(built, { recursive: true });
  if (!helpOnly) {
    const { dbtPython } = await setup();
    process.env.DBT_PYTHON ??= dbtPython;
    // The Node that runners run actions on, where this machine can have it.
    process.env.NODE24 ??= await node24().catch(() => '');
    // The server that `npm test` builds.
    if (existsSync(influxdProgram())) process.env.INFLUXD ??= influxdProgram();
    await bundle(join(root, 'bench', 'stages.ts'), join(built, 'stages.mjs'));
    await bundle(join(root, 'bench', 'past.ts'), join(built, 'past.mjs'));
    await bundle(join(root, 'bench', 'publishing.ts'), join(built, 'publishing.mjs'));
    await bundle(join(root, 'bench', 'influx.ts'), join(built, 'influx.mjs'));
  }
  const { bench } = await import(await bundle(join(root, 'bench', 'bench.ts'), join(built, 'bench.mjs')));
  return bench(process.argv.slice(2));
});
