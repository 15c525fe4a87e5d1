import type { FactsManifest } from './facts-manifest';
import type { Pointer, Settlement } from './pointer';

/**
 * What became of the facts that a source delivered with a generation. They are consumed or not, and a person has settled
 * them or not; all else follows from these two:
 *
 * | | not settled | released | discarded |
 * | --- | --- | --- | --- |
 * | **not consumed** | waiting, undecided | waiting | discarded |
 * | **consumed** | archived | archived | discarded |
 *
 * A source is held while the newest manifest that names it, of those that are undecided, says so: validate-schema decided
 * that, for an upload that is refused and holds, or that cannot be taken. check-quality (a quality check failed, facts are
 * lost) and influx-aggregate (two sensors disagree) hold it as well, each for that run alone.
 */
type Known = Pick<Pointer, 'consumed' | 'settled'>;

/** Number of the last generation whose deliveries of the source a publication took or skipped; 0 before the first. */
export function lastConsumed({ consumed }: Pick<Pointer, 'consumed'>, datasource: string): number {
  return consumed[datasource] ?? 0;
}

/** Whether no publication will look at them again. */
export function isConsumed(number: number, pointer: Pick<Pointer, 'consumed'>, datasource: string): boolean {
  return number <= lastConsumed(pointer, datasource);
}

/** What a person decided about them; undefined if nobody did. */
export function settlementOf(number: number, { settled }: Known, datasource: string): Settlement | undefined {
  return settled.find((one) => one.datasource === datasource && one.generation === number);
}

/** Whether a person decided that they never enter the archive. */
export function isDiscarded(number: number, pointer: Known, datasource: string): boolean {
  return settlementOf(number, pointer, datasource)?.verdict === 'discarded';
}

/** Whether a person decided that they enter the archive as they are. */
export function isReleased(number: number, pointer: Known, datasource: string): boolean {
  return settlementOf(number, pointer, datasource)?.verdict === 'released';
}

/** Whether they are in the archive. */
export function isArchived(number: number, pointer: Known, datasource: string): boolean {
  return isConsumed(number, pointer, datasource) && !isDiscarded(number, pointer, datasource);
}

/** Whether they will enter the archive. */
export function isWaiting(number: number, pointer: Known, datasource: string): boolean {
  return !isConsumed(number, pointer, datasource) && !isDiscarded(number, pointer, datasource);
}

/** Whether they wait, and nobody has decided about them: these alone can be held. */
export function isUndecided(number: number, pointer: Known, datasource: string): boolean {
  return !isConsumed(number, pointer, datasource) && settlementOf(number, pointer, datasource) === undefined;
}

/** Whether a source still needs the facts of a generation, even if only to skip them. */
export function isNeeded({ number, sources }: Pick<FactsManifest, 'number' | 'sources'>, pointer: Known): boolean {
  return sources.some(({ datasource, facts }) => facts > 0 && !isConsumed(number, pointer, datasource));
}

/**
 * Sources that are held, with the refused uploads for which they are.
 * @param manifests oldest first
 */
export function heldSources(
  manifests: readonly Pick<FactsManifest, 'number' | 'sources'>[],
  pointer: Known,
): Record<string, readonly string[]> {
  const held: Record<string, readonly string[]> = {};
  for (const { number, sources } of manifests) {
    for (const source of sources) {
      if (!isUndecided(number, pointer, source.datasource)) continue;
      delete held[source.datasource];
      if (source.held) held[source.datasource] = source.refused;
    }
  }
  return held;
}

/** Number of facts that a source delivered with these generations. */
export function factsOf(manifests: readonly Pick<FactsManifest, 'sources'>[], datasource: string): number {
  return manifests
    .flatMap(({ sources }) => sources.filter((one) => one.datasource === datasource))
    .reduce((total, { facts }) => total + facts, 0);
}

/** Number of facts of a source that will enter the archive. */
export function waitingFacts(manifests: readonly FactsManifest[], pointer: Known, datasource: string): number {
  return factsOf(
    manifests.filter(({ number }) => isWaiting(number, pointer, datasource)),
    datasource,
  );
}

/** Number of facts of a source that a person discarded. */
export function discardedFacts(manifests: readonly FactsManifest[], pointer: Known, datasource: string): number {
  return factsOf(
    manifests.filter(({ number }) => isDiscarded(number, pointer, datasource)),
    datasource,
  );
}
