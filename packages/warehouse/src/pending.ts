import { join } from 'node:path';
import { Failure } from '@sensor-warehouse/model/failure';
import { sha256OfFile } from '@sensor-warehouse/storage/file-hash';
import type { Context } from './context';
import { type FactsManifest, generationNumber, listGenerations, readManifest } from './facts-manifest';
import type { Pointer } from './pointer';

/** A generation of facts that at least one source has not consumed, with its facts here. */
export interface PendingGeneration {
  readonly manifest: FactsManifest;
  readonly local: string;
}

export interface Pending {
  readonly generations: readonly PendingGeneration[];
  /** Datasources with pending facts that must wait: datasource → refused uploads. */
  readonly held: Readonly<Record<string, readonly string[]>>;
}

/**
 * Finds the generations after the high-water mark of any datasource and brings their facts into the work folder.
 * The newest manifest that names a source says whether it is held.
 * @throws Failure if facts are not what their manifest says
 */
export async function fetchPending(context: Context, pointer: Pointer): Promise<Pending> {
  const { warehouse, work } = context;
  const ids = context.configuration.datasources.map(({ id }) => id);
  const oldest = Math.min(...ids.map((id) => pointer.consumed[id] ?? 0));
  const generations: PendingGeneration[] = [];
  const held: Record<string, readonly string[]> = {};
  for (const generation of await listGenerations(warehouse)) {
    if (generationNumber(generation)! <= oldest) continue;
    const manifest = await readManifest(warehouse, generation);
    if (manifest === undefined) continue;
    for (const source of manifest.sources) {
      if (manifest.number <= (pointer.consumed[source.datasource] ?? 0)) continue;
      delete held[source.datasource];
      if (source.held) held[source.datasource] = source.refused;
    }
    const local = join(work, 'facts', generation, manifest.facts.file);
    await warehouse.download(`facts/${generation}/${manifest.facts.file}`, local);
    if ((await sha256OfFile(local)) !== manifest.facts.sha256) {
      throw new Failure({
        stage: 'check-quality',
        what: 'the facts are not what their manifest says',
        where: `${warehouse.name}/facts/${generation}/${manifest.facts.file}`,
        expected: `SHA-256 ${manifest.facts.sha256}`,
        fix: 'restore the file from the remote’s history of versions',
        class: 'remote-permanent',
        code: 'hash-count',
      });
    }
    generations.push({ manifest, local });
  }
  return { generations, held };
}

/** Generations of one datasource that are still to be consumed, oldest first. */
export function pendingOf(pending: Pending, pointer: Pointer, datasource: string): PendingGeneration[] {
  return pending.generations.filter(({ manifest }) => manifest.number > (pointer.consumed[datasource] ?? 0));
}
