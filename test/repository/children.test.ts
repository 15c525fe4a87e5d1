import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { FILES, modulesOf, read } from '../support/repository-files';

const SOURCES = FILES.filter((path) => /^(packages|actions)\/[^/]+\/src\/.*\.(ts|mjs)$/.test(path));
const PYTHON = FILES.filter((path) => /^(packages|actions)\/[^/]+\/src\/.*\.py$/.test(path));
const STARTS = ['spawn', 'spawnSync', 'exec', 'execSync', 'execFile', 'execFileSync', 'fork', 'Worker', 'execve'];
/** The one function that makes the environment of a child. */
const ENVIRONMENT = 'childEnvironment';

/** Every node of a source that `wanted` takes, as `file:line: text`. */
function found(path: string, wanted: (node: ts.Node) => boolean): string[] {
  const source = ts.createSourceFile(path, read(path), ts.ScriptTarget.ES2022, true);
  const places: string[] = [];
  const visit = (node: ts.Node): void => {
    const line = source.getLineAndCharacterOfPosition(node.getStart()).line + 1;
    if (wanted(node)) places.push(`${path}:${line}: ${node.getText().split('\n')[0]}`);
    node.forEachChild(visit);
  };
  visit(source);
  return places;
}

const startsChild = (node: ts.Node): node is ts.CallExpression | ts.NewExpression =>
  (ts.isCallExpression(node) || ts.isNewExpression(node)) && STARTS.includes(node.expression.getText());

function hasNamedEnvironment(start: ts.CallExpression | ts.NewExpression): boolean {
  const options = start.arguments?.at(-1);
  if (options === undefined || !ts.isObjectLiteralExpression(options)) return false;
  // What is spread after it could replace it.
  const lastSpread = options.properties.findLastIndex((one) => ts.isSpreadAssignment(one));
  return options.properties.some(
    (one, at) =>
      at > lastSpread &&
      ts.isPropertyAssignment(one) &&
      one.name.getText() === 'env' &&
      ts.isCallExpression(one.initializer) &&
      one.initializer.expression.getText() === ENVIRONMENT,
  );
}

const imports = (node: ts.Node, module: string, name: string) =>
  ts.isImportDeclaration(node) &&
  (node.moduleSpecifier as ts.StringLiteral).text === module &&
  new RegExp(`\\b${name}\\b`).test(node.importClause?.getText() ?? '');

describe('the code', () => {
  it('starts programs to their end in one place, and in others only a server and a thread', () => {
    const starting = ['child_process', 'worker_threads', 'cluster'].flatMap((name) => [name, `node:${name}`]);
    const places = SOURCES.filter((path) => modulesOf(path).some((module) => starting.includes(module)));
    expect(places.sort()).toEqual([
      'packages/influx/src/keeper.mjs',
      'packages/influx/src/local-server.ts',
      'packages/model/src/processes/run-process.ts',
      'packages/warehouse/src/moving-in/parquet-thread.ts',
      'packages/warehouse/src/moving-in/read-foreign-parquet.ts',
    ]);
    const starts = SOURCES.flatMap((path) => found(path, startsChild));
    expect(starts.map((place) => place.split(':', 1)[0]!).sort()).toEqual(
      places.filter((path) => !path.endsWith('/parquet-thread.ts')),
    );
  });

  it('starts none of them without an environment of named variables', () => {
    const bare = SOURCES.flatMap((path) => found(path, (node) => startsChild(node) && !hasNamedEnvironment(node)));
    // The keeper is started with such an environment, and has no other to hand on.
    expect(bare).toEqual([expect.stringMatching(/^packages\/influx\/src\/keeper\.mjs:\d+: spawn\(program, args, /)]);
  });

  it('lets its programs in Python start no others', () => {
    const starts = /\b(subprocess|multiprocessing|pty|os\.(system|popen|fork|exec\w*|spawn\w*|posix_spawn\w*))\b/;
    expect(PYTHON.length).toBeGreaterThanOrEqual(6);
    expect(PYTHON.filter((path) => starts.test(read(path)))).toEqual([]);
  });

  it('sheds the environment of an action before a library can read it', () => {
    const runners = ['run-action', 'run-remote-action'];
    const entries = SOURCES.filter((path) => /^actions\/[^/]+\/src\/index\.ts$/.test(path));
    const firsts = [
      ...entries.map((path) => [path, runners.map((runner) => `'@sensor-warehouse/action-kit/${runner}';`)] as const),
      ...runners.map((runner) => [`packages/action-kit/src/${runner}.ts`, ["import './shed-environment';"]] as const),
    ];
    const late = firsts.filter(([path, ends]) => !ends.some((end) => read(path).split('\n')[0]!.endsWith(end)));
    expect(entries.length).toBeGreaterThanOrEqual(10);
    expect(late.map(([path]) => path)).toEqual([]);
  });

  it('hands no environment on as a whole', () => {
    const whole = (node: ts.Node) =>
      node.getText() === 'process.env' &&
      ts.isPropertyAccessExpression(node) &&
      !ts.isPropertyAccessExpression(node.parent) &&
      !ts.isElementAccessExpression(node.parent) &&
      // `const { NAME } = process.env` takes one variable.
      !(ts.isVariableDeclaration(node.parent) && ts.isObjectBindingPattern(node.parent.name));
    const makers = ['packages/model/src/secrets/child-environment.ts', 'packages/action-kit/src/shed-environment.ts'];
    expect(SOURCES.filter((path) => !makers.includes(path)).flatMap((path) => found(path, whole))).toEqual([]);
  });

  it.each([
    ['setSecret', 'packages/action-kit/src/masks.ts'],
    ['setOutput', 'packages/action-kit/src/outputs.ts'],
    ['info', 'packages/action-kit/src/log.ts'],
  ])('calls %s of the runner only from %s, which hides secrets first', (name, only) => {
    const others = SOURCES.filter((path) => path !== only);
    expect(found(only, (node) => imports(node, '@actions/core', name))).toHaveLength(1);
    expect(others.flatMap((path) => found(path, (node) => imports(node, '@actions/core', name)))).toEqual([]);
  });

  it('prints on the command line only by functions that hide secrets first', () => {
    const prints = (node: ts.Node) =>
      ts.isCallExpression(node) && /^(process\.std(out|err)\.write|console\.\w+)$/.test(node.expression.getText());
    // What a program says that we start, we read.
    const printers = ['packages/influx/src/keeper.mjs', 'packages/cli/src/terminal/print.ts'];
    expect(SOURCES.filter((path) => !printers.includes(path)).flatMap((path) => found(path, prints))).toEqual([]);
  });
});
