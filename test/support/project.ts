import { cp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { root } from './command-line';

/**
 * Copies our seeds and models into a folder, with some seeds changed: a repository of somebody else. It has no limits of a
 * release, because of small datasets much changes when little does.
 */
export async function projectWith(
  folder: string,
  seeds: Readonly<Record<string, (text: string) => string>>,
): Promise<string> {
  for (const part of ['dbt_project.yml', 'profiles.yml', 'models', 'macros', 'seeds'])
    await cp(join(root, part), join(folder, part), { recursive: true });
  await rm(join(folder, 'seeds', 'release_limits.csv'));
  for (const [seed, change] of Object.entries(seeds)) {
    const path = join(folder, 'seeds', `${seed}.csv`);
    const before = await readFile(path, 'utf8');
    const after = change(before);
    if (after === before) throw new Error(`the change of ${seed} changes nothing`);
    await writeFile(path, after);
  }
  return folder;
}
