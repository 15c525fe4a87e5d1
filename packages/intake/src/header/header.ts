import { quoted } from '@sensor-warehouse/model/findings/finding';
import type { Datasource } from '@sensor-warehouse/model/seeds/configuration';
import { valueLabels } from '@sensor-warehouse/model/seeds/long-layout';
import type { Problem } from '../report/report';
import { someOf } from './label-text';
import { type Missing, missingOfSensor, missingOfWide, namesOfQuantities, nearestHeader } from './missing-columns';

/** The role of each cell of a row, by position. */
export type ColumnRole =
  | { readonly kind: 'time'; readonly part: number }
  | { readonly kind: 'value'; readonly label: string }
  /** The name of a sensor, a location or a quantity, as it stands. */
  | { readonly kind: 'text'; readonly label: string }
  | { readonly kind: 'ignored'; readonly label: string }
  | { readonly kind: 'unnamed' };

/** A file's header, matched with the datasource's contract. */
export interface Header {
  /** How many cells a row has; cells beyond it must be empty. */
  readonly width: number;
  /** How many labels the header has, with the empty ones at its end that come from delimiters at the end of lines. */
  readonly widthWithUnnamed: number;
  readonly roles: readonly ColumnRole[];
  /** Where the time is, in the order of `time_columns`. */
  readonly timeAt: readonly number[];
}

/** A label that the contract does not know, and its position from 0. */
export interface Unknown {
  readonly label: string;
  readonly at: number;
}

/** A header as far as it fits its contract; it may be read by if there is no problem and nothing is unknown or missing. */
export interface HeaderMatch {
  readonly header: Header;
  readonly problems: readonly Problem[];
  /** Columns outside the contract; they are ignored. */
  readonly unknown: readonly Unknown[];
  /** Required columns that are missing, and some that only explain unknown labels. */
  readonly missing: readonly Missing[];
}

/**
 * Matches labels with the contract. Columns come by name, in any order; a column is mapped, or listed as ignored, or its
 * file is refused.
 */
export function matchHeader(labels: readonly string[], datasource: Datasource): HeaderMatch {
  const problems: Problem[] = [];
  const { textColumns, ignoredColumns, timeColumns, requiredColumns, contract } = datasource;
  const values = new Set(valueLabels(datasource));
  const width = labels.findLastIndex((label) => label !== '') + 1;
  const unknown: Unknown[] = [];
  const seen = new Set<string>();
  const isOnlyIgnored = (label: string) =>
    ignoredColumns.has(label) && ![...timeColumns, ...textColumns].includes(label) && !values.has(label);
  const roles = labels.slice(0, width).map((label, index): ColumnRole => {
    if (label === '') {
      problems.push(blankLabel(index));
      return { kind: 'unnamed' };
    }
    if (seen.has(label)) {
      // Ignored labels may occur any number of times.
      if (isOnlyIgnored(label)) return { kind: 'ignored', label };
      problems.push(duplicateLabel(label, index));
      return { kind: 'unnamed' };
    }
    seen.add(label);
    const part = timeColumns.indexOf(label);
    if (part >= 0) return { kind: 'time', part };
    if (values.has(label)) return { kind: 'value', label };
    if (textColumns.includes(label)) return { kind: 'text', label };
    if (!ignoredColumns.has(label) && !requiredColumns.includes(label)) unknown.push({ label, at: index });
    return { kind: 'ignored', label };
  });
  const strange = unknown.map(({ label }) => label);
  let missing: readonly Missing[];
  if (datasource.layout === 'wide') {
    missing = missingOfWide(seen, strange, datasource, nearestHeader([...seen], strange, contract.headers));
  } else {
    if (datasource.valueColumn === undefined) problems.push(...quantitiesTwice(seen, datasource));
    missing = missingOfSensor(seen, datasource);
  }
  const sound = problems.length + unknown.length === 0 && !missing.some(({ needed }) => needed);
  if (sound && !roles.some((role) => role.kind === 'value')) problems.push(noReadings(labels, datasource));
  const timeAt = timeColumns.map((label) => labels.indexOf(label));
  return { header: { width, widthWithUnnamed: labels.length, roles, timeAt }, problems, unknown, missing };
}

/** Whether a label is of the contract. */
export function isKnown(label: string, datasource: Datasource): boolean {
  return (
    datasource.timeColumns.includes(label) ||
    valueLabels(datasource).includes(label) ||
    datasource.textColumns.includes(label) ||
    datasource.ignoredColumns.has(label) ||
    datasource.requiredColumns.includes(label)
  );
}

function quantitiesTwice(seen: ReadonlySet<string>, datasource: Datasource): Problem[] {
  return [...namesOfQuantities(datasource)].flatMap(([dataKey, accepted]): Problem[] => {
    const there = accepted.filter((label) => seen.has(label));
    if (there.length < 2) return [];
    return [
      {
        code: 'duplicate-label',
        column: there[1]!,
        found: someOf(there),
        expected: `one of ${someOf(accepted)}`,
        message: `more than one column holds ${dataKey}`,
        fix: 'export the file again with each quantity once',
      },
    ];
  });
}

function blankLabel(index: number): Problem {
  return {
    code: 'blank-label',
    column: String(index + 1),
    found: 'a column without a name',
    expected: 'a name',
    message: `column ${index + 1} has no name`,
    fix: `name it "#${index + 1}" in the seeds, to map it or to ignore it, or export the file with a name for it`,
  };
}

function duplicateLabel(label: string, index: number): Problem {
  return {
    code: 'duplicate-label',
    column: label,
    found: `${quoted(label)} again in column ${index + 1}`,
    expected: 'each name once',
    message: `the column ${quoted(label)} occurs more than once`,
    fix: `name the columns by their places in the seeds, this one "#${index + 1}", or ignore ${quoted(label)}, or export each column once`,
  };
}

function noReadings(labels: readonly string[], datasource: Datasource): Problem {
  return {
    code: 'missing-label',
    found: someOf(labels),
    expected: someOf(valueLabels(datasource)),
    message: 'the file has no column of readings',
    fix: 'check that the file belongs to this source',
  };
}
