import { type Complain, refuseRepeats } from './seed-findings';
import type { SeedRow } from './seed-table';

export type QualityCheck =
  | 'row_count'
  | 'null_share'
  | 'conflicting_keys'
  | 'future_readings'
  | 'frozen_share'
  /** Days between the newest reading of a source and the run. */
  | 'stale_days'
  /** Hours between the last reading of a series and the newest one of its source. */
  | 'silent_hours';

export interface Threshold {
  readonly warn: number | undefined;
  readonly error: number | undefined;
}

const NO_THRESHOLD: Threshold = { warn: undefined, error: undefined };

/** The threshold of a datasource for a check: its own, or that of all, or none. */
export type Thresholds = (datasource: string, check: QualityCheck) => Threshold;

export function thresholdsOf(rows: readonly SeedRow[], complain: Complain): Thresholds {
  refuseRepeats(rows, ['datasource_id', 'check'], 'quality_thresholds', complain);
  const number = (field: string | number | undefined) => (field === '' ? undefined : Number(field));
  const thresholds = new Map(
    rows.map((row) => [`${row.datasource_id}/${row.check}`, { warn: number(row.warn), error: number(row.error) }]),
  );
  return (datasource, check) =>
    thresholds.get(`${datasource}/${check}`) ?? thresholds.get(`*/${check}`) ?? NO_THRESHOLD;
}
