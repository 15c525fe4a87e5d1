import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { withScratch } from '@sensor-warehouse/model/scratch-folder';
import type { Context } from '@sensor-warehouse/warehouse/run/context';
import type { Options } from '../terminal/command';
import { contextOfOptions } from './open-context';

/** Does something with a work folder: the one of `--work`, which stays, or a temporary one, which is removed. */
export async function withContext<T>(options: Options, use: (context: Context) => Promise<T>): Promise<T> {
  const { work } = options;
  if (work === undefined) return withScratch('work', async (folder) => use(await contextOfOptions(options, folder)));
  await mkdir(work, { recursive: true });
  await rm(join(work, 'run.json'), { force: true });
  return use(await contextOfOptions(options, work));
}
