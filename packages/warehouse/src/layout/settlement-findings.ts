import { type Finding, quoted } from '@sensor-warehouse/model/findings/finding';
import { settlementOf } from './consumption';
import type { PendingGeneration } from './pending';
import type { Pointer } from './pointer';

/** Facts that a person discarded are skipped, and that is reported. */
export function discardedFinding(
  datasource: string,
  facts: number,
  generations: readonly PendingGeneration[],
  pointer: Pointer,
): Finding {
  const reasons = generations
    .map(({ manifest }) => settlementOf(manifest.number, pointer, datasource))
    .flatMap((one) => (one?.verdict === 'discarded' ? [one.reason] : []));
  return {
    code: 'facts-discarded',
    severity: 'warning',
    datasource,
    count: facts,
    found: [...new Set(reasons)].map(quoted).join(', '),
    message: 'facts were discarded by a person and never enter the archive',
    fix: 'nothing to do; their raw copies remain',
  };
}
