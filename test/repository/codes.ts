import { dirname, join } from 'node:path';
import ts from 'typescript';
import { FILES, read } from '../support/repository-files';

/** A code that the sources can report: with classes it ends a run, without one it is a finding. */
export interface ReportedCode {
  readonly code: string;
  readonly classes: readonly string[];
}

/** Schemas say what a code looks like, and report none. */
const SCHEMAS = 'packages/warehouse/src/layout/schemas.ts';
const SOURCES = FILES.filter((path) => /^(packages|actions)\/[^/]+\/src\/.*\.ts$/.test(path) && path !== SCHEMAS);

/** Codes that are not written as a text beside `code:`, under the expression that stands there, or how it begins. */
const WRITTEN_ELSEWHERE: Readonly<Record<string, () => readonly string[]>> = {
  'row.fault': () => literalsOf('packages/intake/src/text/rows.ts', /type RowFault = ([^;]+);/),
  reason: () => [
    ...literalsOf('models/2_marts/rejected_readings.sql', /case([\s\S]*?)end as reason/),
    ...literalsOf('packages/warehouse/src/transform/rejected.ts', /const REASONS([\s\S]*?)\n\};/),
  ],
};

function literalsOf(path: string, part: RegExp): string[] {
  const found = part.exec(read(path));
  if (found === null) throw new Error(`${path} does not hold ${part}`);
  return [...found[1]!.matchAll(/'([a-z]+(?:-[a-z]+)+)'/g)].map((match) => match[1]!);
}

/** Every code that a Failure or a Finding of the sources can carry. */
export function reportedCodes(): ReportedCode[] {
  return SOURCES.flatMap((path) => {
    const file = ts.createSourceFile(path, read(path), ts.ScriptTarget.ES2022, true);
    const codes: ReportedCode[] = [];
    const visit = (at: ts.Node): void => {
      if (ts.isObjectLiteralExpression(at)) {
        const classes = propertyOf(at, 'class');
        const named = propertyOf(at, 'code');
        for (const [code, its] of pairs(named, classes))
          codes.push(...textsOf(code, file).map((text) => ({ code: text, classes: its ? textsOf(its, file) : [] })));
      }
      at.forEachChild(visit);
    };
    visit(file);
    return codes;
  });
}

/** A code and its classes; two of each where one question decides both. */
function pairs(code: ts.Expression | undefined, classes: ts.Expression | undefined) {
  if (code === undefined) return [];
  const both = classes && ts.isConditionalExpression(code) && ts.isConditionalExpression(classes);
  if (!both || code.condition.getText() !== classes.condition.getText()) return [[code, classes] as const];
  return [[code.whenTrue, classes.whenTrue] as const, [code.whenFalse, classes.whenFalse] as const];
}

/** The value of a property; for `{ code }` its name. */
function propertyOf(object: ts.ObjectLiteralExpression, name: string): ts.Expression | undefined {
  const property = object.properties.find((one) => one.name?.getText() === name);
  if (property === undefined) return undefined;
  if (ts.isPropertyAssignment(property)) return property.initializer;
  return ts.isShorthandPropertyAssignment(property) ? property.name : undefined;
}

/** The texts that an expression can be; none if it passes on what another place of the sources wrote. */
function textsOf(value: ts.Expression, file: ts.SourceFile): readonly string[] {
  if (ts.isStringLiteral(value)) return [value.text];
  if (ts.isNumericLiteral(value)) return [];
  if (ts.isParenthesizedExpression(value)) return textsOf(value.expression, file);
  if (ts.isConditionalExpression(value)) return [...textsOf(value.whenTrue, file), ...textsOf(value.whenFalse, file)];
  if (ts.isBinaryExpression(value)) return textsOf(value.right, file);
  if (ts.isPropertyAccessExpression(value) && ['code', 'class'].includes(value.name.text)) return [];
  const elsewhere = WRITTEN_ELSEWHERE[ts.isTemplateExpression(value) ? value.head.text : value.getText()];
  if (elsewhere !== undefined) return elsewhere();
  const texts = ts.isIdentifier(value) ? (constantOf(value.text, file) ?? argumentsFor(value)) : undefined;
  if (texts !== undefined) return texts;
  throw new Error(`${file.fileName}: it cannot be seen which codes \`${value.getText()}\` can be`);
}

function constantOf(name: string, file: ts.SourceFile): readonly string[] | undefined {
  for (const statement of file.statements.filter(ts.isVariableStatement))
    for (const { name: declared, initializer } of statement.declarationList.declarations)
      if (declared.getText() === name && initializer !== undefined) return textsOf(initializer, file);
  const from = file.statements.filter(ts.isImportDeclaration).find(({ importClause }) => {
    const bindings = importClause?.namedBindings;
    return bindings && ts.isNamedImports(bindings) && bindings.elements.some((one) => one.name.text === name);
  });
  const module = from && ts.isStringLiteral(from.moduleSpecifier) ? from.moduleSpecifier.text : '';
  if (!module.startsWith('.')) return undefined;
  const path = `${join(dirname(file.fileName), module)}.ts`;
  return constantOf(name, ts.createSourceFile(path, read(path), ts.ScriptTarget.ES2022, true));
}

/** What the calls of the function around it give for its parameter of this name. */
function argumentsFor(value: ts.Identifier): readonly string[] | undefined {
  const around = ts.findAncestor(value, ts.isFunctionLike);
  const position = around?.parameters.findIndex((one) => one.name.getText() === value.text) ?? -1;
  if (around === undefined || position < 0) return undefined;
  const name = (around.name ?? (around.parent as ts.VariableDeclaration).name).getText();
  const file = value.getSourceFile();
  const texts: string[] = [];
  const visit = (at: ts.Node): void => {
    if (ts.isCallExpression(at) && at.expression.getText() === name)
      texts.push(...textsOf(at.arguments[position]!, file));
    at.forEachChild(visit);
  };
  visit(file);
  return texts;
}
