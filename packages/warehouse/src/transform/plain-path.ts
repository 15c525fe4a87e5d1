import { Failure } from '@sensor-warehouse/model/findings/failure';
import { printable } from '@sensor-warehouse/model/findings/finding';

/** Characters that dbt-duckdb takes for a pattern, a template, a function or the end of a path, anywhere in a path. */
const TAKEN_APART = /['(){}[\]*?#\\]/;

/** @throws Failure (config) if dbt could not find its landing and its database by the path of the work folder */
export function requirePlainPath(work: string): void {
  const found = TAKEN_APART.exec(work)?.[0];
  if (found === undefined) return;
  throw new Failure({
    stage: 'transform',
    what: 'dbt cannot work in this work folder',
    where: printable(work),
    found: `the character ${found} in its path`,
    expected: `a path without ' ( ) { } [ ] * ? # \\`,
    fix: 'choose another work folder; a temporary one is created in TMPDIR',
    class: 'config',
    code: 'work-folder',
  });
}
