import type { Datasource } from '@sensor-warehouse/model/configuration';
import { quoted } from '@sensor-warehouse/model/finding';
import type { Problem } from './report';

/** What each cell of a row is for, by position. */
export type ColumnRole =
  | { readonly kind: 'time'; readonly part: number }
  | { readonly kind: 'value'; readonly label: string }
  | { readonly kind: 'ignored'; readonly label: string }
  | { readonly kind: 'unnamed' };

/** A file's header, matched with the datasource's contract. */
export interface Header {
  /** How many cells a row has; cells beyond it must be empty. */
  readonly width: number;
  /** How many labels the header has, with the empty ones at its end that come from delimiters at the end of lines. */
  readonly widthWithUnnamed: number;
  readonly roles: readonly ColumnRole[];
  /** Where the time stands, in the order of `time_columns`. */
  readonly timeAt: readonly number[];
}

/** Labels, and characters of each, that are compared to guess what was renamed. */
const MOST_COMPARED = 200;

type Complain = (problem: Omit<Problem, 'line'>) => void;

/** A column that should be there: one of the accepted labels, in the group that it belongs to. */
interface Missing {
  readonly accepted: readonly string[];
  readonly group: string;
  /** Whether it is an error if no label stands in for it; else it only explains labels that are not known. */
  readonly needed: boolean;
  readonly message: string;
}

/**
 * Matches labels with the contract; every mismatch is reported, and there is no header if there is one.
 * Columns come by name, in any order; a column is mapped, or listed as ignored, or its file is refused.
 */
export function matchHeader(labels: readonly string[], datasource: Datasource, complain: Complain): Header | undefined {
  let sound = true;
  const refuse: Complain = (problem) => {
    sound = false;
    complain(problem);
  };
  const { columns, ignoredColumns, timeColumns, requiredColumns } = datasource;
  const width = labels.findLastIndex((label) => label !== '') + 1;
  const unknown: string[] = [];
  const seen = new Set<string>();
  const roles = labels.slice(0, width).map((label, index): ColumnRole => {
    if (label === '') {
      refuse({
        code: 'blank-label',
        column: String(index + 1),
        found: 'a column without a name',
        expected: 'a name',
        message: `column ${index + 1} has no name`,
        fix: 'export the file again, or give the column a name',
      });
      return { kind: 'unnamed' };
    }
    if (seen.has(label)) {
      refuse({
        code: 'duplicate-label',
        column: label,
        found: `${quoted(label)} again in column ${index + 1}`,
        expected: 'each name once',
        message: `the column ${quoted(label)} stands more than once`,
        fix: 'export the file again with each column once',
      });
      return { kind: 'unnamed' };
    }
    seen.add(label);
    const part = timeColumns.indexOf(label);
    if (part >= 0) return { kind: 'time', part };
    if (columns.has(label)) return { kind: 'value', label };
    if (ignoredColumns.has(label) || requiredColumns.includes(label)) return { kind: 'ignored', label };
    unknown.push(label);
    return { kind: 'unnamed' };
  });
  const missing =
    datasource.layout === 'wide' ? missingOfWide(seen, unknown, datasource) : missingOfSensor(seen, datasource, refuse);
  reportMismatches(unknown, missing, [...seen], refuse);
  if (sound && !roles.some((role) => role.kind === 'value')) {
    refuse({
      code: 'missing-label',
      found: someOf(labels),
      expected: someOf([...columns.keys()]),
      message: 'no column of the file holds readings',
      fix: 'check that the file belongs to this source',
    });
  }
  if (!sound) return undefined;
  return { width, widthWithUnnamed: labels.length, roles, timeAt: timeColumns.map((label) => labels.indexOf(label)) };
}

/** The columns of one group (the part before the last `/`) come all or none. */
function missingOfWide(seen: ReadonlySet<string>, unknown: readonly string[], datasource: Datasource): Missing[] {
  const { timeColumns, requiredColumns, columns } = datasource;
  const required = absent([...timeColumns, ...requiredColumns], seen);
  const groups = new Map<string, string[]>();
  for (const label of columns.keys()) {
    const group = groupOf(label);
    groups.set(group, [...(groups.get(group) ?? []), label]);
  }
  const missing = required.map((label) => missingLabel(label, true));
  for (const [group, labels] of groups) {
    const away = absent(labels, seen).filter((label) => !required.includes(label));
    const begun = away.length < labels.length && group !== '';
    const maybe = unknown.some((label) => groupOf(label) === group);
    if (begun || maybe) missing.push(...away.map((label) => missingLabel(label, begun)));
  }
  return missing;
}

function missingLabel(label: string, needed: boolean): Missing {
  return { accepted: [label], group: groupOf(label), needed, message: `the column ${quoted(label)} is missing` };
}

/**
 * Each quantity of a sensor stands in exactly one column, whichever of its accepted names that has; so a required
 * column that is mapped may also come under another name for the same quantity.
 */
