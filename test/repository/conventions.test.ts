import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { COMMANDS } from '@sensor-warehouse/cli/commands';
import { AGGREGATE_AND_PUBLISH, REFRESH_STAGES } from '@sensor-warehouse/warehouse/stages';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { DOCUMENTS, FILES, fenced, modulesOf, ROOT, read, readJson } from '../support/repository-files';

const PACKAGES = FILES.filter((path) => basename(path) === 'package.json');
const THIS = 'test/repository/conventions.test.ts';
const STAGES: readonly string[] = [...REFRESH_STAGES, ...AGGREGATE_AND_PUBLISH];
const TEXTS = FILES.filter(
  (path) => /\.(md|ts|mjs|js|json|ya?ml|sql|py|csv|in|toml)$/.test(path) || !path.includes('.'),
)
  .filter((path) => !/lock|go\.sum/.test(basename(path)))
  .filter((path) => path !== THIS);

/** The packages that a module imports. */
function importsOf(path: string): string[] {
  return modulesOf(path)
    .filter((name) => !/^(\.|node:)/.test(name))
    .map((name) => name.split('/', name.startsWith('@') ? 2 : 1).join('/'));
}

/** The modules and functions that take the whole context of a run. */
function contextTakersOf(path: string): string[] {
  const takers: string[] = [];
  const visit = (at: ts.Node): void => {
    if (ts.isParameter(at) && at.type?.getText() === 'Context' && ts.isFunctionDeclaration(at.parent))
      takers.push(`${path.slice('packages/warehouse/src/'.length, -'.ts'.length)} ${at.parent.name!.text}`);
    at.forEachChild(visit);
  };
  if (/\bContext\b/.test(read(path))) visit(ts.createSourceFile(path, read(path), ts.ScriptTarget.ES2022, true));
  return takers;
}

