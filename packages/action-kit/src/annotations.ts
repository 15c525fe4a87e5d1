import { error, type notice, warning } from '@actions/core';
import type { Finding } from '@sensor-warehouse/model/findings/finding';
import { findingLine } from '@sensor-warehouse/model/findings/finding-text';

// GitHub shows ten errors and ten warnings of a step and silently drops the rest. One place says how many more there
// are, and one is kept for the line that ends a failed step.
const MOST_OF_A_KIND = 8;

/** Findings as annotations: the first of each kind, and how many more there are. */
export function annotate(findings: readonly Finding[]): void {
  annotateKind(findings, 'error', error);
  annotateKind(findings, 'warning', warning);
}

function annotateKind(findings: readonly Finding[], severity: Finding['severity'], write: typeof notice): void {
  const mine = findings.filter((finding) => finding.severity === severity);
  for (const finding of mine.slice(0, MOST_OF_A_KIND)) write(findingLine(finding), { title: finding.code });
  const more = mine.length - MOST_OF_A_KIND;
  if (more > 0)
    write(`${more} more of severity ${severity}: see the job summary and run.json`, { title: 'more findings' });
}
