import { stat } from 'node:fs/promises';
import { Failure } from '@sensor-warehouse/model/findings/failure';
import { unlessAbsent } from '@sensor-warehouse/model/findings/io-failure';
import { sha256OfFile } from '@sensor-warehouse/storage/file-hash';
import type { Store } from '@sensor-warehouse/storage/store';
import type { OpenWarehouse, Seeds } from '../run/context';
import { inWork } from '../run/in-work';
import { heldSources, isConsumed, isWaiting, lastConsumed, settlementOf, waitingFacts } from './consumption';
import type { Difference, FactsManifest } from './facts-manifest';
import { listNumbered, type Numbering, readNumbered, requireNoGap } from './generations';
import { pathOf } from './names';
import type { Pointer } from './pointer';

/** What was handed over and at least one datasource has not consumed. */
export interface Waiting {
  /** Oldest first. */
  readonly manifests: readonly FactsManifest[];
  /** Datasources that must wait: datasource → refused uploads. */
  readonly held: Readonly<Record<string, readonly string[]>>;
  readonly numbering: Numbering;
}

/** A generation of facts that at least one source has not consumed. */
export interface PendingGeneration {
  readonly manifest: FactsManifest;
  /** Its facts; they are here only if a source has still to consume some. */
  readonly local: string;
  /** Why its facts are not here although a source has still to consume some. */
  readonly lost?: string;
  /** Where its facts are not what its manifest says, if they were compared. */
  readonly differences?: readonly Difference[];
}

/** Rebuilds facts that are missing or damaged. @throws Failure if that cannot be done */
export type RemakeFacts = (manifest: FactsManifest) => Promise<PendingGeneration>;

export interface Pending {
  readonly generations: readonly PendingGeneration[];
  readonly held: Waiting['held'];
  readonly numbering: Numbering;
}

/**
 * Finds the generations that a source has not consumed, and the sources that are held.
 * @throws Failure if a generation is missing between others, or its manifest cannot be read
 */
export async function readWaiting(context: OpenWarehouse & Seeds, pointer: Pointer): Promise<Waiting> {
  const { warehouse, configuration } = context;
  const oldest = Math.min(...configuration.datasources.map(({ id }) => lastConsumed(pointer, id)));
  const numbering = await listNumbered(context.warehouse, pointer);
  requireNoGap(numbering, warehouse.name);
  const manifests = await readNumbered(
    context,
    numbering.generations.filter(({ number }) => number > oldest),
  );
  return { manifests, held: heldSources(manifests, pointer), numbering };
}

/**
 * Brings waiting facts into the work folder. Facts that every source has consumed may have been removed from the
 * warehouse, and are not asked for. Of facts that are not what their manifest says, and cannot be rebuilt, the
 * generation tells why: their sources wait, and the others continue.
 * @param remake asked for those that are missing or damaged
 */
export async function fetchPending(
  context: OpenWarehouse & Seeds,
  pointer: Pointer,
  remake?: RemakeFacts,
): Promise<Pending> {
  const { warehouse, work, configuration } = context;
  const { manifests, held, numbering } = await readWaiting(context, pointer);
  const generations = manifests.map((manifest) => ({
    manifest,
    local: inWork(work, 'facts', manifest.generation, manifest.facts.file),
  }));
  const isNeeded = ({ manifest }: PendingGeneration) =>
    configuration.datasources.some(({ id }) => waitingFacts([manifest], pointer, id) > 0);
  const needed = generations.filter(isNeeded);
  const absent = new Map<string, string>();
  for (const { manifest, local } of needed)
    if (!(await isHere(local, manifest))) absent.set(factsPath(manifest), local);
  // Each that is missing is reported below; a remote that does not answer has lost nothing.
  await warehouse.downloadAll(absent).catch(unlessPermanent);
  const found: PendingGeneration[] = [];
  for (const one of generations)
    found.push(needed.includes(one) ? await wholeOrLost(context.warehouse, one, remake ?? notRemade) : one);
  return { generations: found, held, numbering };
}

async function wholeOrLost(
  warehouse: Store,
  pending: PendingGeneration,
  remake: RemakeFacts,
): Promise<PendingGeneration> {
  const { manifest, local } = pending;
  if (await isHere(local, manifest)) return pending;
  // One that is missing may have kept those after it from being brought.
  await warehouse.download(factsPath(manifest), local).catch(unlessPermanent);
  if (await isHere(local, manifest)) return pending;
  try {
    return await remake(manifest);
  } catch (error) {
    if (!(error instanceof Failure) || ['bug', 'remote-temporary'].includes(error.details.class)) throw error;
    return {
      ...pending,
      lost: `facts of generation ${manifest.generation} are missing or damaged: ${error.details.what}`,
    };
  }
}

const notRemade: RemakeFacts = async ({ generation }) => {
  throw new Failure({
    stage: 'check-quality',
    what: 'they cannot be rebuilt here',
    where: `facts/${generation}`,
    fix: 'run `warehouse heal`, which rebuilds them from the raw copies',
    class: 'remote-permanent',
    code: 'facts-lost',
  });
};

function unlessPermanent(error: unknown): void {
  if (!(error instanceof Failure) || error.details.class !== 'remote-permanent') throw error;
}

/** Generations of one datasource that are still to be consumed, oldest first. */
export function pendingOf(pending: Pending, pointer: Pointer, datasource: string): PendingGeneration[] {
  return pending.generations.filter(({ manifest }) => !isConsumed(manifest.number, pointer, datasource));
}

/** The oldest generations, as far as they are settled: they need not wait for what came after them. */
export function settledPrefix(
  generations: readonly PendingGeneration[],
  pointer: Pointer,
  datasource: string,
): readonly PendingGeneration[] {
  const open = generations.findIndex(
    (one) =>
      settlementOf(one.manifest.number, pointer, datasource) === undefined || isUnfitFor(one, pointer, datasource),
  );
  return open < 0 ? generations : generations.slice(0, open);
}

/** Whether facts that a datasource waits for are lost, or are not what their manifest says: a decision does not mend them. */
export function isUnfitFor(generation: PendingGeneration, pointer: Pointer, datasource: string): boolean {
  if (differenceFor(generation, pointer, datasource) !== undefined) return true;
  return generation.lost !== undefined && waitingFacts([generation.manifest], pointer, datasource) > 0;
}

/** Why a datasource cannot take its facts of a generation; also where the manifest says that it has none. */
export function differenceFor(
  { manifest, differences = [] }: PendingGeneration,
  pointer: Pointer,
  datasource: string,
): Difference | undefined {
  if (!isWaiting(manifest.number, pointer, datasource)) return undefined;
  return differences.find((one) => one.datasource === datasource);
}

function factsPath({ generation }: FactsManifest): string {
  return pathOf({ kind: 'facts', generation });
}

async function isHere(local: string, { facts }: FactsManifest): Promise<boolean> {
  const found = await stat(local).catch(unlessAbsent);
  return found?.size === facts.bytes && (await sha256OfFile(local)) === facts.sha256;
}
