import type { Datasource } from '@sensor-warehouse/model/configuration';
import { type Finding, quoted } from '@sensor-warehouse/model/finding';

/** What each cell of a row is for, by position. */
export type ColumnRole =
  | { readonly kind: 'time'; readonly part: number }
  | { readonly kind: 'value'; readonly label: string }
  | { readonly kind: 'ignored'; readonly label: string }
  | { readonly kind: 'unnamed' };

/** A file's header, matched with the datasource's contract. */
export interface Header {
  readonly labels: readonly string[];
  readonly roles: readonly ColumnRole[];
}

type Complain = (finding: Omit<Finding, 'severity' | 'datasource' | 'file' | 'line' | 'count'>) => void;

/**
 * Matches labels with the contract; every mismatch is reported, and there is no header if there is one.
 * Columns come by name, in any order; a column is mapped, or listed as ignored, or its file is refused.
 */
export function matchHeader(labels: readonly string[], datasource: Datasource, complain: Complain): Header | undefined {
  let sound = true;
  const refuse: Complain = (finding) => {
    sound = false;
    complain(finding);
  };
  const { columns, ignoredColumns, timeColumns, requiredColumns } = datasource;
  const expected = [...new Set([...timeColumns, ...requiredColumns, ...columns.keys(), ...ignoredColumns.keys()])];
  const present = new Set(labels);
  const missing = [...new Set([...timeColumns, ...requiredColumns])].filter((label) => !present.has(label));
  const roles = labels.map((label, index): ColumnRole => {
    const part = timeColumns.indexOf(label);
    if (part >= 0) return { kind: 'time', part };
    if (columns.has(label)) return { kind: 'value', label };
    if (ignoredColumns.has(label) || requiredColumns.includes(label)) return { kind: 'ignored', label };
    // A delimiter at the end of every line makes one last column without a name.
    if (label === '' && index === labels.length - 1) return { kind: 'unnamed' };
    if (label === '') {
      refuse({
        code: 'blank-label',
        column: String(index + 1),
        message: `column ${index + 1} has no name`,
        fix: 'export the file again, or give the column a name',
      });
    } else {
      refuse({
        code: 'extra-label',
        column: label,
        found: quoted(label),
        expected:
          missing.length > 0
            ? `${missing.map(quoted).join(', ')}`
            : someOf(expected.filter((one) => !present.has(one))),
        message: `the column ${quoted(label)} is neither mapped nor listed as ignored`,
        fix: `map ${quoted(label)} in the source's mapping seed, or list it in seeds/ignored_columns.csv`,
      });
    }
    return { kind: 'unnamed' };
  });
  for (const label of new Set(labels)) {
    if (label !== '' && labels.indexOf(label) !== labels.lastIndexOf(label)) {
      refuse({
        code: 'duplicate-label',
        column: label,
        found: quoted(label),
        message: `the column ${quoted(label)} stands more than once`,
        fix: 'export the file again with each column once',
      });
    }
  }
  for (const label of missing) {
    refuse({
      code: 'missing-label',
      column: label,
      found: someOf(labels),
      expected: quoted(label),
      message: `the column ${quoted(label)} is missing`,
      fix: 'export the file again with this column, or change required_columns',
    });
  }
  if (datasource.layout === 'wide') requireWholeGroups(present, datasource, refuse);
  else requireEachQuantityOnce(labels, datasource, refuse);
  if (sound && !roles.some((role) => role.kind === 'value')) {
    refuse({
      code: 'missing-label',
      found: someOf(labels),
      expected: someOf([...columns.keys()]),
      message: 'no column of the file holds readings',
      fix: 'check that the file belongs to this source',
    });
  }
  return sound ? { labels, roles } : undefined;
}

/** The columns of one group (the part before the last `/`) come all or none. */
function requireWholeGroups(present: ReadonlySet<string>, datasource: Datasource, refuse: Complain): void {
  const groups = new Map<string, string[]>();
  for (const label of datasource.columns.keys()) {
    const cut = label.lastIndexOf('/');
    if (cut < 0) continue;
    const group = label.slice(0, cut);
    groups.set(group, [...(groups.get(group) ?? []), label]);
  }
  for (const [group, labels] of groups) {
    const absent = labels.filter((label) => !present.has(label));
    if (absent.length === 0 || absent.length === labels.length) continue;
    for (const label of absent) {
      refuse({
        code: 'missing-label',
        column: label,
        found: someOf([...present].filter((one) => one.startsWith(`${group}/`))),
        expected: quoted(label),
        message: `the group ${quoted(group)} lacks its column ${quoted(label)}`,
        fix: 'export the whole group again, or change the mapping if the column has a new name',
      });
    }
  }
}

/** Each quantity of a sensor stands in exactly one column, whichever of its accepted names that has. */
function requireEachQuantityOnce(labels: readonly string[], datasource: Datasource, refuse: Complain): void {
  const names = new Map<string, string[]>();
  for (const [label, { dataKey }] of datasource.columns) names.set(dataKey, [...(names.get(dataKey) ?? []), label]);
  for (const [dataKey, accepted] of names) {
    const there = accepted.filter((label) => labels.includes(label));
    if (there.length === 1) continue;
    if (there.length === 0 && accepted.some((label) => datasource.requiredColumns.includes(label))) continue;
    refuse({
      code: there.length === 0 ? 'missing-label' : 'duplicate-label',
      column: accepted[0]!,
      found: someOf(there.length === 0 ? labels : there),
      expected: `one of ${someOf(accepted)}`,
      message: there.length === 0 ? `no column holds ${dataKey}` : `more than one column holds ${dataKey}`,
      fix: 'export the file again, or add the new name to the mapping of columns',
    });
  }
}

function someOf(labels: readonly string[]): string {
  const shown = labels
    .filter((label) => label !== '')
    .slice(0, 6)
    .map(quoted)
    .join(', ');
  return labels.length > 6 ? `${shown} and ${labels.length - 6} more` : shown || 'none';
}
