import { FAILURES } from '@sensor-warehouse/model/findings/failure-codes';
import { FINDINGS } from '@sensor-warehouse/model/findings/finding-codes';
import { describe, expect, it } from 'vitest';
import { ACTIONS, read } from '../support/repository-files';
import { reportedCodes } from './codes';

const REPORTED = reportedCodes();
const LISTED = Object.values(FINDINGS).flatMap((section) => Object.keys(section));

/** Code → classes, as `config or remote-temporary`. */
function endings(): Record<string, string> {
  const classes = new Map<string, Set<string>>();
  for (const one of REPORTED)
    for (const name of one.classes) classes.set(one.code, (classes.get(one.code) ?? new Set()).add(name));
  // The first finding that is an error gives a failure of transform its code.
  for (const { code } of REPORTED)
    if (/^dbt-(model|test|seed)$/.test(code)) classes.set(code, new Set(classesOf('dbt-failed')));
  return Object.fromEntries([...classes].map(([code, names]) => [code, [...names].sort().join(' or ')]));
}

const classesOf = (code: string) => REPORTED.filter((one) => one.code === code).flatMap((one) => one.classes);
const sorted = (codes: Iterable<string>) => [...new Set(codes)].sort();

describe('the table of failures', () => {
  it('has every failure that the sources report, and no other, with its classes', () => {
    const listed = Object.entries(FAILURES).map(([code, { classes }]) => [code, [...classes].sort().join(' or ')]);
    expect(Object.fromEntries(listed)).toEqual(endings());
  });
});

describe('the table of findings', () => {
  it('has every finding that the sources report, and no other, once', () => {
    const alsoFailures = ['dbt-model', 'dbt-test', 'dbt-seed', 'seed-error'];
    const reported = REPORTED.filter(({ code, classes }) => classes.length === 0 && !alsoFailures.includes(code));
    expect([...LISTED].sort()).toEqual(sorted(reported.map(({ code }) => code)));
  });
});

describe('the page of failures', () => {
  it.each(ACTIONS)('is what the README of %s sends its reader to', (action) => {
    expect(read(`actions/${action}/README.md`)).toContain('[docs/failures.md](../../docs/failures.md)');
  });
});
