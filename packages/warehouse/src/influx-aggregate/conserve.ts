import type { Law } from '../run/law';

export interface MergedCounts {
  /** Facts handed over, according to the manifests. */
  readonly facts: number;
  readonly added: number;
  readonly replaced: number;
  readonly repeated: number;
  readonly discarded: number;
}

/** Each fact that is consumed gave a key, replaced or repeated the value of one, or was discarded by a person. */
export function everyFactMerged({ facts, added, replaced, repeated, discarded }: MergedCounts): Law {
  const left = discarded === 0 ? '' : ` + discarded ${discarded}`;
  const equation = `facts ${facts} = new keys ${added} + replaced ${replaced} + repeated ${repeated}${left}`;
  return { equation, left: facts, right: added + replaced + repeated + discarded };
}