describe('the repository', () => {
  it('has no file whose name says nothing', () => {
    const empty = /^(utils?|helpers?|managers?|common|misc)\b|[-.](utils?|helpers?|manager)\./i;
    expect(FILES.filter((path) => empty.test(basename(path)))).toEqual([]);
  });

  it.each([
    ['a folder of the machine it was written on', /(^|[\s"'`(=])\/(work|root|home\/\w+)\//m],
    ['a folder beside the repository', /\.\.\/shared\b/],
    ['the number of an issue', /\b(issue|ticket|PR)s? #?\d+\b/i],
    ['the host of a package registry', /\b(registry\.npmjs\.org|registry\.yarnpkg|pypi\.org|proxy\.golang\.org)\b/],
  ])('stands alone: no text names %s', (_, forbidden) => {
    expect(TEXTS.length).toBeGreaterThan(100);
    expect(TEXTS.filter((path) => forbidden.test(read(path)))).toEqual([]);
  });

  it('pins every dependency exactly', () => {
    const loose = PACKAGES.flatMap((path) => {
      const { dependencies, devDependencies, peerDependencies, optionalDependencies } = readJson(path);
      const all = { ...dependencies, ...devDependencies, ...peerDependencies, ...optionalDependencies };
      return Object.entries(all).filter(
        ([, version]) => !/^(\d+\.\d+\.\d+(-[\w.]+)?|workspace:\*)$/.test(String(version)),
      );
    });
    expect(PACKAGES.length).toBeGreaterThan(10);
    expect(loose).toEqual([]);
  });

  it('declares in each package of the workspace exactly what its sources import', () => {
    const wrong = PACKAGES.filter((path) => /^(actions|packages)\/[^/]+\/package\.json$/.test(path)).flatMap((path) => {
      const sources = FILES.filter((file) => file.startsWith(`${dirname(path)}/src/`) && file.endsWith('.ts'));
      const imported = new Set(sources.flatMap((file) => importsOf(file)));
      const declared = new Set(Object.keys(readJson(path).dependencies ?? {}));
      return [
        ...[...declared].filter((name) => !imported.has(name)).map((name) => `${path} declares ${name} for nothing`),
        ...[...imported].filter((name) => !declared.has(name)).map((name) => `${path} does not declare ${name}`),
      ];
    });
    expect(wrong).toEqual([]);
  });

  it('joins no path of the work folder by hand: one function sees to it that none leads out', () => {
    const sources = FILES.filter(
      (path) => /^packages\/warehouse\/src\/.*\.ts$/.test(path) && !path.endsWith('/in-work.ts'),
    );
    expect(sources.filter((path) => /\b(join|resolve)\((context\.)?work\b/.test(read(path)))).toEqual([]);
  });

  it('gives the whole context of a run to its stages, and to what runs stages; others say what they need of it', () => {
    const sources = FILES.filter((path) => /^packages\/warehouse\/src\/.*\.ts$/.test(path));
    const takers = sources.flatMap(contextTakersOf);
    const isStage = (taker: string) => STAGES.some((stage) => taker.startsWith(`${stage}/${stage} `));
    expect(STAGES.filter((stage) => !takers.some((taker) => taker.startsWith(`${stage}/${stage} `)))).toEqual([]);
    expect(takers.filter((taker) => !isStage(taker)).sort()).toEqual([
      ...['backfill/backfill backfill', 'backfill/backfill-jobs windowJob', 'backfill/make-window makeWindow'],
      'backfill/rebuild rebuildWindow',
      'onboarding/try-source withoutThresholds',
      ...['raw-archive/remake-facts remakeFacts', 'raw-archive/remake-facts stagesAgain'],
      ...['run/run-stage carryOut', 'run/run-stage runStage'],
      ...['upkeep/heal heal', 'upkeep/heal healFacts', 'upkeep/heal rebuildFromRaw'],
    ]);
  });

  it('gives each exported name of the packages one meaning', () => {
    const meanings = new Map<string, string[]>();
    for (const path of FILES.filter((one) => /^packages\/[^/]+\/src\/.*\.ts$/.test(one)))
      for (const [, name] of read(path).matchAll(
        /^export (?:async )?(?:function\*?|const|let|class|interface|type) ([A-Za-z_]\w*)/gm,
      ))
        meanings.set(name!, [...(meanings.get(name!) ?? []), path]);
    expect(meanings.size).toBeGreaterThan(500);
    expect([...meanings].filter(([, paths]) => new Set(paths).size > 1)).toEqual([]);
  });

  it('decides in one module what is consumed, discarded or waiting', () => {
    const sources = FILES.filter((path) => /^(packages|actions)\/[^/]+\/src\/.*\.ts$/.test(path));
    const decides = /\bconsumed\[[^\]]*\] *\?\?|\bsettled\.(find|some)\(/;
    expect(sources.filter((path) => decides.test(read(path)))).toEqual([
      'packages/warehouse/src/layout/consumption.ts',
    ]);
  });

  it('lets no package run anything when it is installed', () => {
    const settings = parse(read('pnpm-workspace.yaml')) as Record<string, unknown>;
    expect(settings.ignoreScripts).toBe(true);
    expect(settings.minimumReleaseAge).toBeGreaterThanOrEqual(1440);
    for (const allowed of ['onlyBuiltDependencies', 'allowBuilds', 'dangerouslyAllowAllBuilds'])
      expect(settings[allowed]).toBeUndefined();
    const own = PACKAGES.flatMap((path) => Object.keys(readJson(path).scripts ?? {}));
    expect(own.filter((script) => /^(pre|post)?(install|prepare|publish)$/.test(script))).toEqual([]);
  });

  it('has one version, which the changelog names', () => {
    const versions = PACKAGES.map((path) => readJson(path)).filter(({ version }) => version !== undefined);
    expect(new Set(versions.map(({ version }) => version)).size).toBe(1);
    expect(read('CHANGELOG.md')).toMatch(
      new RegExp(`^(## |The first release will be )${readJson('package.json').version.replaceAll('.', '\\.')}`, 'm'),
    );
  });

  it('has a command that says this version, from the one place where it stands', () => {
    const said = execFileSync(process.execPath, ['bin/warehouse', '--version'], { cwd: ROOT, encoding: 'utf8' });
    expect(said).toBe(`${readJson('package.json').version}\n`);
    const sources = FILES.filter((path) => /^(packages|actions)\/[^/]+\/src\//.test(path));
    expect(sources.filter((path) => /\bversion = '\d+\.\d+\.\d+'/i.test(read(path)))).toEqual([]);
  });
});

describe('the documents', () => {
  const words = DOCUMENTS.flatMap((document) => [...fenced(document, 'sh'), read(document)].map((text) => text)).join(
    '\n',
  );

  it('name only npm scripts that exist', () => {
    const scripts = Object.keys(readJson('package.json').scripts);
    const named = [...words.matchAll(/\bnpm run ([a-z:-]+)/g)].map((match) => match[1]!);
    expect(named.length).toBeGreaterThan(2);
    expect(named.filter((script) => !scripts.includes(script))).toEqual([]);
  });

  it('name only commands of `warehouse` that its help knows', () => {
    const known = COMMANDS.map(({ name }) => name);
    const named = [...words.matchAll(/bin\/warehouse ([a-z-]+)/g)].map((match) => match[1]!);
    expect(named.length).toBeGreaterThan(2);
    expect(named.filter((command) => !known.includes(command) && !command.startsWith('--'))).toEqual([]);
  });

  it('link only to files that are there', () => {
    const broken = DOCUMENTS.flatMap((document) =>
      [...read(document).matchAll(/\]\((?!https?:|mailto:|#)([^)#\s]+)/g)]
        .map((match) => match[1]!)
        .filter((link) => !existsSync(join(ROOT, dirname(document), link)))
        .map((link) => `${document}: ${link}`),
    );
    expect(broken).toEqual([]);
  });

  it('name only folders and files of the repository that are there', () => {
    const named = ['README.md', 'CONTRIBUTING.md'].flatMap((page) => [
      ...read(page).matchAll(/`((?:actions|packages|seeds|models|macros|examples|test|docs|bench)\/[\w/.-]*)`/g),
    ]);
    expect(named.length).toBeGreaterThan(3);
    expect(named.map((match) => match[1]!).filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
  });
});
