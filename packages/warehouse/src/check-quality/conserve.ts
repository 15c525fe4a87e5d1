import type { Law } from '../run/law';

export interface CheckedCounts {
  /** Facts handed over and not discarded, according to the manifests. */
  readonly facts: number;
  /** Rows that were read from files of facts. */
  readonly checked: number;
  readonly discarded: number;
}

/** Each fact that waits was read, or discarded by a person. */
export function everyFactChecked({ facts, checked, discarded }: CheckedCounts): Law {
  const left = discarded === 0 ? '' : ` + discarded ${discarded}`;
  const equation = `facts ${facts + discarded} = facts checked ${checked}${left}`;
  return { equation, left: facts, right: checked };
}
