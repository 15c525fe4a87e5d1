import { escapeUnprintable } from '../secrets/escapes';
import { withoutSecrets, withoutSecretsInTexts } from '../secrets/secrets';
import { csvField } from './csv-field';
import type { FindingCode } from './finding-codes';

/** One doubt about the data, in one shape from the contract over dbt to the quality checks. */
export interface Finding {
  /** Stable; Frictionless' code where one fits (https://framework.frictionlessdata.io). */
  readonly code: FindingCode;
  readonly severity: Severity;
  readonly datasource?: string;
  readonly file?: string;
  /** 1 is the file's first line. */
  readonly line?: number;
  /** The column's label, or its position from 1. */
  readonly column?: string;
  /** The number of cells, rows or files that this finding covers. */
  readonly count: number;
  readonly found?: string;
  readonly expected?: string;
  readonly message: string;
  /** Evidence for the message, besides what was found and expected. */
  readonly evidence?: string;
  readonly fix: string;
  /** The edits of the seeds that accept what was found, if that can be accepted. */
  readonly accept?: Acceptance;
}

/** The edits of `warehouse accept <datasource> <id> <file>`. The id holds nothing that a shell would obey. */
export interface Acceptance {
  readonly id: string;
  readonly edits: readonly SeedEdit[];
}

/** One change of one seed: a field of the source's row, a new row, or a change of the source's contract. */
export type SeedEdit =
  | {
      readonly kind: 'set';
      readonly seed: 'datasources_config';
      readonly column: string;
      readonly from: string;
      readonly to: string;
    }
  | { readonly kind: 'add'; readonly seed: string; readonly row: Readonly<Record<string, string>> }
  /** The column `label` of an export is from now on taken for `standsFor`. */
  | { readonly kind: 'alias'; readonly label: string; readonly standsFor: string }
  /** Exports with these labels, in this order, are exports of the source. */
  | { readonly kind: 'header'; readonly labels: readonly string[] }
  /** Numbers of this column are no longer compared with those of earlier exports. */
  | { readonly kind: 'forget'; readonly label: string };

export type Severity = 'error' | 'warning' | 'info';

/** The finding as it may be shown and kept: none of its texts holds a secret. */
export function withoutSecretsIn(finding: Finding): Finding {
  return withoutSecretsInTexts(finding);
}

/** A line that a message asks a person to add to a seed: whatever the fields hold, the seed reads them back. */
export function seedLine(...fields: readonly string[]): string {
  return visible(fields.map(csvField).join(','));
}

export function hasErrors(findings: readonly Finding[]): boolean {
  return findings.some((finding) => finding.severity === 'error');
}

const LONGEST_SHOWN = 160;

/** Text of one line without secrets, in which everything that would be obeyed instead of shown is written as its code, as JSON writes it. */
export function visible(text: string): string {
  return escapeUnprintable(withoutSecrets(text));
}

/** Text from a file or a file's name, made safe for one line of a log: no control characters, not too long. */
export function printable(text: string): string {
  // Secrets first: of one that is cut, no form would be left to find.
  const shown = withoutSecrets(text);
  return escapeUnprintable(shown.length > LONGEST_SHOWN ? `${shown.slice(0, LONGEST_SHOWN)}…` : shown);
}

/** The same, in quotation marks: how a message shows a cell or a label. */
export function quoted(text: string): string {
  return `"${printable(text).replaceAll('"', '\\"')}"`;
}
