import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

export const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
export const readJson = (path: string) => JSON.parse(read(path));

/** Every file that is, or would be, committed, without bundles and data. */
export const FILES: readonly string[] = execFileSync(
  'git',
  ['ls-files', '--cached', '--others', '--exclude-standard'],
  {
    cwd: ROOT,
    encoding: 'utf8',
  },
)
  .split('\n')
  .filter((path) => path !== '' && existsSync(join(ROOT, path)))
  .filter((path) => !/(^|\/)dist\//.test(path) && !/^examples\/.*\.csv$/.test(path));

/** The modules that a module imports, also as types and while it runs. */
export function modulesOf(path: string): string[] {
  return ts.preProcessFile(read(path)).importedFiles.map(({ fileName }) => fileName);
}

export const ACTIONS: readonly string[] = readdirSync(join(ROOT, 'actions'))
  .filter((name) => existsSync(join(ROOT, 'actions', name, 'action.yml')))
  .sort();

export const WORKFLOWS = FILES.filter((path) => /^\.github\/workflows\/.*\.ya?ml$/.test(path));
export const DOCUMENTS = FILES.filter((path) => path.endsWith('.md'));

/** The blocks of a document that are written in this language. */
export function fenced(document: string, language: string): string[] {
  const block = new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\``, 'gm');
  return [...read(document).matchAll(block)].map((match) => match[1]!);
}
