import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { Failure } from '@sensor-warehouse/model/findings/failure';
import { printable } from '@sensor-warehouse/model/findings/finding';

/**
 * Why a path of this machine is not a file that can be read, such as `ENOENT`, `EACCES` or `not a file`; undefined if it
 * is one.
 */
export async function absenceOf(path: string, mayBeFolder = false): Promise<string | undefined> {
  try {
    const found = await stat(path);
    if (!found.isFile() && !(mayBeFolder && found.isDirectory())) return 'not a file';
    await access(path, found.isDirectory() ? constants.R_OK | constants.X_OK : constants.R_OK);
    return undefined;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? printable((error as Error).message);
  }
}

/** @throws Failure (config, file-missing) that names every path that is not a file which can be read */
export async function requireFiles(paths: readonly string[], stage: string, consequence: string): Promise<void> {
  const absences = await Promise.all(paths.map(async (path) => [path, await absenceOf(path)] as const));
  const missing = absences.filter(([, absence]) => absence !== undefined);
  if (missing.length === 0) return;
  throw new Failure({
    stage,
    what: `these files cannot be read: ${missing.map(([path, absence]) => `${printable(path)} (${absence})`).join(', ')}`,
    consequence,
    fix: 'check the path',
    class: 'config',
    code: 'file-missing',
  });
}
