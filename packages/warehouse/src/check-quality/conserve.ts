import { requireConservation } from '../run/run-record';

export interface CheckedCounts {
  /** What manifests say that was handed over and not discarded. */
  readonly facts: number;
  /** Rows that were read from files of facts. */
  readonly checked: number;
  readonly discarded: number;
}

/**
 * Each fact that waits was read, or discarded by a person.
 * @returns the equation
 * @throws Failure (bug) otherwise
 */
export function requireEveryFactChecked({ facts, checked, discarded }: CheckedCounts): string {
  const left = discarded === 0 ? '' : ` + discarded ${discarded}`;
  const equation = `facts ${facts + discarded} = facts checked ${checked}${left}`;
  requireConservation('check-quality', equation, facts, checked);
  return equation;
}
