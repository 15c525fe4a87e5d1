import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { COMMANDS } from '@sensor-warehouse/cli/commands';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { PARTS } from '../../scripts/parts.mjs';
import { FILES, fenced, ROOT, read, readJson } from '../support/repository-files';

interface Update {
  readonly 'package-ecosystem': string;
  readonly directories: readonly string[];
  readonly cooldown: { readonly 'default-days': number };
  readonly groups: object;
}
interface Field {
  readonly type: string;
  readonly id?: string;
  readonly attributes: Readonly<Record<string, unknown>>;
}
interface Form {
  readonly name: string;
  readonly description: string;
  readonly body: readonly Field[];
}

/** The files from which Dependabot reads what a folder depends on. */
const MANIFESTS: Readonly<Record<string, RegExp>> = {
  npm: /^package\.json$/,
  'github-actions': /^\.github\/workflows\/.*\.yml$/,
  pip: /^requirements.*\.in$/,
  gomod: /^go\.mod$/,
};

describe('Dependabot', () => {
  const updates = (parse(read('.github/dependabot.yml')) as { updates: readonly Update[] }).updates;

  /** The folders with a manifest, as Dependabot writes them; the packages of the workspace belong to its root. */
  function foldersWith(ecosystem: string): string[] {
    if (ecosystem === 'github-actions') return FILES.some((path) => MANIFESTS[ecosystem]!.test(path)) ? ['/'] : [];
    const folders = FILES.filter((path) => MANIFESTS[ecosystem]!.test(basename(path)))
      .map((path) => dirname(path))
      .filter((folder) => !/^(packages|actions)\/[^/]+$/.test(folder) || ecosystem !== 'npm');
    return [...new Set(folders.map((folder) => (folder === '.' ? '/' : `/${folder}`)))].sort();
  }

  it.each(Object.keys(MANIFESTS))('watches every folder that has dependencies of %s, and no other', (ecosystem) => {
    const watched = updates.filter((update) => update['package-ecosystem'] === ecosystem);
    expect(watched.flatMap(({ directories }) => directories).sort()).toEqual(foldersWith(ecosystem));
  });

  it('takes nothing that pnpm would refuse for its age', () => {
    const days = (parse(read('pnpm-workspace.yaml')) as { minimumReleaseAge: number }).minimumReleaseAge / (24 * 60);
    expect(updates.map(({ cooldown }) => cooldown['default-days'] >= days)).toEqual(updates.map(() => true));
  });

  it('opens one pull request for an ecosystem, not one for each package', () => {
    expect(updates.filter(({ groups }) => Object.keys(groups ?? {}).length !== 1)).toEqual([]);
    expect(new Set(updates.map((update) => update['package-ecosystem'])).size).toBe(updates.length);
  });
});

describe('an issue form', () => {
  const forms = FILES.filter(
    (path) => /^\.github\/ISSUE_TEMPLATE\/.*\.yml$/.test(path) && !path.endsWith('config.yml'),
  );

  it('is there', () => {
    expect(forms.length).toBeGreaterThanOrEqual(3);
  });

  it.each(forms)('%s is one that GitHub shows', (path) => {
    const form = parse(read(path)) as Form;
    expect([form.name, form.description].every((text) => typeof text === 'string' && text.length > 5)).toBe(true);
    const asked = form.body.filter(({ type }) => type !== 'markdown');
    const ids = asked.map(({ id }) => id);
    expect(ids.every((id) => /^[a-z-]+$/.test(id ?? ''))).toBe(true);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { type, attributes } of form.body) {
      expect(['markdown', 'input', 'textarea', 'dropdown', 'checkboxes']).toContain(type);
      expect(typeof attributes[type === 'markdown' ? 'value' : 'label']).toBe('string');
      // GitHub reads an unquoted No for a boolean, and refuses the form.
      if (type === 'dropdown')
        for (const option of attributes.options as unknown[]) expect(typeof option).toBe('string');
    }
  });

  it.each(forms)('%s names only commands and pages that there are', (path) => {
    const text = read(path);
    const commands = [...text.matchAll(/bin\/warehouse ([a-z][a-z-]*)/g)].map((match) => match[1]!);
    expect(commands.filter((command) => !COMMANDS.some(({ name }) => name === command))).toEqual([]);
    const pages = text.match(/\b(?:docs|seeds)\/[\w.-]+\w/g) ?? [];
    expect(pages.filter((page) => !existsSync(join(ROOT, page)))).toEqual([]);
  });
});

describe('CODEOWNERS', () => {
  it('names only folders that there are', () => {
    const named = [...read('.github/CODEOWNERS').matchAll(/^(?:# )?\/(\S+)\s+@/gm)].map((match) => match[1]!);
    expect(named.length).toBeGreaterThan(3);
    expect(named.filter((folder) => !existsSync(join(ROOT, folder)))).toEqual([]);
  });
});

describe('an editor', () => {
  it('indents as Biome does', () => {
    const { formatter } = readJson('biome.json');
    const settings = read('.editorconfig');
    expect(settings).toContain(`indent_style = ${formatter.indentStyle}\nindent_size = ${formatter.indentWidth}\n`);
    expect(settings).toContain(`max_line_length = ${formatter.lineWidth}\n`);
  });
});

describe('CONTRIBUTING', () => {
  const page = read('CONTRIBUTING.md');

  it('shows only npm scripts, and parts of the tests, that there are', () => {
    const scripts = Object.keys(readJson('package.json').scripts);
    const named = [...page.matchAll(/\bnpm (?:run )?([a-z]+)/g)].map((match) => match[1]!);
    expect(named.length).toBeGreaterThan(8);
    expect(named.filter((script) => !scripts.includes(script))).toEqual([]);
    const parts: readonly { name: string }[] = PARTS;
    expect(page).toContain(`one part: ${parts.map(({ name }) => name).join(', ')}\n`);
  });

  it('names only files and folders that there are, or that setup and runs make', () => {
    const named =
      page.match(/(?<![\w/.~-])(?:packages|actions|test|docs|scripts|seeds|examples|bin|\.ci)\/[\w./-]*/g) ?? [];
    expect(named.length).toBeGreaterThan(15);
    expect(named.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
  });

  it('runs tests that there are', () => {
    const lines = fenced('CONTRIBUTING.md', 'sh').flatMap((block) => block.split('\n'));
    const names = lines.flatMap((line) => /-t '(.*)'/.exec(line)?.[1] ?? []);
    const tests = FILES.filter((path) => path.endsWith('.test.ts')).map(read);
    expect(names.length).toBeGreaterThan(0);
    expect(names.filter((name) => !tests.some((text) => text.includes(name)))).toEqual([]);
  });

  it('names only lists that the sources have', () => {
    const named = page.match(/`[A-Z]+(?:_[A-Z]+)*`/g) ?? [];
    const sources = FILES.filter((path) => /^(packages\/[^/]+\/src|scripts)\//.test(path)).map(read);
    const missing = named.filter((name) => !sources.some((text) => text.includes(`export const ${name.slice(1, -1)}`)));
    expect(named.length).toBeGreaterThan(2);
    expect(missing).toEqual([]);
  });
});
