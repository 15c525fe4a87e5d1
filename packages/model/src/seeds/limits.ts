import { quoted } from '../findings/finding';
import { type Complain, refuseRepeats } from './seed-findings';
import type { SeedRow } from './seed-table';

/** Limits of one export: anything larger is an accident or an attack. */
export interface Limits {
  /** Bytes of its text, unpacked. */
  readonly bytes: number;
  readonly rows: number;
  readonly columns: number;
  /** Bytes of a row. They are all held in memory, as those of no larger piece are. */
  readonly rowBytes: number;
  /** Different findings that are reported about it. */
  readonly findings: number;
}

export const DEFAULT_LIMITS: Limits = {
  bytes: 4 * 2 ** 30,
  rows: 100_000_000,
  columns: 4096,
  rowBytes: 2 ** 20,
  findings: 200,
};

/** As the seed names it, and the largest that the reader can keep to: lines are numbered in 31 bits. */
const SETTINGS: Readonly<Record<string, { readonly key: keyof Limits; readonly most: number }>> = {
  bytes: { key: 'bytes', most: 2 ** 50 },
  rows: { key: 'rows', most: 2_000_000_000 },
  columns: { key: 'columns', most: 65_536 },
  row_bytes: { key: 'rowBytes', most: 2 ** 28 },
  findings: { key: 'findings', most: 10_000 },
};

/** The limits of `seeds/limits.csv`; what it leaves out has its default. */
export function limitsOf(rows: readonly SeedRow[], complain: Complain): Limits {
  refuseRepeats(rows, ['limit'], 'limits', complain);
  const limits = { ...DEFAULT_LIMITS };
  for (const { line, limit, value } of rows) {
    const setting = SETTINGS[String(limit)];
    if (setting === undefined) continue;
    const number = Number(value);
    if (number >= 1 && number <= setting.most) limits[setting.key] = number;
    else
      complain({
        seed: 'limits',
        line,
        column: 'value',
        found: quoted(String(value)),
        expected: `1 to ${setting.most}`,
        message: `this is not a valid limit of ${limit}`,
        fix: `write a number up to ${setting.most}, or leave the row out`,
      });
  }
  return limits;
}
