import { execFileSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { AGGREGATE_AND_PUBLISH, REFRESH_STAGES } from '@sensor-warehouse/warehouse/stages';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { ACTIONS, FILES, ROOT, read } from '../support/repository-files';

interface ActionYml {
  readonly name: string;
  readonly description: string;
  readonly branding?: { readonly icon: string; readonly color: string };
  readonly inputs: Readonly<Record<string, { readonly description: string; readonly required: boolean }>>;
  readonly outputs: Readonly<Record<string, { readonly description: string }>>;
  readonly runs: { readonly using: string; readonly main: string; readonly post?: string };
}

const KIT = 'packages/action-kit/src';
const ENGINES = 'packages/warehouse/src/engines';
const READERS = ['optional', 'required', 'secret', 'lines', 'flag', 'instant'];
/** Function that reads inputs for several actions or shells → its module. */
const SHARED_READERS: Readonly<Record<string, string>> = {
  readRemoteInputs: `${KIT}/stage-context.ts`,
  readPublishInputs: `${KIT}/stage-context.ts`,
  readWorkInputs: `${KIT}/stage-context.ts`,
  readBindings: `${KIT}/stage-context.ts`,
  readEngineInputs: `${KIT}/engine-inputs.ts`,
  readEngine: `${ENGINES}/engines.ts`,
  enginesOf: `${ENGINES}/engines.ts`,
  readInflux: `${ENGINES}/influx-choice.ts`,
  readDbtInputs: `${KIT}/dbt-environment.ts`,
};
const declared = (action: string) => parse(read(`actions/${action}/action.yml`)) as ActionYml;

interface Call {
  readonly name: string;
  readonly args: readonly ts.Expression[];
}

/** Every call in this part of a program, as the name that is called and its arguments. */
function callsIn(node: ts.Node): Call[] {
  const calls: Call[] = [];
  const visit = (at: ts.Node): void => {
    if (ts.isCallExpression(at)) {
      const called = ts.isPropertyAccessExpression(at.expression) ? at.expression.name : at.expression;
      calls.push({ name: called.getText(), args: at.arguments });
    }
    at.forEachChild(visit);
  };
  visit(node);
  return calls;
}

const sourceOf = (path: string) => ts.createSourceFile(path, read(path), ts.ScriptTarget.ES2022, true);

function functionOf(path: string, name: string): ts.Node {
  const found = sourceOf(path).statements.find((one) => ts.isFunctionDeclaration(one) && one.name?.text === name);
  if (found === undefined) throw new Error(`${path} has no function ${name}`);
  return found;
}

/** Every call in this part of a program, also through the functions that actions share. */
function callsThrough(node: ts.Node): Call[] {
  return callsIn(node).flatMap((call) => {
    const shared = SHARED_READERS[call.name];
    return shared === undefined ? [call] : callsThrough(functionOf(shared, call.name));
  });
}

/** The inputs that this part of a program reads, also through the functions that actions share. */
function inputsRead(node: ts.Node): string[] {
  return callsThrough(node).flatMap(({ name, args }) =>
    READERS.includes(name) && args[0] && ts.isStringLiteral(args[0]) ? [args[0].text] : [],
  );
}

const STAGES = [...REFRESH_STAGES, ...AGGREGATE_AND_PUBLISH];

/** The module of the stage: it has the stage's name. */
function stageFile(stage: string): string {
  const found = FILES.filter((path) => path.startsWith('packages/warehouse/src/') && path.endsWith(`/${stage}.ts`));
  if (found.length !== 1) throw new Error(`there is no one module for ${stage}`);
  return found[0]!;
}

/** The members of the context that a module, or one of its package that it imports, reads by name. */
function contextRead(path: string, seen = new Set<string>()): Set<string> {
  const members = new Set<string>();
  if (seen.has(path)) return members;
  seen.add(path);
  const visit = (at: ts.Node): void => {
    if (ts.isPropertyAccessExpression(at) && at.expression.getText() === 'context') members.add(at.name.text);
    const taken = ts.isVariableDeclaration(at) && at.initializer?.getText() === 'context' ? at.name : undefined;
    if (taken !== undefined && ts.isObjectBindingPattern(taken))
      for (const one of taken.elements) members.add((one.propertyName ?? one.name).getText());
    if (ts.isImportDeclaration(at) && !at.importClause?.isTypeOnly) {
      const from = (at.moduleSpecifier as ts.StringLiteral).text;
      if (from.startsWith('.'))
        for (const member of contextRead(`${join(dirname(path), from)}.ts`, seen)) members.add(member);
    }
    at.forEachChild(visit);
  };
  visit(sourceOf(path));
  return members;
}

/** The outputs that this part of a program sets, one by one or as a record. */
function outputsSet(node: ts.Node): string[] {
  return callsIn(node).flatMap(({ name, args }) => {
    if (name === 'setOutput' && args[0] && ts.isStringLiteral(args[0])) return [args[0].text];
    const record = args.at(-1);
    if (name !== 'tellStage' || record === undefined || !ts.isObjectLiteralExpression(record)) return [];
    return record.properties.map((property) => property.name!.getText());
  });
}

const distinct = (names: readonly string[]) => [...new Set(names)].sort();

describe('an action', () => {
  it.each(ACTIONS)('%s reads exactly the inputs that its action.yml declares', (action) => {
    const readInCode = inputsRead(sourceOf(`actions/${action}/src/inputs.ts`));
    expect(distinct(readInCode)).toEqual(Object.keys(declared(action).inputs).sort());
  });

  it.each([
    ['now', 'now'],
    ['dry-run', 'dryRun'],
  ])('has the input %s if and only if its stage uses it', (input, member) => {
    const uses = STAGES.filter((stage) => contextRead(stageFile(stage)).has(member));
    expect(uses.length).toBeGreaterThan(0);
    expect(STAGES.filter((stage) => input in declared(stage).inputs)).toEqual(uses);
  });

  it.each(ACTIONS)('%s sets exactly the outputs that its action.yml declares', (action) => {
    const set = ['src/main.ts'].flatMap((file) => outputsSet(sourceOf(`actions/${action}/${file}`)));
    const always = outputsSet(sourceOf(`${KIT}/run-action.ts`));
    expect(distinct([...set, ...always])).toEqual(Object.keys(declared(action).outputs).sort());
  });

  it.each(ACTIONS)('%s runs on Node 24 from its committed bundle', (action) => {
    const { using, main, post } = declared(action).runs;
    expect([using, main, post ?? 'dist/index.js']).toEqual(['node24', 'dist/index.js', 'dist/index.js']);
  });

  it.each(ACTIONS)('%s removes its secret after the job if it was given one', (action) => {
    const { inputs, runs } = declared(action);
    expect(runs.post !== undefined).toBe('rclone-config' in inputs);
  });

  it.each(ACTIONS)('%s is given no secret if it runs dbt, which can read the environment of its parent', (action) => {
    const runsDbt = /dbt-environment/.test(read(`actions/${action}/src/main.ts`));
    const reads = callsThrough(sourceOf(`actions/${action}/src/inputs.ts`));
    expect(runsDbt && reads.some(({ name }) => name === 'secret')).toBe(false);
  });

  it('that runs dbt is there', () => {
    expect(ACTIONS.filter((action) => /dbt-environment/.test(read(`actions/${action}/src/main.ts`)))).toEqual([
      'dbt-levels',
      'transform',
    ]);
  });

  it.each(ACTIONS)('%s says in one sentence each what it, its inputs and its outputs are', (action) => {
    const { name, description, inputs, outputs } = declared(action);
    expect(name).toBe(`Sensor Warehouse - ${action}`);
    const texts = [description, ...Object.values({ ...inputs, ...outputs }).map((one) => one.description)];
    expect(texts.filter((text) => !/^[A-Z`].*\.$/s.test(text))).toEqual([]);
  });

  it('has a colour that all share, and an icon of its own', () => {
    const brands = ACTIONS.map((action) => declared(action).branding);
    expect(new Set(brands.map((brand) => brand?.color))).toEqual(new Set(['green']));
    expect(new Set(brands.map((brand) => brand?.icon)).size).toBe(ACTIONS.length);
  });

  it('describes an input in the same words as the others that have it', () => {
    const texts = new Map<string, Set<string>>();
    for (const action of ACTIONS) {
      for (const [name, input] of Object.entries(declared(action).inputs))
        texts.set(name, (texts.get(name) ?? new Set()).add(JSON.stringify(input)));
    }
    expect([...texts].filter(([, variants]) => variants.size > 1).map(([name]) => name)).toEqual([]);
  });
});

describe('the pages that are written from other files', () => {
  it('have the inputs and outputs of action.yml, and the codes of failures and findings', () => {
    const script = join(ROOT, 'scripts', 'written-pages.mjs');
    expect(execFileSync(process.execPath, [script, '--check'], { encoding: 'utf8' })).toBe('');
  });
});

describe('the README of an action', () => {
  const sources = FILES.filter((path) => /^(packages|actions)\/[^/]+\/src\/.*\.ts$/.test(path))
    .map(read)
    .join('\n');

  it.each(ACTIONS)('%s names only failures that the code has', (action) => {
    const table = read(`actions/${action}/README.md`).split('## Failures')[1]!.split('## Permissions')[0]!;
    const codes = [...table.matchAll(/^\| (`[^|]*`) +\|/gm)].flatMap((row) => row[1]!.match(/[a-z-]+/g) ?? []);
    expect(codes.length).toBeGreaterThan(0);
    expect(codes.filter((code) => !sources.includes(`'${code}'`))).toEqual([]);
  });

  it.each(ACTIONS)('%s shows a use with every required input', (action) => {
    const required = Object.entries(declared(action).inputs).filter(([, input]) => input.required);
    const [step] = read(`actions/${action}/README.md`).split(`sensor-warehouse/actions/${action}@COMMIT`).slice(1);
    const use = step!.split(/- uses|```/)[0]!;
    expect(required.filter(([name]) => !use.includes(`${name}: `))).toEqual([]);
  });
});
