import { findingLine } from '@sensor-warehouse/model/findings/finding-text';
import type { RunRecord } from '@sensor-warehouse/warehouse/run/run-record';
import { joinLines, tellText } from './print';
import { tableLines } from './table';

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
  return joinLines(tableLines([HEAD, ...rows], 1));
}

/** Every finding of the run, to standard error. */
export function printFindings({ stages }: RunRecord): void {
  for (const { findings } of stages) for (const finding of findings) tellText(`${findingLine(finding)}\n`);
}
