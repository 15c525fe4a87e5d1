import type { Datasource } from './datasources';
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

export const NO_THRESHOLD: Threshold = { warn: undefined, error: undefined };

/** The threshold of a datasource for a check: its own, or that of all, or its default, or none. */
export type Thresholds = (datasource: string, check: QualityCheck) => Threshold;

/** Days after which an API that is asked each night and gives nothing new is dead, beside the length of what it is asked for. */
const STALE_DAYS_OF_API = 3;

/** Uploads come when somebody has time for them, so of files nothing is expected by default. */
export function defaultThreshold({ type, api }: Pick<Datasource, 'type' | 'api'>, check: QualityCheck): Threshold {
  if (type !== 'api' || check !== 'stale_days') return NO_THRESHOLD;
  return { warn: undefined, error: STALE_DAYS_OF_API + Math.ceil((api.window?.hours ?? 0) / 24) };
}

/** @param defaultOf what holds without a row; a row with two empty fields looks at nothing */
export function thresholdsOf(rows: readonly SeedRow[], defaultOf: Thresholds, complain: Complain): Thresholds {
  refuseRepeats(rows, ['datasource_id', 'check'], 'quality_thresholds', complain);
  const number = (field: string | number | undefined) => (field === '' ? undefined : Number(field));
  const thresholds = new Map(
    rows.map((row) => [`${row.datasource_id}/${row.check}`, { warn: number(row.warn), error: number(row.error) }]),
  );
  return (datasource, check) =>
    thresholds.get(`${datasource}/${check}`) ?? thresholds.get(`*/${check}`) ?? defaultOf(datasource, check);
}
