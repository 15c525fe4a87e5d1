import { quoted } from '../findings/finding';
import { readInstant } from '../time/instant-text';
import { requireDataKey } from './data-keys';
import { requirePublicName } from './public-names';
import type { Complain } from './seed-findings';
import type { Named, SeedRow } from './seed-table';

/** Readings that are known to be wrong: kept, flagged, and in no aggregate. */
export interface Exclusion {
  readonly datasource: string;
  readonly location: string;
  readonly dataKey: string;
  /** Half-open, in milliseconds. */
  readonly from: number;
  readonly to: number;
  readonly reason: string;
}

export function exclusionsOf(
  rows: readonly SeedRow[],
  declared: Named,
  listed: Named,
  complain: Complain,
): Exclusion[] {
  return rows.map((row) => {
    requirePublicName(String(row.location), listed, 'exclusions', row.line, complain);
    requireDataKey(String(row.data_key), declared, 'exclusions', row.line, complain);
    const from = row.from === '' ? Number.NEGATIVE_INFINITY : readInstant(String(row.from));
    const to = row.to === '' ? Number.POSITIVE_INFINITY : readInstant(String(row.to));
    if (!(from < to)) {
      complain({
        seed: 'exclusions',
        line: row.line,
        column: 'to',
        found: quoted(String(row.to)),
        expected: `a time after from, ${row.from}`,
        message: 'the exclusion covers no time',
        fix: 'swap or correct the two times',
      });
    }
    return {
      datasource: String(row.datasource_id),
      location: String(row.location),
      dataKey: String(row.data_key),
      from,
      to,
      reason: String(row.reason),
    };
  });
}