function missingOfSensor(seen: ReadonlySet<string>, datasource: Datasource, refuse: Complain): Missing[] {
  const { timeColumns, requiredColumns, columns } = datasource;
  const names = new Map<string, string[]>();
  for (const [label, { dataKey }] of columns) names.set(dataKey, [...(names.get(dataKey) ?? []), label]);
  const missing: Missing[] = absent(
    [...timeColumns, ...requiredColumns].filter((label) => !columns.has(label)),
    seen,
  ).map((label) => ({ ...missingLabel(label, true), group: '' }));
  for (const [dataKey, accepted] of names) {
    const there = accepted.filter((label) => seen.has(label));
    if (there.length > 1) {
      refuse({
        code: 'duplicate-label',
        column: there[1]!,
        found: someOf(there),
        expected: `one of ${someOf(accepted)}`,
        message: `more than one column holds ${dataKey}`,
        fix: 'export the file again with each quantity once',
      });
    } else if (there.length === 0) {
      missing.push({ accepted, group: '', needed: true, message: `no column holds ${dataKey}` });
    }
  }
  return missing;
}

/**
 * A label that is not known and a missing one are mostly one cause, a column that was renamed, and one finding.
 * The pairs that are most alike are taken first.
 */
function reportMismatches(
  unknown: readonly string[],
  missing: readonly Missing[],
  labels: readonly string[],
  refuse: Complain,
): void {
  const flat = missing.every((one) => one.group === '');
  const pairs = unknown
    .slice(0, MOST_COMPARED)
    .flatMap((label) =>
      missing
        .filter((one) => flat || one.group === groupOf(label))
        .map((one) => ({ label, one, alike: Math.max(...one.accepted.map((name) => likeness(label, name))) })),
    )
    .sort((a, b) => b.alike - a.alike);
  const lone = (group: string) => missing.filter((one) => one.group === group && one.needed).length === 1;
  const partner = new Map<string, Missing>();
  const taken = new Set<Missing>();
  for (const { label, one, alike } of pairs) {
    if (partner.has(label) || taken.has(one)) continue;
    if (alike < 0.5 && !(one.needed && lone(one.group) && unknown.length === 1)) continue;
    partner.set(label, one);
    taken.add(one);
  }
  for (const label of unknown) {
    const one = partner.get(label);
    refuse(
      one === undefined
        ? {
            code: 'extra-label',
            column: label,
            found: quoted(label),
            expected: 'columns that are mapped, or listed as ignored',
            message: `the column ${quoted(label)} is neither mapped nor listed as ignored`,
            fix: `map ${quoted(label)} in the source's mapping seed, or list it in seeds/ignored_columns.csv`,
          }
        : {
            code: 'incorrect-label',
            column: label,
            found: quoted(label),
            expected: someOf(one.accepted),
            message: `${one.message}, and a column that is not known stands in its place`,
            fix: `export the file as before; if the column has a new name for the same thing, change it in the source's mapping seed`,
          },
    );
  }
  const begun = new Set([...taken].map((one) => one.group));
  for (const one of missing) {
    if (taken.has(one) || !(one.needed || begun.has(one.group))) continue;
    refuse({
      code: 'missing-label',
      column: one.accepted[0]!,
      found: someOf(one.group === '' ? labels : labels.filter((label) => groupOf(label) === one.group)),
      expected: one.accepted.length > 1 ? `one of ${someOf(one.accepted)}` : someOf(one.accepted),
      message: one.message,
      fix: 'export the file again with this column, or change the contract if it is gone for good',
    });
  }
}

function absent(labels: readonly string[], seen: ReadonlySet<string>): string[] {
  return [...new Set(labels)].filter((label) => !seen.has(label));
}

function groupOf(label: string): string {
  return label.slice(0, Math.max(0, label.lastIndexOf('/')));
}

/** Dice's coefficient over pairs of neighbouring characters: 1 for the same text, 0 for nothing in common. */
function likeness(one: string, other: string): number {
  const pairs = (text: string) => {
    const lower = text.slice(0, MOST_COMPARED).toLowerCase();
    return Array.from({ length: Math.max(0, lower.length - 1) }, (_, i) => lower.slice(i, i + 2));
  };
  const left = pairs(one);
  const right = pairs(other);
  const total = left.length + right.length;
  let common = 0;
  for (const pair of left) {
    const at = right.indexOf(pair);
    if (at < 0) continue;
    common++;
    right.splice(at, 1);
  }
  return total === 0 ? 0 : (2 * common) / total;
}

function someOf(labels: readonly string[]): string {
  const named = labels.filter((label) => label !== '');
  const shown = named.slice(0, 6).map(quoted).join(', ');
  return named.length > 6 ? `${shown} and ${named.length - 6} more` : shown || 'none';
}
