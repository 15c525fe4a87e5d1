import type { Finding } from '@sensor-warehouse/model/findings/finding';
import { type Problem, type RejectedRow, UnreadableFile } from './report/report';
import type { Row } from './text/rows';

/** The rows of a file that are quarantined, and why: one problem for each cause, with how often it occurs. */
export interface Rejections {
  reject(row: Row, problem: Problem): void;
  /** Quarantines a row that does not count towards the reject_limit. */
  excuse(row: Row, problem: Problem): void;
  /** Rows that count towards the limit. */
  readonly counted: number;
  readonly excused: number;
  readonly rows: readonly RejectedRow[];
  /** Warnings, or, if the counted rows refuse the whole file, errors with the reason in `refusal`. */
  findings(base: Pick<Finding, 'datasource' | 'file'>, refusal?: string): Finding[];
}

/** Any more are reported as one. */
const MOST_PROBLEMS = 100;
/** More excused rows than this mean a stopped clock, not a night in spring. */
const MOST_EXCUSED = 100_000;

export function collectRejections(limit: number): Rejections {
  const rows: RejectedRow[] = [];
  const problems = new Map<string, { readonly problem: Problem; readonly excused: boolean; count: number }>();
  let counted = 0;
  let excusedRows = 0;
  const note = (row: Row, problem: Problem, excused: boolean) => {
    const key = `${problem.code}/${problem.column ?? ''}`;
    // One kind may need several fixes, such as names to declare.
    const own = problems.size < MOST_PROBLEMS ? `${key}/${problem.message}` : key;
    const known = problems.get(own);
    if (known === undefined) problems.set(own, { problem: { ...problem, line: row.line }, excused, count: 1 });
    else known.count++;
    // Above the limit the whole file is quarantined, and no row is kept twice.
    if (counted > limit) rows.length = 0;
    else rows.push({ line: row.line, lastLine: row.line + row.linesInside, code: problem.code });
  };
  return {
    rows,
    get counted() {
      return counted;
    },
    get excused() {
      return excusedRows;
    },
    reject(row, problem) {
      counted++;
      note(row, problem, false);
    },
    excuse(row, problem) {
      excusedRows++;
      note(row, problem, true);
      if (excusedRows > MOST_EXCUSED) throw new UnreadableFile({ ...problem, line: row.line });
    },
    findings: (base, refusal) =>
      [...problems.values()].map(({ problem, excused, count }): Finding => {
        if (refusal === undefined || excused) return { ...base, severity: 'warning', count, ...problem };
        return { ...base, severity: 'error', count, ...problem, message: `${problem.message} (${refusal})` };
      }),
  };
}
