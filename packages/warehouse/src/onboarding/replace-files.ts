import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Failure } from '@sensor-warehouse/model/failure';
import { printable } from '@sensor-warehouse/model/finding';
import type { FileChange } from './project-changes';

/**
 * Makes changes of a project, all or none: every text is written beside its file before the first takes its place, and
 * what took its place goes back when one fails.
 * @throws Failure (config) if a file is no longer what it was, or cannot be written; then nothing is changed
 */
export async function replaceFiles(project: string, changes: readonly FileChange[]): Promise<void> {
  const staged = (path: string) => join(project, `${path}.added`);
  const done: FileChange[] = [];
  try {
    for (const { path, before, after } of changes) {
      if ((await textOrNone(join(project, path))) !== before) throw new Error(`${path} was changed meanwhile`);
      await mkdir(dirname(join(project, path)), { recursive: true });
      await writeFile(staged(path), after, { flag: 'wx' });
    }
    for (const change of changes) {
      await rename(staged(change.path), join(project, change.path));
      done.push(change);
    }
  } catch (error) {
    for (const { path, before } of done) {
      if (before === '') await rm(join(project, path), { force: true });
      else await writeFile(join(project, path), before);
    }
    for (const { path } of changes) await rm(staged(path), { force: true });
    throw new Failure({
      stage: 'add-datasource',
      what: 'the files of the project cannot be replaced',
      found: printable((error as Error).message),
      consequence: 'nothing was changed',
      fix: 'make the folders seeds and models writable, and try again',
      class: 'config',
      code: 'project-not-written',
      cause: error,
    });
  }
}

async function textOrNone(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
}
