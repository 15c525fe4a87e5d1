import { quoted } from '../findings/finding';
import { type Complain, refuseRepeats } from './seed-findings';
import type { SeedRow } from './seed-table';

/** Limits of a release; a missing one does not apply. */
export interface ReleaseLimits {
  /** Share of the hours that were published before, 0 to 1. */
  readonly rowsRemoved?: number;
  /** Share of the hours that were published before, 0 to 1. */
  readonly rowsChanged?: number;
  /** Months that have no hour any more. */
  readonly monthsGone?: number;
  /** Locations that have no hour any more. */
  readonly locationsGone?: number;
}

/** As the seed names it; a share is at most 1, a count is a whole number. */
const SETTINGS: Readonly<Record<string, { readonly key: keyof ReleaseLimits; readonly kind: 'share' | 'count' }>> = {
  rows_removed: { key: 'rowsRemoved', kind: 'share' },
  rows_changed: { key: 'rowsChanged', kind: 'share' },
  months_gone: { key: 'monthsGone', kind: 'count' },
  locations_gone: { key: 'locationsGone', kind: 'count' },
};

const EXPECTED = { share: 'a share from 0 to 1, such as 0.05', count: 'a whole number such as 0' };

/** The limits of `seeds/release_limits.csv`. */
export function releaseLimitsOf(rows: readonly SeedRow[], complain: Complain): ReleaseLimits {
  refuseRepeats(rows, ['limit'], 'release_limits', complain);
  const limits: { -readonly [Limit in keyof ReleaseLimits]: number } = {};
  for (const { line, limit, value } of rows) {
    const setting = SETTINGS[String(limit)];
    if (setting === undefined) continue;
    const number = Number(value);
    if (setting.kind === 'share' ? number >= 0 && number <= 1 : Number.isSafeInteger(number) && number >= 0)
      limits[setting.key] = number;
    else
      complain({
        seed: 'release_limits',
        line,
        column: 'value',
        found: quoted(String(value)),
        expected: EXPECTED[setting.kind],
        message: `this is not a valid limit of ${limit}`,
        fix: `write ${EXPECTED[setting.kind]}, or leave the row out`,
      });
  }
  return limits;
}
