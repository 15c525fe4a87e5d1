import ts from 'typescript';
import { expect, it } from 'vitest';
import { BROKEN } from '../support/broken-laws';
import { FILES, read } from '../support/repository-files';

const LAW = 'requireConservation';

/** The module and the function of each call, of every package. */
function lawsOf(path: string): string[] {
  const file = ts.createSourceFile(path, read(path), ts.ScriptTarget.ES2022, true);
  const laws: string[] = [];
  const visit = (at: ts.Node): void => {
    if (ts.isCallExpression(at) && at.expression.getText() === LAW) {
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
  const laws = sources.filter((path) => read(path).includes(LAW)).flatMap(lawsOf);
  expect(laws.length).toBeGreaterThan(10);
  expect(laws.sort()).toEqual(Object.keys(BROKEN).sort());
});
