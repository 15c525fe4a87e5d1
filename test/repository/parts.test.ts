import { execFileSync } from 'node:child_process';
import { relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { CHECKS } from '../../scripts/checks.mjs';
import { PARTS as LISTED, partOf, testFiles } from '../../scripts/parts.mjs';
import { order } from '../../scripts/test.mjs';
import { TOOLS } from '../../scripts/test-tools.mjs';
import { ROOT, read } from '../support/repository-files';

interface Part {
  readonly name: string;
  readonly checks: readonly string[];
  readonly tests: readonly string[];
  readonly tools: readonly string[];
}
interface Job {
  readonly strategy?: { readonly matrix: { readonly part: readonly string[] } };
  readonly steps: readonly { readonly run?: string; readonly env?: Readonly<Record<string, string>> }[];
}
const PARTS: readonly Part[] = LISTED;
const NAMES = PARTS.map(({ name }) => name);

/** The test files that `npm test -- --part NAME` runs. */
const filesOf = (...names: readonly string[]): string[] =>
  order(names.flatMap((name) => ['--part', name])).vitest.map((path: string) => relative(ROOT, path));

describe('the parts of `npm test`', () => {
  it('have together every test file that vitest would run, each once', () => {
    const vitest = execFileSync(
      process.execPath,
      ['node_modules/vitest/vitest.mjs', 'list', '--filesOnly', '--json', '--root', ROOT],
      { cwd: ROOT, encoding: 'utf8' },
    );
    const whole = (JSON.parse(vitest) as { file: string }[]).map(({ file }) => relative(ROOT, file)).sort();
    expect(whole.length).toBeGreaterThan(100);
    expect(NAMES.flatMap((name) => filesOf(name)).sort()).toEqual(whole);
  });

  it('have no folder without a test', () => {
    const files: readonly string[] = testFiles();
    const idle = PARTS.filter((part) => part.tests.length > 0 && !files.some((file) => partOf(file) === part));
    expect(idle).toEqual([]);
  });

  it('have together every check, each once', () => {
    expect(PARTS.flatMap(({ checks }) => checks).sort()).toEqual(Object.keys(CHECKS).sort());
  });

  it('name only tools that there are, and leave none for nobody', () => {
    expect([...new Set(PARTS.flatMap(({ tools }) => tools))].sort()).toEqual(Object.keys(TOOLS).sort());
  });

  it('can be asked for together', () => {
    expect(filesOf('unit', 'lint').sort()).toEqual([...filesOf('lint'), ...filesOf('unit')].sort());
  });

  it.each([
    [['--part']],
    [['--part', 'units']],
    [['--part', 'unit', '-t', 'x']],
    [['packages/model', '--part', 'unit']],
  ])('are refused, with the names that there are, as %j', (args) => {
    expect(() => order(args)).toThrow(/NAME is one of: lint, types, unit/);
  });

  it('are all there is without arguments', () => {
    expect(order([])).toEqual({ parts: PARTS, vitest: [], selects: false });
  });

  it('are the jobs of CI, beside the one that runs all and the one that takes pictures', () => {
    const { jobs } = parse(read('.github/workflows/ci.yml')) as { jobs: Record<string, Job> };
    const { part, all } = jobs;
    expect(Object.keys(jobs)).toEqual(['part', 'all', 'screenshots']);
    expect(part!.strategy?.matrix.part).toEqual(NAMES);
    const ran = ({ steps }: Job) => steps.flatMap(({ run }) => run ?? []);
    expect(ran(part!)).toEqual(['bash .ci/run "$PART"']);
    expect(part!.steps.flatMap(({ env }) => Object.values(env ?? {}))).toEqual([
      expect.stringMatching(/ matrix\.part /),
    ]);
    expect(ran(all!)).toEqual(['bash .ci/run']);
  });
});
