import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { providePythonEnvironment } from '@sensor-warehouse/action-kit/python-environment';
import type { Failure } from '@sensor-warehouse/model/failure';
import { afterEach, expect, it } from 'vitest';

const { PATH } = process.env;
afterEach(() => {
  process.env.PATH = PATH;
});

it('a runner without Python is a matter of configuration: trying again does not install one', async () => {
  process.env.PATH = mkdtempSync(join(tmpdir(), 'no-python-'));
  const made = providePythonEnvironment({ name: 'dbt', lock: '', probe: ['--version'] }, undefined);
  const { details } = (await made.catch((error: unknown) => error)) as Failure;
  expect(details).toMatchObject({ stage: 'dbt', class: 'config', code: 'python-missing' });
  expect(details.what).toContain('python3 cannot be started');
});
