import type { Problem } from '../report/report';

/** A problem of all rows, and how many show it. */
export interface Cause {
  readonly problem: Problem;
  readonly count: number;
}

/** The fewest rows that must show a change. */
export const LEAST_ROWS = 3;
/** A change must be in this share of the rows. */
export const ALMOST_ALL = 0.9;
