import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';

/**
 * Before all tests: `DBT_PYTHON` becomes a program that runs what it is given in a fork of one Python that has loaded
 * dbt and parsed dbt's own macros. The code is the same, the environment and the streams are the caller's; what is saved is
 * the loading and that parse, three seconds in each of more than a hundred builds. What one test built, another one that
 * builds the same gets: see shared_builds.py. Without Unix sockets `DBT_PYTHON` stays what it is.
 */
export default async function loadDbt({ vite }: TestProject): Promise<(() => Promise<void>) | undefined> {
  const python = process.env.DBT_PYTHON;
  if (!python) return undefined;
  process.env.DBT_PYTHON_ITSELF = python;
  if (process.platform === 'win32') return undefined;
  const folder = await mkdtemp(join(tmpdir(), 'dbt-'));
  const server = join(folder, 'socket');
  const shared = join(folder, 'shared');
  await mkdir(shared);
  const here = (file: string) => join(import.meta.dirname, file);
  const loaded = spawn(python, [here('serve.py'), server, vite.config.cacheDir, shared], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, PYTHONWARNINGS: 'ignore', DBT_SEND_ANONYMOUS_USAGE_STATS: 'false' },
  });
  const [said] = await Promise.race([once(loaded.stdout, 'data'), once(loaded, 'close')]);
  if (!String(said).startsWith('ready')) throw new Error(`dbt cannot be loaded by ${python}`);
  const client = (await readFile(here('client.py'), 'utf8')).replace('{python}', python).replace('{server}', server);
  const program = join(folder, 'python');
  // Without its site-packages Python is there in a hundredth of a second.
  await writeFile(program, `#!${python} -IS\n${client}`, { mode: 0o755 });
  process.env.DBT_PYTHON = program;
  const ended = once(loaded, 'close');
  return async () => {
    loaded.stdin.on('error', () => {}).end();
    await ended;
    await rm(folder, { recursive: true });
  };
}
