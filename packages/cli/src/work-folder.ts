import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Context } from '@sensor-warehouse/warehouse/context';
import type { Options } from './command';
import { openContext } from './open-context';

/** Does something with a work folder: the one of `--work`, which stays, or a temporary one, which is removed. */
export async function withContext<T>(options: Options, use: (context: Context) => Promise<T>): Promise<T> {
  const work = options.work ?? (await mkdtemp(join(tmpdir(), 'warehouse-')));
  try {
    await mkdir(work, { recursive: true });
    await rm(join(work, 'run.json'), { force: true });
    return await use(await openContext(options, work));
  } finally {
    if (options.work === undefined) await rm(work, { recursive: true, force: true });
  }
}
