import { Failure } from '@sensor-warehouse/model/findings/failure';
import { printable } from '@sensor-warehouse/model/findings/finding';
import type { Store } from '@sensor-warehouse/storage/store';
import { seenHashes } from '../ingest/seen-uploads';
import { contentNames } from '../layout/content-name';
import { type FactsManifest, generationNumber, listGenerations, manifestPath } from '../layout/facts-manifest';
import { listNumbered, requireNoGap } from '../layout/generations';
import { pathOf } from '../layout/names';
import { readPointer } from '../layout/pointer';
import { writeDocument } from '../layout/write-document';
import type { OpenWarehouse, Progress, Seeds } from '../run/context';
import { inWork } from '../run/in-work';
import type { IngestedFile } from '../run/ingested-file';
import type { Transformed } from '../transform/transformed';
import type { ValidatedFile } from '../validate-schema/validated';

/**
 * The number after all present or consumed generations.
 * @throws Failure if one of those is missing
 */
export async function nextNumber(warehouse: Store): Promise<number> {
  const { pointer } = await readPointer(warehouse);
  const numbering = await listNumbered(warehouse, pointer);
  requireNoGap(numbering, warehouse.name);
  return numbering.next;
}

/**
 * Writes raw copies, facts, and the manifest last. Nothing locks a warehouse, so this looks for another writer before
 * and after: of two that chose one number at most one stays.
 * @throws Failure (remote-temporary) if another run has the number; then this generation does not exist
 */
export async function writeGeneration(
  context: OpenWarehouse & Seeds & Progress,
  manifest: FactsManifest,
  accepted: readonly ValidatedFile[],
  transformed: Transformed,
): Promise<void> {
  const { warehouse, work, say } = context;
  const { generation } = manifest;
  const other = await handedOverMeanwhile(context, accepted);
  if (other !== undefined)
    throw handedOverTwice(context.warehouse, manifest, other, 'uploads that no other run handed over');
  say(
    `publish-facts: ${accepted.length} raw copies and ${manifest.facts.rows} facts to ${warehouse.name}/facts/${generation}`,
  );
  for (const file of accepted) await warehouse.uploadOnce(file.local, rawPath(file, generation));
  await warehouse.uploadOnce(transformed.facts.path, pathOf({ kind: 'facts', generation }));
  // Whoever wrote one of this number did so after it was chosen, and even one of the same name is not ours to withdraw.
  const rival = await findRival(context.warehouse, manifest, (one) => generationNumber(one) === manifest.number);
  if (rival !== undefined) throw handedOverTwice(context.warehouse, manifest, rival);
  const manifestFile = inWork(work, 'manifest.json');
  await writeDocument(manifestFile, manifest);
  await warehouse.uploadOnce(manifestFile, manifestPath(generation));
  // Two that write at once both come here after both wrote, so at least one of them sees the other.
  const late = await findRival(
    context.warehouse,
    manifest,
    (one) => one !== generation && generationNumber(one) === manifest.number,
  );
  if (late === undefined) return;
  await warehouse.remove(manifestPath(generation));
  throw handedOverTwice(context.warehouse, manifest, late);
}

/** An upload that was not seen when this run began, and is now: a run that began before or after it was quicker. */
async function handedOverMeanwhile(
  { warehouse, configuration }: OpenWarehouse & Seeds,
  accepted: readonly ValidatedFile[],
): Promise<string | undefined> {
  const isSeen = await seenHashes(warehouse);
  for (const file of accepted) {
    const datasource = configuration.datasources.find(({ id }) => id === file.datasource)!;
    if (await isSeen(file, datasource)) return `${printable(file.name)} in a generation of another run`;
  }
  return undefined;
}

/** Finds evidence that another run uses the same number: one of the two generations would never be consumed. */
async function findRival(
  warehouse: Store,
  { number }: FactsManifest,
  isRival: (generation: string) => boolean,
): Promise<string | undefined> {
  const [generations, { pointer }] = await Promise.all([listGenerations(warehouse), readPointer(warehouse)]);
  const rival = generations.find(isRival);
  if (rival !== undefined) return `facts/${rival}`;
  const consumed = Object.entries(pointer.consumed).find(([, mark]) => mark >= number);
  return consumed === undefined ? undefined : `${consumed[0]} is consumed up to number ${consumed[1]}`;
}

function handedOverTwice(
  warehouse: Store,
  { generation, number }: FactsManifest,
  rival: string,
  expected = `no other generation of number ${number}`,
): Failure {
  return new Failure({
    stage: 'publish-facts',
    what: 'another run handed facts over meanwhile',
    where: `${warehouse.name}/facts/${generation}`,
    found: rival,
    expected,
    consequence: 'this run handed nothing over; uploads that the other run did not take are still in their folders',
    fix: 'run it again',
    class: 'remote-temporary',
    code: 'stale-run',
  });
}

type Copied = Pick<IngestedFile, 'datasource' | 'name' | 'sha256'>;

/** The path for a new raw copy of an accepted upload. */
export function rawPath(file: Copied, generation: string): string {
  return rawPaths(file, generation)[0]!;
}

/** Possible paths of an accepted upload's raw copy, today's first. */
export function rawPaths(file: Copied, generation: string): readonly string[] {
  const { datasource } = file;
  return contentNames(file).map((name) => pathOf({ kind: 'raw copy', datasource, generation, name }));
}

/** The path of an accepted upload's raw copy, or today's path if there is none. */
export function rawPathAmong(isThere: (path: string) => boolean, file: Copied, generation: string): string {
  return rawPaths(file, generation).find(isThere) ?? rawPath(file, generation);
}
