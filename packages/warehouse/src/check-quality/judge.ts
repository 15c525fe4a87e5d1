import type { Datasource, QualityCheck, Threshold } from '@sensor-warehouse/model/seeds/configuration';

export interface QualityResult {
  readonly datasource: string;
  readonly check: QualityCheck;
  readonly measured: number;
  readonly warn: number | undefined;
  readonly error: number | undefined;
  readonly verdict: 'passed' | 'warned' | 'failed';
}

/** A row count may be too low; every other measure may be too high. */
export function judge(
  datasource: Datasource,
  check: QualityCheck,
  measured: number,
  { warn, error }: Threshold,
): QualityResult {
  const beyond = (limit: number | undefined) =>
    limit !== undefined && (check === 'row_count' ? measured < limit : measured > limit);
  const verdict = beyond(error) ? 'failed' : beyond(warn) ? 'warned' : 'passed';
  return { datasource: datasource.id, check, measured, warn, error, verdict };
}
