import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { EXPORT_FACTS } from '../src/python/export-facts';
import { PROVIDE_READINGS } from '../src/python/provide-readings';
import { RUN_DBT } from '../src/python/run-dbt';
import { programFailure, runPython, startPython } from '../src/python/run-python';

const folder = mkdtempSync(join(tmpdir(), 'python-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('a Python that ends before it reads its order ends the program with its exit code', async () => {
  const place = { stage: 'transform', python: '/bin/false', folder };
  // More than fits into a pipe that nobody reads.
  expect(await runPython(place, EXPORT_FACTS, { order: 'x'.repeat(1 << 20) })).toEqual({
    exit: 1,
    signal: null,
    stdout: '',
    stderr: '',
  });
});

test('a dbt that does not end is ended at its deadline, and the failure names dbt and the time', async () => {
  const python = join(folder, 'waits-for-ever');
  writeFileSync(python, '#!/bin/sh\nsleep 600\n');
  chmodSync(python, 0o755);
  const place = { stage: 'transform', python, folder };
  const done = await startPython(place, RUN_DBT, { deadline: 200 });
  const { what, code } = programFailure('dbt', done, place)!.details;
  expect({ what, code }).toEqual({
    what: 'dbt did not end within 0.2 seconds, and was stopped',
    code: 'program-endless',
  });
});

test.skipIf(process.env.DBT_PYTHON_ITSELF === undefined)(
  'a module in the folder that a program works in is not imported in place of the real one',
  async () => {
    writeFileSync(join(folder, 'json.py'), 'import sys; sys.exit("taken")');
    writeFileSync(join(folder, 'duckdb.py'), 'import sys; sys.exit("taken")');
    const place = { stage: 'transform', python: process.env.DBT_PYTHON_ITSELF!, folder };
    const done = await runPython(place, PROVIDE_READINGS, {
      database: join(folder, 'new.duckdb'),
      archive: folder,
    });
    expect(done.stderr).toContain('No files found');
  },
);
