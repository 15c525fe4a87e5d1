import { resolve, sep } from 'node:path';
import { Failure } from '@sensor-warehouse/model/findings/failure';
import { printable } from '@sensor-warehouse/model/findings/finding';

/**
 * A path in the work folder. Whatever the parts are made of, what a run writes and removes is in there.
 * @throws Failure (bug) if the parts lead out of it
 */
export function inWork(work: string, ...parts: readonly string[]): string {
  const base = resolve(work);
  const path = resolve(base, ...parts);
  const below = base.endsWith(sep) ? base : base + sep;
  const isBelow = path === base || path.startsWith(below);
  if (isBelow && !parts.some((part) => part.includes('\u0000') || part.split(/[/\\]/).includes('..'))) return path;
  throw new Failure({
    stage: 'work folder',
    what: 'a path leads out of the work folder',
    where: printable(parts.join('/')),
    expected: `a path below ${printable(base)}`,
    consequence: 'nothing was written there',
    fix: 'report it with run.json',
    class: 'bug',
    code: 'work-folder-left',
  });
}
