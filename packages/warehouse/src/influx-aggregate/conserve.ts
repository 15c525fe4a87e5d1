import { requireConservation } from '../run/run-record';

export interface MergedCounts {
  /** What manifests say that was handed over. */
  readonly facts: number;
  readonly added: number;
  readonly replaced: number;
  readonly repeated: number;
  readonly discarded: number;
}

/**
 * Each fact that is consumed gave a key, replaced or repeated the value of one, or was discarded by a person.
 * @returns the equation
 * @throws Failure (bug) otherwise
 */
export function requireEveryFactMerged({ facts, added, replaced, repeated, discarded }: MergedCounts): string {
  const left = discarded === 0 ? '' : ` + discarded ${discarded}`;
  const equation = `facts ${facts} = new keys ${added} + replaced ${replaced} + repeated ${repeated}${left}`;
  requireConservation('influx-aggregate', equation, facts, added + replaced + repeated + discarded);
  return equation;
}
