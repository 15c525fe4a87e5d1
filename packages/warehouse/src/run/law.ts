import { Failure } from '@sensor-warehouse/model/findings/failure';

/** A conservation law with its numbers: both sides, each counted by itself. */
export interface Law {
  /** Such as `lines 52542 = landed 52542 + quarantined 0`. */
  readonly equation: string;
  readonly left: number;
  readonly right: number;
}

/** The laws of a stage; the last one sums up what the stage did. */
export type Laws = readonly [...Law[], Law];

/** @throws Failure (bug) if the two sides differ: then rows were lost or invented. */
export function requireConservation(stage: string, { equation, left, right }: Law): void {
  if (left === right) return;
  throw new Failure({
    stage,
    what: `rows were lost or invented: ${equation}`,
    found: `a difference of ${left - right}`,
    expected: 'both sides equal',
    fix: 'find the rows in the work folder before you run anything else',
    class: 'bug',
    code: 'conservation-violated',
  });
}
