import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure } from '@sensor-warehouse/model/failure';
import { sha256OfFile } from '@sensor-warehouse/storage/file-hash';
import type { Context } from './context';
import type { FactsManifest } from './facts-manifest';
import { listNumbered, type Numbering, readNumbered, requireNoGap } from './layout/generations';
import { pathOf } from './layout/names';
import { type Pointer, settledOf } from './pointer';

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
}

export interface Pending {
  readonly generations: readonly PendingGeneration[];
  readonly held: Waiting['held'];
  readonly numbering: Numbering;
}

/**
 * Finds the generations after the high-water mark of any datasource. The newest manifest that names a source says
 * whether it is held; what was settled holds no longer.
 * @throws Failure if a generation is missing between others, or its manifest cannot be read
 */
export async function readWaiting(context: Context, pointer: Pointer): Promise<Waiting> {
  const { warehouse, configuration } = context;
  const oldest = Math.min(...configuration.datasources.map(({ id }) => pointer.consumed[id] ?? 0));
  const numbering = await listNumbered(context, pointer);
  requireNoGap(numbering, warehouse.name);
  const manifests = await readNumbered(
    context,
    numbering.generations.filter(({ number }) => number > oldest),
  );
  const held: Record<string, readonly string[]> = {};
  for (const manifest of manifests) {
    for (const source of manifest.sources) {
      if (isConsumed(manifest, pointer, source.datasource)) continue;
      if (settledOf(pointer, source.datasource, manifest.number) !== undefined) continue;
      delete held[source.datasource];
      if (source.held) held[source.datasource] = source.refused;
    }
  }
  return { manifests, held, numbering };
}

/** Number of facts that a datasource has still to consume; those that were discarded it never will. */
export function waitingFacts(manifests: readonly FactsManifest[], pointer: Pointer, datasource: string): number {
  return manifests
    .filter((one) => !isConsumed(one, pointer, datasource) && !isDiscarded(one, pointer, datasource))
    .flatMap(({ sources }) => sources.filter((one) => one.datasource === datasource))
    .reduce((total, { facts }) => total + facts, 0);
}

/**
 * Brings waiting facts into the work folder. Facts that every source has consumed may have been removed from the
 * warehouse, and are not asked for.
 * @throws Failure if facts are not what their manifest says
 */
export async function fetchPending(context: Context, pointer: Pointer): Promise<Pending> {
  const { warehouse, work, configuration } = context;
  const { manifests, held, numbering } = await readWaiting(context, pointer);
  const generations = manifests.map((manifest) => ({
    manifest,
    local: join(work, 'facts', manifest.generation, manifest.facts.file),
  }));
  const isNeeded = ({ manifest }: PendingGeneration) =>
    configuration.datasources.some(({ id }) => waitingFacts([manifest], pointer, id) > 0);
  const needed = generations.filter(isNeeded);
  const absent = new Map<string, string>();
  for (const { manifest, local } of needed)
    if (!(await isHere(local, manifest))) absent.set(factsPath(manifest), local);
  await warehouse.downloadAll(absent);
  for (const { manifest, local } of needed) {
    if (!(await isHere(local, manifest))) throw otherFacts(`${warehouse.name}/${factsPath(manifest)}`, manifest);
  }
  return { generations, held, numbering };
}

/** Generations of one datasource that are still to be consumed, oldest first. */
export function pendingOf(pending: Pending, pointer: Pointer, datasource: string): PendingGeneration[] {
  return pending.generations.filter(({ manifest }) => !isConsumed(manifest, pointer, datasource));
}

/** The oldest generations, as far as they are settled: they need not wait for what came after them. */
export function settledPrefix(
  generations: readonly PendingGeneration[],
  pointer: Pointer,
  datasource: string,
): readonly PendingGeneration[] {
  const open = generations.findIndex(({ manifest }) => settledOf(pointer, datasource, manifest.number) === undefined);
  return open < 0 ? generations : generations.slice(0, open);
}

export function isDiscarded({ number }: Pick<FactsManifest, 'number'>, pointer: Pointer, datasource: string): boolean {
  return settledOf(pointer, datasource, number)?.verdict === 'discarded';
}

/** Facts of a datasource that were discarded, among those of some generations. */
export function discardedFacts(
  generations: readonly PendingGeneration[],
  pointer: Pointer,
  datasource: string,
): number {
  return generations
    .filter(({ manifest }) => isDiscarded(manifest, pointer, datasource))
    .flatMap(({ manifest }) => manifest.sources.filter((one) => one.datasource === datasource))
    .reduce((total, { facts }) => total + facts, 0);
}

function isConsumed({ number }: FactsManifest, pointer: Pointer, datasource: string): boolean {
  return number <= (pointer.consumed[datasource] ?? 0);
}

function factsPath({ generation }: FactsManifest): string {
  return pathOf({ kind: 'facts', generation });
}

async function isHere(local: string, { facts }: FactsManifest): Promise<boolean> {
  const found = await stat(local).catch(() => undefined);
  return found?.size === facts.bytes && (await sha256OfFile(local)) === facts.sha256;
}

function otherFacts(where: string, { facts }: FactsManifest): Failure {
  return new Failure({
    stage: 'check-quality',
    what: 'the facts are not what their manifest says',
    where,
    expected: `SHA-256 ${facts.sha256}`,
    fix: 'restore the file from the remote’s history of versions, or pass over them for ever with `warehouse discard`',
    class: 'remote-permanent',
    code: 'hash-count',
  });
}
