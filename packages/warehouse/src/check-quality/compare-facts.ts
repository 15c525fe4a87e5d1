import { type Finding, printable } from '@sensor-warehouse/model/findings/finding';
import { waitingFacts } from '../layout/consumption';
import { type Difference, type FactsManifest, manifestPath } from '../layout/facts-manifest';
import { fetchWhole } from '../layout/fetch-whole';
import { pathOf } from '../layout/names';
import { differenceFor, type Pending, type PendingGeneration, pendingOf } from '../layout/pending';
import type { Pointer } from '../layout/pointer';
import type { OpenWarehouse, Seeds } from '../run/context';
import { differingSeries } from '../tables/differing-series';

/** Compares waiting facts with what their manifests say of them. */
export async function compareFacts(
  context: OpenWarehouse & Seeds,
  pending: Pending,
  pointer: Pointer,
): Promise<Pending> {
  const ids = context.configuration.datasources.map(({ id }) => id);
  const generations: PendingGeneration[] = [];
  for (const one of pending.generations) {
    const waiting = ids.filter((id) => waitingFacts([one.manifest], pointer, id) > 0);
    const isOpen = ids.some((id) => pendingOf({ ...pending, generations: [one] }, pointer, id).length > 0);
    const local = waiting.length > 0 ? one.local : isOpen ? await fetchSaidEmpty(context, one.manifest) : undefined;
    const differences = local === undefined || one.lost !== undefined ? [] : await differingSeries(local, one.manifest);
    generations.push(
      differences.length === 0 ? one : { ...one, differences: withWaiting(differences, waiting, one, pointer) },
    );
  }
  return { ...pending, generations };
}

/** Fetches facts that exist although the manifest says that there are none. */
function fetchSaidEmpty(context: OpenWarehouse, { generation, files, facts }: FactsManifest) {
  if (facts.rows > 0 || files.length === 0) return undefined;
  return fetchWhole(context, { path: pathOf({ kind: 'facts', generation }), sha256: facts.sha256 });
}

/**
 * Facts are compared as long as a source waits for some. Where none of those that differ does, by what the manifest says,
 * all sources of the generation wait with them: after them, no run would look again.
 */
function withWaiting(
  differences: readonly Difference[],
  waiting: readonly string[],
  generation: PendingGeneration,
  pointer: Pointer,
): readonly Difference[] {
  const open = differences.filter(
    ({ datasource }) => differenceFor({ ...generation, differences }, pointer, datasource) !== undefined,
  );
  if (open.length === 0 || open.some(({ datasource }) => waiting.includes(datasource))) return differences;
  return [...differences, ...waiting.map((datasource) => ({ ...open[0]!, datasource }))];
}

export function differenceFinding({ datasource, count, first }: Difference, { manifest }: PendingGeneration): Finding {
  return {
    code: 'facts-differ',
    severity: 'error',
    datasource,
    file: manifestPath(manifest.generation),
    count,
    found: printable(first),
    expected: 'the series that the facts hold',
    message: `the manifest of generation ${manifest.generation} does not match its facts`,
    fix: 'restore the manifest from the remote’s version history; if nobody changed it, check whether a model gives one key two measurements; the other sources are published meanwhile',
  };
}

/** Generation → where its facts differ; what agrees with its manifest is not there. */
export function differencesOf({ generations }: Pending): Record<string, readonly Difference[]> {
  const differing = generations.filter(({ differences = [] }) => differences.length > 0);
  return Object.fromEntries(differing.map(({ manifest, differences = [] }) => [manifest.generation, differences]));
}
