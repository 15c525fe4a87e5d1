import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** A file before and after; '' where there is none. */
export interface FileChange {
  /** Below the folder whose files change: the project, or its seeds. */
  readonly path: string;
  readonly before: string;
  readonly after: string;
}

/** Changes of files one after another, each of what the previous one left. Nothing is written. */
export interface FileChanges {
  change(path: string, make: (text: string) => string): Promise<void>;
  /** Those that change something. */
  all(): FileChange[];
}

/** @param folder whose files change */
export function startChanges(folder: string): FileChanges {
  const changes = new Map<string, FileChange>();
  return {
    change: async (path, make) => {
      const { before, after } = changes.get(path) ?? (await unchanged(folder, path));
      changes.set(path, { path, before, after: make(after) });
    },
    all: () => [...changes.values()].filter(({ before, after }) => before !== after),
  };
}

async function unchanged(folder: string, path: string): Promise<FileChange> {
  const text = await textOrNone(join(folder, path));
  return { path, before: text, after: text };
}

/** Writes changes into a copy of the folder, in which they are tried. */
export async function writeCopies(copy: string, changes: readonly FileChange[]): Promise<void> {
  for (const { path, after } of changes) {
    await mkdir(dirname(join(copy, path)), { recursive: true });
    await writeFile(join(copy, path), after);
  }
}

/** The text of a file; '' if there is none. */
export async function textOrNone(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
}
