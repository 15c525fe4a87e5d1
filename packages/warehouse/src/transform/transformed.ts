import type { Finding } from '@sensor-warehouse/model/findings/finding';
import type { FactSeries } from '../layout/facts-manifest';
import type { HandOver } from '../run/hand-over';

export interface Transformed {
  readonly facts: { readonly path: string; readonly sha256: string; readonly bytes: number; readonly rows: number };
  /** The series of the facts, in the order of the file. */
  readonly series: readonly FactSeries[];
  /** Readings that are not facts, by upload: its datasource and name. */
  readonly rejected: readonly { readonly datasource: string; readonly file: string; readonly readings: number }[];
  readonly findings: readonly Finding[];
}

export const TRANSFORMED: HandOver<Transformed> = { file: 'transformed.json', by: 'transform' };
