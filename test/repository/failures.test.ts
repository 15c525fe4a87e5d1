import { describe, expect, it } from 'vitest';
import { reportedCodes } from './codes';
import { ACTIONS, read } from './files';

const [failures, findings] = read('docs/failures.md').split('## Findings') as [string, string];
const REPORTED = reportedCodes();

/** Code → classes, as `config or remote-temporary`. */
function endings(): Map<string, string> {
  const classes = new Map<string, Set<string>>();
  for (const one of REPORTED)
    for (const name of one.classes) classes.set(one.code, (classes.get(one.code) ?? new Set()).add(name));
  // The first finding that is an error gives a failure of transform its code.
  for (const { code } of REPORTED)
    if (/^dbt-(model|test|seed)$/.test(code)) classes.set(code, new Set(classesOf('dbt-failed')));
  return new Map([...classes].map(([code, names]) => [code, [...names].sort().join(' or ')]));
}

const classesOf = (code: string) => REPORTED.filter((one) => one.code === code).flatMap((one) => one.classes);
const sorted = (codes: Iterable<string>) => [...new Set(codes)].sort();

describe('the page of failures', () => {
  it('names every failure that the sources have, and no other, with its class', () => {
    const rows = [...failures.matchAll(/^\| `([a-z-]+)` +\| (`[^|]+`) +\| /gm)];
    const written = new Map(rows.map(([, code, names]) => [code!, names!.replaceAll('`', '').trim()]));
    expect(rows.length).toBe(written.size);
    expect(Object.fromEntries(written)).toEqual(Object.fromEntries(endings()));
  });

  it('names every finding that the sources have, and no other, once', () => {
    const written = [...findings.matchAll(/^\| `([a-z-]+)` +\| /gm)].map((row) => row[1]!);
    const alsoFailures = ['dbt-model', 'dbt-test', 'dbt-seed', 'seed-error'];
    const reported = REPORTED.filter(({ code, classes }) => classes.length === 0 && !alsoFailures.includes(code));
    expect([...written].sort()).toEqual(sorted(reported.map(({ code }) => code)));
  });

  it.each(ACTIONS)('is what the README of %s sends its reader to', (action) => {
    expect(read(`actions/${action}/README.md`)).toContain('[docs/failures.md](../../docs/failures.md)');
  });
});
