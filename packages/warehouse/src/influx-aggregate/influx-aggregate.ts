import type { Finding } from '@sensor-warehouse/model/findings/finding';
import { requireAsChecked, requireFactsAsChecked } from '../check-quality/as-checked';
import { CHECKED, type Checked } from '../check-quality/checked';
import type { Engine } from '../engines/engine';
import { leftOutFindings, levelsLeftOut } from '../engines/reading-levels';
import { discardedFacts, factsOf, isDiscarded } from '../layout/consumption';
import { namedGenerations } from '../layout/generations';
import { fetchPending, isUnfitFor, type PendingGeneration, pendingOf, settledPrefix } from '../layout/pending';
import { POINTER, type Pointer, readPointer, requireSamePointer } from '../layout/pointer';
import { discardedFinding } from '../layout/settlement-findings';
import { LEVEL_ARCHIVE, type LevelArchive } from '../levels/hand-overs';
import { prepareLevels } from '../levels/level-archive';
import type { NewPartition } from '../partitions/make-partition';
import type { Context, Healing, MonthWindows } from '../run/context';
import type { Stage, StageOutcome } from '../run/run-stage';
import { AGGREGATED, type Aggregated } from './aggregated';
import { everyFactMerged } from './conserve';
import { type MergedSource, mergeSource } from './merge-source';

/** The stage's output: the aggregates, and the archive laid out for levels that are dbt models. */
export interface AggregatedAll {
  readonly aggregated: Aggregated;
  readonly archive: LevelArchive;
}

/**
 * Merges pending facts into the archive months they touch, flags, and lets the engine aggregate their hours; source by
 * source, window by window, so that memory does not grow with their number.
 */
async function influxAggregate(
  context: Context,
  { checked }: { readonly checked: Checked },
  engine: Engine,
): Promise<StageOutcome<AggregatedAll>> {
  const { pointer, text } = await readPointer(context.warehouse);
  requireSamePointer('influx-aggregate', text, checked.pointer, `${context.warehouse.name}/${POINTER}`);
  const pending = await fetchPending(context, pointer);
  const manifests = pending.generations.map(({ manifest }) => manifest);
  requireAsChecked('influx-aggregate', context, checked, manifests);
  const held: Record<string, readonly string[]> = { ...checked.held };
  const consumed: Record<string, number> = { ...pointer.consumed };
  const partitions: NewPartition[] = [];
  const findings: Finding[] = [...pending.numbering.findings];
  const total = { facts: 0, added: 0, replaced: 0, repeated: 0, touched: 0, discarded: 0 };
  for (const { id } of context.configuration.datasources) {
    // Facts handed over since then were not checked; the next run takes them.
    const generations = pendingOf(pending, pointer, id)
      .filter(({ manifest }) => checked.generations.includes(manifest.generation))
      .map((one) => ({ ...one, differences: checked.differences[one.manifest.generation] ?? [] }));
    if (!(id in held))
      requireFactsAsChecked('influx-aggregate', context, generations, (one) => isUnfitFor(one, pointer, id));
    // Settled facts are merged before those that hold the source now.
    const settled = settledPrefix(generations, pointer, id);
    let taken = id in held ? settled : generations;
    let merged = await mergeUndiscarded(context, engine, pointer, id, taken);
    if (merged.conflicts.length > 0) {
      // A file healed during the merge is intact when it is merged again, and would not be reported.
      findings.push(...merged.conflicts, ...merged.findings.filter(({ code }) => code === 'partition-healed'));
      held[id] = merged.conflicts.map(({ message }) => message);
      taken = settled;
      merged = await mergeUndiscarded(context, engine, pointer, id, taken);
    }
    if (taken.length === 0) continue;
    const delivered = taken.map(({ manifest }) => manifest);
    const discarded = discardedFacts(delivered, pointer, id);
    if (discarded > 0) findings.push(discardedFinding(id, discarded, taken, pointer));
    total.discarded += discarded;
    total.facts += factsOf(delivered, id);
    total.added += merged.added;
    total.replaced += merged.replaced;
    total.repeated += merged.repeated;
    total.touched += merged.touched;
    partitions.push(...merged.partitions);
    findings.push(...merged.findings);
    consumed[id] = taken.at(-1)!.manifest.number;
  }
  if (partitions.length > 0) findings.push(...leftOutFindings(levelsLeftOut(context.configuration, engine)));
  const archive = await prepareLevels(context, pointer, partitions);
  const named = namedGenerations(pointer, pending.numbering, consumed);
  const { touched: files, facts, added, replaced, repeated, discarded: quarantined } = total;
  return {
    output: { aggregated: { pointer: checked.pointer, partitions, consumed, named, held }, archive },
    counts: { files, in: facts, out: added + replaced, quarantined, repeated },
    laws: [everyFactMerged(total)],
    findings,
  };
}

export function influxAggregateStage(engine: Engine): Stage<{ readonly checked: Checked }, AggregatedAll> {
  return {
    name: 'influx-aggregate',
    reads: { checked: CHECKED },
    writes: { aggregated: AGGREGATED, archive: LEVEL_ARCHIVE },
    run: (context, input) => influxAggregate(context, input, engine),
  };
}

/** Merges what nobody discarded. */
function mergeUndiscarded(
  context: Healing & MonthWindows,
  engine: Engine,
  pointer: Pointer,
  datasource: string,
  generations: readonly PendingGeneration[],
): Promise<MergedSource> {
  const wanted = generations.filter(({ manifest }) => !isDiscarded(manifest.number, pointer, datasource));
  return mergeSource(context, engine, pointer, datasource, wanted);
}
