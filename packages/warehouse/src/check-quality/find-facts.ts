import type { Finding } from '@sensor-warehouse/model/findings/finding';
import type { FactsManifest } from '../layout/facts-manifest';
import {
  differenceFor,
  fetchPending,
  isUnfitFor,
  type Pending,
  type PendingGeneration,
  type RemakeFacts,
} from '../layout/pending';
import type { Pointer } from '../layout/pointer';
import type { RemadeFacts } from '../raw-archive/remake-facts';
import { findUnaccountedWaiting, unaccountedFinding } from '../raw-archive/unaccounted';
import type { Seeds, UploadFolders } from '../run/context';
import { compareFacts, differenceFinding } from './compare-facts';

/** Waiting facts, and those of them that are missing. */
export interface FoundFacts {
  readonly pending: Pending;
  readonly findings: readonly Finding[];
  /** Why sources must wait: a later generation must not skip what may come back. */
  readonly holds: readonly { readonly datasource: string; readonly reason: string }[];
}

/**
 * Rebuilds facts from their raw copies, and puts them back.
 * @throws Failure if that cannot be done
 */
export type MakeAgain = (pointer: Pointer, manifest: FactsManifest) => Promise<RemadeFacts>;

/**
 * Brings waiting facts here, rebuilds those that are missing or damaged, and names what cannot be made and what was
 * handed over and no longer has a manifest.
 * @param makeAgain rebuilds facts from their raw copies; without it their sources are held
 */
export async function findFacts(
  context: UploadFolders & Seeds,
  pointer: Pointer,
  makeAgain: MakeAgain | undefined,
): Promise<FoundFacts> {
  const findings: Finding[] = [];
  const holds: { datasource: string; reason: string }[] = [];
  const remake: RemakeFacts | undefined =
    makeAgain &&
    (async (manifest) => {
      const { finding, ...generation } = await makeAgain(pointer, manifest);
      findings.push(finding);
      return generation;
    });
  const pending = await compareFacts(context, await fetchPending(context, pointer, remake), pointer);
  for (const one of await findUnaccountedWaiting(context, pointer, pending)) {
    const finding = unaccountedFinding(one);
    findings.push({ ...finding, severity: 'error' });
    if (one.datasource !== '') holds.push({ datasource: one.datasource, reason: finding.message });
  }
  for (const { id } of context.configuration.datasources) {
    for (const one of pending.generations.filter((generation) => isUnfitFor(generation, pointer, id))) {
      const difference = differenceFor(one, pointer, id);
      const finding = difference === undefined ? lostFinding(id, one) : differenceFinding(difference, one);
      findings.push(finding);
      holds.push({ datasource: id, reason: finding.message });
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
