import { cp, readdir, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import type { Building, Source } from './building';
import { root } from './command-line';

export const EXAMPLES = join(root, 'examples', 'sm2');
export const SOURCES: readonly Source[] = ['Indoor', 'Vzduchotechnika'];

/** The example uploads, as if they had arrived one after the other. */
export async function uploadExamples(building: Building): Promise<void> {
  for (const source of SOURCES) {
    const uploads = building.uploadFolder(source);
    await cp(join(EXAMPLES, source, 'Latest', 'Upload'), uploads, { recursive: true });
    for (const [index, name] of (await readdir(uploads)).sort().entries())
      await utimes(join(uploads, name), 1_730_000_000 + index, 1_730_000_000 + index);
  }
}
