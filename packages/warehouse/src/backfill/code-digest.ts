import { readdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { compareText } from '@sensor-warehouse/model/readings/readings';
import { sha256OfBytes, sha256OfFile } from '@sensor-warehouse/storage/file-hash';

/** The parts of a dbt project, without its output. */
const PARTS = ['dbt_project.yml', 'profiles.yml', 'seeds', 'models', 'macros', 'tests'];

/** Names everything that windows are made with: the program, and the seeds and models of the project. */
export async function codeDigest(project: string, program: string): Promise<string> {
  const files: string[] = [];
  for (const part of PARTS) files.push(...(await filesBelow(join(project, part))));
  const lines = [await sha256OfFile(program)];
  for (const file of files.sort(compareText)) lines.push(`${relative(project, file)} ${await sha256OfFile(file)}`);
  return sha256OfBytes(lines.join('\n'));
}

async function filesBelow(path: string): Promise<string[]> {
  try {
    const entries = await readdir(path, { recursive: true, withFileTypes: true });
    return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOTDIR') return [path];
    if (code === 'ENOENT') return [];
    throw error;
  }
}
