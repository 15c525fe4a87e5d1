/** One doubt about the data, in one shape from the contract over dbt to the quality checks. */
export interface Finding {
  /** Stable; Frictionless' code where one fits (https://framework.frictionlessdata.io). */
  readonly code: string;
  readonly severity: Severity;
  readonly datasource?: string;
  readonly file?: string;
  /** 1 is the file's first line. */
  readonly line?: number;
  /** The column's label, or its position from 1. */
  readonly column?: string;
  /** How many cells, rows or files this finding stands for. */
  readonly count: number;
  readonly found?: string;
  readonly expected?: string;
  readonly message: string;
  readonly fix: string;
}

export type Severity = 'error' | 'warning' | 'info';

/** `file:line:column`, as far as each is known. */
export function place(finding: Finding): string {
  return [finding.file && printable(finding.file), finding.line, finding.column && printable(finding.column)]
    .filter((part) => part !== undefined && part !== '')
    .join(':');
}

/** The finding as one line of text that is safe to print. */
export function findingLine(finding: Finding): string {
  const where = place(finding);
  const evidence = [
    finding.found === undefined ? '' : `found ${finding.found}`,
    finding.expected === undefined ? '' : `expected ${finding.expected}`,
  ].filter(Boolean);
  return [
    `${finding.severity} ${finding.code}${finding.datasource ? ` [${finding.datasource}]` : ''}${where ? ` ${where}` : ''}: ${finding.message}`,
    evidence.join(', '),
    `fix: ${finding.fix}`,
  ]
    .filter(Boolean)
    .join('; ');
}

export function hasErrors(findings: readonly Finding[]): boolean {
  return findings.some((finding) => finding.severity === 'error');
}

// Everything a terminal, a log reader or a browser might obey instead of show: control characters, line and paragraph
// separators, and the invisible format characters (zero-width, bidirectional, byte order mark).
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;
const LONGEST_SHOWN = 160;

/** Text of one line in which everything that would be obeyed instead of shown is written as its code. */
export function visible(text: string): string {
  return text.replace(UNPRINTABLE, (character) => `\\u${character.codePointAt(0)!.toString(16).padStart(4, '0')}`);
}

/** Text from a file or a file's name, made safe for one line of a log: no control characters, not too long. */
export function printable(text: string): string {
  return visible(text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}…` : text);
}

/** The same, in quotation marks: how a message shows a cell or a label. */
export function quoted(text: string): string {
  return `"${printable(text).replaceAll('"', '\\"')}"`;
}
