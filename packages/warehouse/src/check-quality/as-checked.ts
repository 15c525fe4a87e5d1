import { Failure } from '@sensor-warehouse/model/findings/failure';
import { type FactsManifest, manifestPath } from '../layout/facts-manifest';
import { listNumbered, readNumbered } from '../layout/generations';
import type { PendingGeneration } from '../layout/pending';
import type { Pointer } from '../layout/pointer';
import { digestOf } from '../layout/read-document';
import type { OpenWarehouse } from '../run/context';
import type { Checked } from './checked';

/** Generation → digest of its manifest, which names the hash of its facts, and of the number by which it is consumed. */
export function manifestDigests(manifests: readonly FactsManifest[]): Checked['manifests'] {
  return Object.fromEntries(manifests.map((manifest) => [manifest.generation, digestOf({ ...manifest })]));
}

/**
 * Only checked facts are merged and consumed.
 * @param manifests of all checked generations, as they are now
 * @throws Failure (remote-temporary) that names the first manifest that is missing or has changed
 */
export function requireAsChecked(
  stage: string,
  { warehouse }: Pick<OpenWarehouse, 'warehouse'>,
  checked: Checked,
  manifests: readonly FactsManifest[],
): void {
  const now = manifestDigests(manifests);
  for (const [generation, digest] of Object.entries(checked.manifests)) {
    if (now[generation] === digest) continue;
    const found =
      now[generation] === undefined ? 'no such manifest' : `another manifest (${now[generation].slice(0, 8)}…)`;
    throw replaced(
      stage,
      `${warehouse.name}/${manifestPath(generation)}`,
      found,
      `the one that was checked (${digest.slice(0, 8)}…)`,
    );
  }
}

/** The same check on freshly read manifests, right before the pointer marks them as consumed. */
export async function requireStillAsChecked(
  stage: string,
  context: OpenWarehouse,
  checked: Checked,
  pointer: Pointer,
): Promise<void> {
  const { generations } = await listNumbered(context.warehouse, pointer);
  const manifests = await readNumbered(
    context,
    generations.filter(({ name }) => name in checked.manifests),
  );
  requireAsChecked(stage, context, checked, manifests);
}

/**
 * The same check on the facts themselves: check-quality read them, or holds their source.
 * @throws Failure (remote-temporary) if facts of a source that is not held are lost by now
 */
export function requireFactsAsChecked(
  stage: string,
  { warehouse }: Pick<OpenWarehouse, 'warehouse'>,
  generations: readonly PendingGeneration[],
  isUnfit: (generation: PendingGeneration) => boolean,
): void {
  const gone = generations.find(isUnfit);
  if (gone === undefined) return;
  const { generation, facts } = gone.manifest;
  const found = gone.lost ?? 'other facts';
  throw replaced(stage, `${warehouse.name}/facts/${generation}/${facts.file}`, found, 'the facts that were checked');
}

function replaced(stage: string, where: string, found: string, expected: string): Failure {
  return new Failure({
    stage,
    what: 'waiting facts are not the ones that check-quality checked',
    where,
    found,
    expected,
    consequence: 'nothing was published',
    fix: 'find out who writes into the warehouse, then run it again; it begins with the checks',
    class: 'remote-temporary',
    code: 'facts-replaced',
  });
}
