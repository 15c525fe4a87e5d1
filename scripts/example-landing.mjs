// npm run landing: examples/landing, the landing of the example uploads, on which `dbt build` works in a fresh clone.

import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBConnection } from '@duckdb/node-api';
import { calledDirectly, main, must, root, setup } from './setup.mjs';

const target = join(root, 'examples', 'landing');

/** Reads the examples as a night does, and keeps what landed: a file for each source, compressed. */
export async function exampleLanding() {
  await setup();
  const scratch = mkdtempSync(join(tmpdir(), 'landing-'));
  try {
    const places = ['--remote', `sm2drive=${join(root, 'examples', 'sm2')}`, '--warehouse', join(scratch, 'warehouse')];
    const command = ['refresh', '--dry-run', '--work', join(scratch, 'work'), ...places];
    await must(process.execPath, [join(root, 'bin', 'warehouse'), ...command]);
    const landing = join(scratch, 'work', 'landing');
    rmSync(target, { recursive: true, force: true });
    const duckdb = await DuckDBConnection.create();
    for (const table of readdirSync(landing).sort()) {
      mkdirSync(join(target, table), { recursive: true });
      await duckdb.run("set timezone = 'UTC'");
      await duckdb.run(
        `copy (from read_parquet('${landing}/${table}/*.parquet'))
         to '${target}/${table}/000000.parquet' (format parquet, compression zstd, compression_level 19)`,
      );
    }
    duckdb.closeSync();
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
  return 0;
}

if (calledDirectly(import.meta.url)) await main(exampleLanding);
