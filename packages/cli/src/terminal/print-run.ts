import { findingLine } from '@sensor-warehouse/model/findings/finding-text';
import type { RunRecord } from '@sensor-warehouse/warehouse/run/run-record';
import { joinLines, tellText } from './print';

const HEAD = ['stage', 'files', 'in', 'out', 'quarantined', 'repeated', 'seconds'] as const;

/** The run as a table for a terminal. */
export function stageTable({ stages }: RunRecord): string {
  const rows = stages.map((one) => [
    one.stage,
    String(one.files),
    String(one.in),
    String(one.out),
    String(one.quarantined),
    String(one.repeated),
    one.seconds.toFixed(2),
  ]);
  const widths = HEAD.map((head, column) => Math.max(head.length, ...rows.map((row) => row[column]!.length)));
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!)))
      .join('  ');
  return joinLines([HEAD, ...rows].map(line));
}

/** Every finding of the run, to standard error. */
export function printFindings({ stages }: RunRecord): void {
  for (const { findings } of stages) for (const finding of findings) tellText(`${findingLine(finding)}\n`);
}
