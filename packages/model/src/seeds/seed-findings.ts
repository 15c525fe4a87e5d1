import type { Finding } from '../findings/finding';
import { quoted } from '../findings/finding';
import type { Named, SeedRow } from './seed-table';

/** One mistake in a seed. Every seed's mistakes are collected, so that one look corrects all. */
export interface Mistake {
  /** The seed's name, without folder and `.csv`. */
  readonly seed: string;
  readonly line?: number;
  readonly column?: string;
  readonly found?: string;
  readonly expected: string;
  readonly message: string;
  readonly fix: string;
}

export type Complain = (mistake: Mistake) => void;

export function complainTo(findings: Finding[]): Complain {
  return ({ seed, ...mistake }) =>
    findings.push({ code: 'seed-error', severity: 'error', file: `seeds/${seed}.csv`, count: 1, ...mistake });
}

/** The parts of a field that holds a list, separated by semicolons. */
export function listOf(field: string | number | undefined): string[] {
  return String(field ?? '')
    .split(';')
    .map((part) => part.trim())
    .filter(Boolean);
}

/** Rows that say two things about one key. */
export function refuseRepeats(
  rows: readonly SeedRow[],
  columns: readonly string[],
  seed: string,
  complain: Complain,
): void {
  const first = new Map<string, number>();
  for (const row of rows) {
    const key = JSON.stringify(columns.map((column) => row[column]));
    const line = first.get(key);
    if (line === undefined) {
      first.set(key, row.line);
      continue;
    }
    complain({
      seed,
      line: row.line,
      column: columns.join('+'),
      found: quoted(columns.map((column) => row[column]).join(', ')),
      expected: `each ${columns.join(' and ')} once`,
      message: `the same ${columns.join(' and ')} is already in line ${line}`,
      fix: 'remove or correct one of the two rows',
    });
  }
}

/** Rows about a datasource that is not configured; `*` stands for all. */
export function refuseUnknownSources(rows: readonly SeedRow[], seed: string, known: Named, complain: Complain): void {
  for (const row of rows) {
    const id = String(row.datasource_id);
    if (id === '*' || known === undefined || known.has(id)) continue;
    complain({
      seed,
      line: row.line,
      column: 'datasource_id',
      found: quoted(id),
      expected:
        known.size === 0 ? 'a datasource of datasources_config, which has none' : `one of ${[...known].join(', ')}`,
      message: 'the datasource is not configured',
      fix: 'correct the datasource_id, or remove the row',
    });
  }
}
