import { type Month, monthStart, shiftMonth } from '@sensor-warehouse/model/time/month';
import type { FactsManifest } from '../layout/facts-manifest';
import { requireConservation } from '../run/law';
import { merge } from './merge';
import { type ReadingTable, readFacts } from './read-facts';
import type { Conflict } from './sensor-conflict';

/**
 * Merges generations of facts into the known readings of one month, in order of arrival; a conflict names its
 * generation.
 */
export async function mergeMonth(
  known: ReadingTable,
  datasource: string,
  month: Month,
  generations: readonly { readonly local: string; readonly manifest: Pick<FactsManifest, 'series' | 'files'> }[],
) {
  let readings = known;
  const conflicts: (Conflict & { readonly from: number })[] = [];
  const sums = { added: 0, replaced: 0, repeated: 0, within: 0 };
  for (const [from, { local, manifest }] of generations.entries()) {
    const table = await readFacts(local, manifest, datasource, month);
    if (table === undefined) continue;
    const merged = merge(readings, table, monthStart(month), monthStart(shiftMonth(month, 1)));
    const [before, after] = [readings.time.length, merged.readings.time.length];
    const equation = `${datasource} ${month}: keys after ${after} = before ${before} + new ${merged.added}`;
    requireConservation('influx-aggregate', { equation, left: after, right: before + merged.added });
    readings = merged.readings;
    conflicts.push(...merged.conflicts.map((one) => ({ ...one, from })));
    sums.added += merged.added;
    sums.replaced += merged.replaced;
    sums.repeated += merged.repeated;
    sums.within += merged.replacedWithin;
  }
  return { readings, conflicts, ...sums };
}
