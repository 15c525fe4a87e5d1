import type { Finding } from '@sensor-warehouse/model/findings/finding';
import { shiftMonth } from '@sensor-warehouse/model/time/month';
import { lastConsumed } from '../layout/consumption';
import type { FactsManifest } from '../layout/facts-manifest';
import { pathOf } from '../layout/names';
import type { Partition, Pointer } from '../layout/pointer';

/** Whether revisions, generations and months follow each other as the protocol writes them. */
export function checkContinuity(
  pointer: Pointer,
  manifests: readonly FactsManifest[],
): { readonly checked: number; readonly findings: readonly Finding[] } {
  const findings: Finding[] = [];
  const add = (severity: Finding['severity'], datasource: string, message: string) =>
    findings.push({ code: 'continuity', severity, datasource, count: 1, message, fix: FIX[severity] });
  const numbers = new Set(manifests.map(({ number }) => number));
  for (const [datasource, consumed] of Object.entries(pointer.consumed)) {
    if (consumed > 0 && !numbers.has(consumed))
      add('warning', datasource, `generation ${consumed} is consumed, but its manifest is missing`);
  }
  for (const partition of pointer.partitions) {
    for (const message of doubtsOf(partition, lastConsumed(pointer, partition.datasource)))
      add('warning', partition.datasource, message);
  }
  for (const [index, { datasource, month }] of pointer.partitions.entries()) {
    const before = pointer.partitions[index - 1];
    if (before?.datasource !== datasource) continue;
    if (before.month === month) add('warning', datasource, `${month} occurs twice`);
    else if (shiftMonth(before.month, 1) !== month)
      add('info', datasource, `nothing was published between ${before.month} and ${month}`);
  }
  return { checked: pointer.partitions.length, findings };
}

const FIX: Readonly<Record<Finding['severity'], string>> = {
  error: 'run `warehouse heal`',
  warning: 'find out what somebody changed in the warehouse, and restore it from the remote’s version history',
  info: 'nothing to do, unless readings of these months exist',
};

function doubtsOf({ datasource, month, revision, archive, facts, previous }: Partition, consumed: number): string[] {
  const doubts: string[] = [];
  const name = pathOf({ kind: 'archive', datasource, month, revision, hash: archive.sha256.slice(0, 8) });
  if (archive.path !== name) doubts.push(`${month} names ${archive.path}, expected ${name}`);
  if (facts > consumed) doubts.push(`${month} holds generation ${facts}, but only ${consumed} is consumed`);
  if (previous !== undefined && (previous.revision >= revision || previous.facts > facts))
    doubts.push(`${month} follows from revision ${previous.revision}, which is not before ${revision}`);
  return doubts;
}
