import { type Finding, quoted } from '@sensor-warehouse/model/findings/finding';
import {
  isMap,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';
import { modelFinding } from './model-finding';
import { projectFiles } from './project-files';
import { referencesInField } from './references';

type Known = (name: string) => boolean;

/**
 * dbt's YAML about models that do not exist: it stops at a unit test of one, and leaves descriptions and tests of one out.
 * A file that is not YAML is dbt's to refuse.
 * @param unbuilt models whose unit tests dbt leaves out
 */
export async function propertyFindings(
  project: string,
  unbuilt: ReadonlySet<string>,
  isKnown: Known,
): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const { path, text } of await projectFiles(project, 'models', ['.yml', '.yaml'])) {
    const lines = new LineCounter();
    const document = parseDocument(text, { lineCounter: lines });
    if (document.errors.length > 0 || !isMap(document.contents)) continue;
    const lineOf = (place: number) => lines.linePos(place).line;
    findings.push(
      ...unitTestFindings(path, document.contents, (model) => unbuilt.has(model), isKnown, lineOf),
      ...describedFindings(path, document.contents, isKnown, lineOf),
    );
  }
  return findings;
}

function unitTestFindings(
  path: string,
  contents: YAMLMap,
  isLeftOut: Known,
  isKnown: Known,
  lineOf: (place: number) => number,
): Finding[] {
  const tests = itemsOf(contents, 'unit_tests');
  const broken = tests
    .map((test) => ({
      test,
      missing: isLeftOut(String(test.get('model'))) ? [] : namesIn(test).filter((name) => !isKnown(name)),
    }))
    .filter(({ missing }) => missing.length > 0);
  // A list that is left without an item stops dbt, too.
  const whole = broken.length === tests.length ? keyOf(contents, 'unit_tests') : undefined;
  return broken.map(({ test, missing }, at) => {
    const first = lineOf(at === 0 && whole !== undefined ? whole.range![0] : test.range![0]);
    const last = lineOf(Math.max(test.range![0], test.range![1] - 1));
    return modelFinding({
      code: 'model-missing',
      file: path,
      line: lineOf(test.range![0]),
      found: missing.map(quoted).join(', '),
      expected: 'the name of a model or a seed',
      message: `the unit test ${quoted(String(test.get('name') ?? ''))} needs a model that does not exist`,
      fix: `remove the lines ${first} to ${last}, or write the model ${missing.join(' and ')}`,
    });
  });
}

/** The models that a unit test names: the one that it tests, and those whose rows it gives. */
function namesIn(test: YAMLMap): string[] {
  const given = test.get('given');
  const inputs = isSeq(given) ? given.items.map((one) => (isMap(one) ? one.get('input') : undefined)) : [];
  const model = test.get('model');
  return [
    ...(typeof model === 'string' ? [model] : []),
    ...inputs.flatMap((input) => (typeof input === 'string' ? referencesInField(input) : [])),
  ];
}

function describedFindings(
  path: string,
  contents: YAMLMap,
  isKnown: Known,
  lineOf: (place: number) => number,
): Finding[] {
  return itemsOf(contents, 'models').flatMap((model) => {
    const name = model.get('name');
    if (typeof name !== 'string' || isKnown(name)) return [];
    return [
      modelFinding({
        code: 'model-missing',
        file: path,
        severity: 'warning',
        line: lineOf(model.range![0]),
        found: quoted(name),
        expected: 'the name of a model',
        message: 'a description names a model that does not exist; its tests are left out',
        fix: 'correct the name, or remove the description',
      }),
    ];
  });
}

function itemsOf(contents: YAMLMap, key: string): YAMLMap[] {
  const list = contents.get(key) as YAMLSeq | undefined;
  return isSeq(list) ? list.items.filter((item): item is YAMLMap => isMap(item)) : [];
}

function keyOf(contents: YAMLMap, key: string): Node | undefined {
  const pair = contents.items.find((one) => isPair(one) && isScalar(one.key) && one.key.value === key);
  return pair?.key as Node | undefined;
}
