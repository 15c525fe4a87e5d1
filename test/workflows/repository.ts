import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';

export const root = fileURLToPath(new URL('../..', import.meta.url));

/** A copy of this repository that act can run. */
export interface WorkflowRepository {
  /** Its name on GitHub. */
  readonly name: string;
  readonly folder: string;
  /** For everything that the runs write. */
  readonly scratch: string;
  /** Actions of others, which are not fetched but stood in for. */
  readonly stubs: readonly { readonly uses: string; readonly folder: string }[];
  remove(): void;
}

// What a run of the workflows checks out and uses; the sources of the actions and their tests are not among it.
const USED = [
  '.gitignore',
  '.github/workflows',
  'actions/*/action.yml',
  'actions/*/dist/*',
  'actions/*/requirements.txt',
  'seeds',
  'models',
  'macros',
  'dbt_project.yml',
  'profiles.yml',
];

/**
 * Copies what git knows of the working tree into a repository of its own.
 * @param more further workflow files, such as one that the documentation shows
 */
export function copyRepository(more: Readonly<Record<string, string>> = {}): WorkflowRepository {
  const scratch = mkdtempSync(join(tmpdir(), 'workflows-'));
  const folder = join(scratch, 'repository');
  const listed = git(root, 'ls-files', '-z', '--cached', '--others', '--exclude-standard', '--', ...USED);
  for (const path of listed.split('\0').filter((one) => one !== '' && existsSync(join(root, one)))) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    cpSync(join(root, path), join(folder, path));
  }
  const workflows = join(folder, '.github', 'workflows');
  for (const [name, text] of Object.entries(more)) writeFileSync(join(workflows, name), text);
  for (const name of readdirSync(workflows)) {
    const file = join(workflows, name);
    writeFileSync(file, asActKnows(readFileSync(file, 'utf8')));
  }
  git(folder, 'init', '--quiet', '--initial-branch', 'main');
  git(folder, 'add', '--all');
  git(folder, '-c', 'user.name=test', '-c', 'user.email=test@localhost', 'commit', '--quiet', '--message', 'A copy');
  return {
    name: 'building/warehouse',
    folder,
    scratch,
    stubs: [
      { uses: referenceOf(workflows, 'actions/upload-artifact'), folder: uploadArtifactStub(scratch) },
      ...['actions/upload-pages-artifact', 'actions/deploy-pages'].map((action) => ({
        uses: referenceOf(workflows, action),
        folder: idleStub(scratch, action),
      })),
    ],
    remove: () => rmSync(scratch, { recursive: true, force: true }),
  };
}

/**
 * act knows only one waiting run of a concurrency group, and refuses the key that asks for more; so it does the one that
 * says what a job may do with the cache.
 */
const asActKnows = (workflow: string) => workflow.replace(/^\s*(queue: max|cache-mode: .*)\n/gm, '');

/** The full reference, commit included, by which the workflows use an action of somebody else. */
function referenceOf(workflows: string, action: string): string {
  const text = readdirSync(workflows)
    .map((name) => readFileSync(join(workflows, name), 'utf8'))
    .join('\n');
  const reference = new RegExp(`uses: (${action}@[0-9a-f]{40})`).exec(text)?.[1];
  if (reference === undefined) throw new Error(`no workflow uses ${action} by a full commit`);
  return reference;
}

/** Stands in for actions/upload-artifact, which needs GitHub's artifact service: copies the file into a folder. */
function uploadArtifactStub(scratch: string): string {
  const folder = join(scratch, 'upload-artifact');
  mkdirSync(folder);
  writeFileSync(
    join(folder, 'action.yml'),
    [
      'name: Upload an artifact',
      'description: Stands in for actions/upload-artifact',
      'inputs:',
      '  name: { description: n, required: true }',
      '  path: { description: p, required: true }',
      '  if-no-files-found: { description: i, required: true }',
      '  retention-days: { description: r, required: true }',
      'runs: { using: node24, main: index.js }',
      '',
    ].join('\n'),
  );
  writeFileSync(
    join(folder, 'index.js'),
    [
      "const { cpSync, existsSync } = require('node:fs');",
      "const { basename, join } = require('node:path');",
      'const { INPUT_NAME: name, INPUT_PATH: path, ARTIFACTS: artifacts } = process.env;',
      'if (existsSync(path)) cpSync(path, join(artifacts, name, basename(path)), { recursive: true });',
      "else if (process.env['INPUT_IF-NO-FILES-FOUND'] !== 'ignore') throw new Error('there is no ' + path);",
      '',
    ].join('\n'),
  );
  return folder;
}

/** Stands in for an action that no run of a test comes to, and that act would fetch all the same. */
function idleStub(scratch: string, action: string): string {
  const folder = join(scratch, action);
  mkdirSync(folder, { recursive: true });
  const runs = 'runs: { using: node24, main: index.js }';
  writeFileSync(join(folder, 'action.yml'), `name: ${action}\ndescription: Stands in for ${action}\n${runs}\n`);
  writeFileSync(join(folder, 'index.js'), `throw new Error('${action} is not for tests');\n`);
  return folder;
}

function git(cwd: string, ...args: string[]): string {
  return execFileSync('git', args, { cwd, encoding: 'utf8' });
}

/** The title that a run of Refresh carries, as its `run-name` says. */
export function refreshTitle(dryRun: boolean): string {
  const workflow = parse(readFileSync(join(root, '.github', 'workflows', 'refresh.yml'), 'utf8')) as {
    readonly 'run-name': string;
  };
  const titles = /^\$\{\{ inputs\.dry-run && '(.+)' \|\| '(.+)' \}\}$/.exec(workflow['run-name']);
  if (titles === null)
    throw new Error(`the run-name of refresh.yml is written in another way: ${workflow['run-name']}`);
  return titles[dryRun ? 1 : 2]!;
}
