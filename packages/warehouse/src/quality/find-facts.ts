import type { Finding } from '@sensor-warehouse/model/finding';
import type { Context } from '../context';
import { fetchPending, isLostTo, type Pending, type PendingGeneration, type RemakeFacts } from '../pending';
import type { Pointer } from '../pointer';
import { remakeFacts } from '../recovery/remake-facts';
import { findUnaccountedWaiting, unaccountedFinding } from '../recovery/unaccounted';
import type { ProvideDbt } from '../transform/run-dbt';

/** Facts that wait, and what is missing of them. */
export interface FoundFacts {
  readonly pending: Pending;
  readonly findings: readonly Finding[];
  /** Why sources must wait: a later generation must not pass over what may come back. */
  readonly holds: readonly { readonly datasource: string; readonly reason: string }[];
}

/**
 * Brings waiting facts here, makes those again that are missing or damaged, and names what cannot be made and what was
 * handed over and has no manifest any more.
 * @param provideDbt makes facts again from their raw copies; without it their sources are held
 */
export async function findFacts(
  context: Context,
  pointer: Pointer,
  provideDbt: ProvideDbt | undefined,
): Promise<FoundFacts> {
  const findings: Finding[] = [];
  const holds: { datasource: string; reason: string }[] = [];
  const remake: RemakeFacts | undefined =
    provideDbt &&
    (async (manifest) => {
      const { finding, ...generation } = await remakeFacts(context, provideDbt, pointer, manifest);
      findings.push(finding);
      return generation;
    });
  const pending = await fetchPending(context, pointer, remake);
  for (const one of await findUnaccountedWaiting(context, pointer, pending)) {
    const finding = unaccountedFinding(one);
    findings.push({ ...finding, severity: 'error' });
    if (one.datasource !== '') holds.push({ datasource: one.datasource, reason: finding.message });
  }
  for (const { id } of context.configuration.datasources) {
    for (const one of pending.generations.filter((generation) => isLostTo(generation, pointer, id))) {
      findings.push(lostFinding(id, one));
      holds.push({ datasource: id, reason: one.lost! });
    }
  }
  return { pending, findings, holds };
}

function lostFinding(datasource: string, { manifest, lost }: PendingGeneration): Finding {
  return {
    code: 'facts-lost',
    severity: 'error',
    datasource,
    file: `facts/${manifest.generation}/${manifest.facts.file}`,
    count: manifest.facts.rows,
    message: lost!,
    fix: 'run `warehouse heal`; the other sources are published meanwhile',
  };
}
