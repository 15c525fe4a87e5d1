import { tmpdir } from 'node:os';
import { runPython } from '@sensor-warehouse/warehouse/transform/run-dbt';
import { expect, test } from 'vitest';

test('a Python that ends before it reads its order ends the script with its exit code', async () => {
  const place = { stage: 'transform', project: '.', python: '/bin/false', folder: tmpdir() };
  // More than fits into a pipe that nobody reads.
  expect(await runPython(place, '', { order: 'x'.repeat(1 << 20) })).toEqual({
    code: 1,
    signal: null,
    stdout: '',
    stderr: '',
  });
});
