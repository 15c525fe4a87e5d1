// The tables of docs/failures.md, written from the codes in packages/model/src/findings.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { cell, table } from './markdown-table.mjs';
import { root } from './setup.mjs';

const PAGE = 'docs/failures.md';
const END = '<!-- /table -->';
const begin = (name) => `<!-- table: ${name}, written by \`npm run readmes\` -->`;

/** The constant of a TypeScript module that imports nothing but types. */
async function constantIn(path, name) {
  const { outputText } = ts.transpileModule(readFileSync(join(root, path), 'utf8'), {
    compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 },
  });
  const module = await import(`data:text/javascript;base64,${Buffer.from(outputText).toString('base64')}`);
  return module[name];
}

/** Name of a table → the table. */
export async function tables() {
  const failures = await constantIn('packages/model/src/findings/failure-codes.ts', 'FAILURES');
  const findings = await constantIn('packages/model/src/findings/finding-codes.ts', 'FINDINGS');
  const ofFailures = Object.entries(failures).map(([code, { classes, happened, fix }]) => [
    `\`${code}\``,
    classes.map((one) => `\`${one}\``).join(' or '),
    cell(happened),
    cell(fix),
  ]);
  return new Map([
    ['failures', table(['code', 'class', 'what happened', 'what to do'], ofFailures)],
    ...Object.entries(findings).map(([section, codes]) => [
      section,
      table(
        ['code', 'what happened', 'what to do'],
        Object.entries(codes).map(([code, { happened, fix }]) => [`\`${code}\``, cell(happened), cell(fix)]),
      ),
    ]),
  ]);
}

/** The page with its tables as the codes say. */
export function withTables(page, written) {
  let text = page;
  for (const [name, its] of written) {
    const [before, rest, ...more] = text.split(begin(name));
    const at = rest?.indexOf(END) ?? -1;
    if (at < 0 || more.length > 0) throw new Error(`${PAGE} must hold once: ${begin(name)} … ${END}`);
    text = `${before}${begin(name)}\n\n${its}\n\n${rest.slice(at)}`;
  }
  return text;
}

/** Writes the page, or says that it has to be. Returns how many pages are wrong. */
export async function writeFailures(check) {
  const path = join(root, PAGE);
  const page = readFileSync(path, 'utf8');
  const right = withTables(page, await tables());
  if (page === right) return 0;
  if (check) {
    console.error(`${PAGE} is not what the codes say; fix: npm run readmes`);
    return 1;
  }
  writeFileSync(path, right);
  console.log(`${PAGE} written`);
  return 0;
}
