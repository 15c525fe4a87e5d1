import { execFileSync } from 'node:child_process';
import { join, relative } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { changedFiles, reach } from '../../scripts/changed.mjs';
import { slowestTests, table } from '../../scripts/slowest-tests.mjs';
import { order } from '../../scripts/test.mjs';
import { ROOT } from '../support/repository-files';

/** What `vitest related` would run for each list of files, as paths from the root; in a process, because it is a vitest itself. */
const RELATED = `
  import { createVitest } from 'vitest/node';
  const vitest = await createVitest('test', { related: [], watch: false, run: true, reporters: [] });
  const answers = [];
  for (const related of JSON.parse(process.argv[1])) {
    vitest.config.related = related;
    const tests = await vitest.getRelevantTestSpecifications();
    answers.push(tests.map(({ moduleId }) => moduleId));
  }
  console.log(JSON.stringify(answers));
  process.exit(0);`;

function testsFor(changes: readonly string[]): string[][] {
  const from = changes.map((file) => (reach([file]) as readonly string[]).map((path) => join(ROOT, path)));
  const program = ['--input-type=module', '-e', RELATED, JSON.stringify(from)];
  const listed = execFileSync(process.execPath, program, { cwd: ROOT, encoding: 'utf8' });
  const answers: readonly string[][] = JSON.parse(listed.trim().split('\n').at(-1)!);
  return answers.map((tests) => tests.map((file) => relative(ROOT, file)));
}

describe('`npm test -- --changed`', () => {
  let ofSource: readonly string[];
  let ofModel: readonly string[];
  beforeAll(() => {
    [ofSource, ofModel] = testsFor(['packages/storage/src/http/get.ts', 'models/2_marts/fact.sql']) as [
      string[],
      string[],
    ];
    // Another vitest starts for the graph of imports: seconds, on a busy machine a few minutes.
  }, 600_000);

  it('runs the tests that import a changed source or start what is built of it, and leaves out the others', () => {
    const some = ['test/api/fetch-answers', 'test/api/dead-apis', 'test/actions/one-night', 'test/repository/failures'];
    expect(ofSource).toEqual(expect.arrayContaining(some.map((name) => `${name}.test.ts`)));
    expect(ofSource).not.toContain('packages/model/test/sensor-pattern.test.ts');
  });

  it('runs the nights after a change of a model or seed, which no test imports', () => {
    expect(ofModel).toEqual(expect.arrayContaining(['test/dbt/plain.test.ts', 'test/actions/one-night.test.ts']));
    expect(ofModel).not.toContain('packages/model/test/sensor-pattern.test.ts');
  });

  it('runs the tests of the folder whose data changed', () => {
    expect(reach(['test/cases/counter-summed/export.csv'])).toContain('test/cases/cases.test.ts');
  });

  it('runs the tests of the repository after a change of a page', () => {
    const from = reach(['docs/failures.md'])!;
    expect(from).toContain('test/repository/failures.test.ts');
    expect(from.every((file) => file.startsWith('test/repository/') || file === 'docs/failures.md')).toBe(true);
  });

  it.each(['package.json', 'vitest.config.ts', 'scripts/setup.mjs', 'test/loaded-dbt/serve.py'])(
    'runs everything after a change of %s',
    (file) => expect(reach([file])).toBeUndefined(),
  );

  it('names what to write when Git knows no such commit, and takes none for an option', () => {
    for (const commit of ['no-such-commit', '--output=/tmp/x'])
      expect(() => changedFiles(commit)).toThrow(/Git knows no commit .*npm test -- --changed/);
  });

  it('keeps every check', () => {
    const { parts } = order(['--changed']);
    expect(parts).toEqual(order([]).parts);
  });
});

describe('the slowest tests', () => {
  it('are a table of seconds, file and sentence, the slowest first', () => {
    const result = (name: string, ...tests: readonly [string, number][]) => ({
      name: `/somewhere/${name}`,
      assertionResults: tests.map(([fullName, duration]) => ({ fullName, duration })),
    });
    const testResults = [
      result('test/a.test.ts', ['a night ends', 2400]),
      result('packages/model/test/b.test.ts', ['x | y', 9000], ['quick', 1]),
    ];
    expect(table(slowestTests({ testResults }, 2)).split('\n').slice(2)).toEqual([
      '| 9 | `packages/model/test/b.test.ts` | x \\| y |',
      '| 2 | `test/a.test.ts` | a night ends |',
    ]);
  });
});
