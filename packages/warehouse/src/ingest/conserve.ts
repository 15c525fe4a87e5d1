import type { Law } from '../run/law';

/** Counts of the files that a remote lists in an upload folder, by outcome. */
export interface UploadCounts {
  readonly listed: number;
  /** Read by this run. */
  readonly fresh: number;
  /** Handed over by an earlier run. */
  readonly seen: number;
  /** Left where they are, because of their names or places. */
  readonly aside: number;
  /** Not taken although a pattern matches them; each has a finding. */
  readonly untaken: number;
}

/** Each listed file is in exactly one of the parts; for one datasource, or for all if none is given. */
export function everyUpload({ listed, fresh, seen, aside, untaken }: UploadCounts, datasource?: string): Law {
  const some = (name: string, count: number) => (count === 0 ? '' : ` + ${name} ${count}`);
  const parts = `new ${fresh} + seen ${seen}${some('left alone', aside)}${some('not taken', untaken)}`;
  const equation = `${datasource === undefined ? '' : `${datasource}: `}files listed ${listed} = ${parts}`;
  return { equation, left: listed, right: fresh + seen + aside + untaken };
}

export function sumOf(counts: readonly UploadCounts[]): UploadCounts {
  const sum = (pick: (one: UploadCounts) => number) => counts.reduce((total, one) => total + pick(one), 0);
  return {
    listed: sum(({ listed }) => listed),
    fresh: sum(({ fresh }) => fresh),
    seen: sum(({ seen }) => seen),
    aside: sum(({ aside }) => aside),
    untaken: sum(({ untaken }) => untaken),
  };
}
