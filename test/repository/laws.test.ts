import ts from 'typescript';
import { expect, it } from 'vitest';
import { BROKEN } from '../support/broken-laws';
import { FILES, read } from '../support/repository-files';

/** An object that states a law: the equation, and both sides of it. */
const isLaw = (at: ts.Node) =>
  ts.isObjectLiteralExpression(at) &&
  ['equation', 'left', 'right'].every((side) => at.properties.some((one) => one.name?.getText() === side));

/** The module and the function of each law, of every package. */
function lawsOf(path: string): string[] {
  const file = ts.createSourceFile(path, read(path), ts.ScriptTarget.ES2022, true);
  const laws: string[] = [];
  const visit = (at: ts.Node): void => {
    if (isLaw(at)) {
      const holder = ts.findAncestor(at, ts.isFunctionDeclaration)?.name?.text ?? 'no function';
      laws.push(`${path.replace(/^packages\/[^/]+\/src\/|\.ts$/g, '')} ${holder}`);
    }
    at.forEachChild(visit);
  };
  visit(file);
  return laws;
}

it('breaks every conservation law in a test: one that cannot fail proves nothing', () => {
  const sources = FILES.filter((path) => /^(packages|actions)\/[^/]+\/src\/.*\.ts$/.test(path));
  const laws = sources.filter((path) => /\bequation\b/.test(read(path))).flatMap(lawsOf);
  expect(laws.length).toBeGreaterThan(10);
  expect(laws.sort()).toEqual(Object.keys(BROKEN).sort());
});
