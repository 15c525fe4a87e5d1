import type { Finding } from '@sensor-warehouse/model/finding';
import { type Month, monthStart, shiftMonth } from '@sensor-warehouse/model/month';
import type { Context } from '../context';
import type { FactsManifest } from '../facts-manifest';
import type { PendingGeneration } from '../pending';
import type { Partition, Pointer } from '../pointer';
import { requireConservation } from '../run-record';
import type { Engine } from './engine';
import { fetchArchive, type MonthToMake, makePartitions, type NewPartition } from './make-partition';
import { merge, NO_READINGS, sameValues } from './merge';
import { monthsOfFacts, type ReadingTable, readFacts } from './read-facts';
import { levelsLeftOut } from './reading-levels';
import { rulesDigest } from './rules';
import { type Conflict, conflictFindings } from './sensor-conflict';

export interface MergedSource {
  readonly partitions: readonly NewPartition[];
  /** Not empty if two sensors disagree: then nothing of the source may be published. */
  readonly conflicts: readonly Finding[];
  readonly findings: readonly Finding[];
  readonly facts: number;
  readonly added: number;
  readonly replaced: number;
  readonly repeated: number;
  /** Partitions looked at, changed or not. */
  readonly touched: number;
}

/**
 * Merges one source's pending facts into the months they touch, a window of months at a time: a delivery of years needs
 * the memory of `windowMonths`.
 */
export async function mergeSource(
  context: Context,
  engine: Engine,
  pointer: Pointer,
  datasource: string,
  generations: readonly PendingGeneration[],
): Promise<MergedSource> {
  const partitions: NewPartition[] = [];
  const conflicts: Conflict[] = [];
  const sums = { facts: 0, added: 0, replaced: 0, repeated: 0, within: 0, outOfRange: 0, excluded: 0 };
  const months = monthsOfPending(generations, datasource);
  for (const window of windowsOf(months, context.windowMonths)) {
    const toMake: MonthToMake[] = [];
    for (const month of window) {
      context.say(`influx-aggregate: ${datasource} ${month} (${months.indexOf(month) + 1} of ${months.length})`);
      const before = pointer.partitions.find((one) => one.datasource === datasource && one.month === month);
      const known = before === undefined ? NO_READINGS : await fetchArchive(context, before.archive);
      const merged = await mergeMonth(known, datasource, month, generations);
      conflicts.push(...merged.conflicts);
      sums.facts += merged.facts;
      sums.added += merged.added;
      sums.replaced += merged.replaced;
      sums.repeated += merged.repeated;
      sums.within += merged.within;
      const asBefore = sameRules(context, engine, before) && sameValues(known, merged.readings);
      if (asBefore) continue;
      toMake.push({
        month,
        readings: merged.readings,
        before,
        facts: generations.at(-1)!.manifest.number,
        ...(before === undefined
          ? {}
          : { previous: { revision: before.revision, archive: before.archive, facts: before.facts } }),
      });
    }
    if (conflicts.length > 0) continue;
    const made = await makePartitions(context, engine, datasource, toMake);
    partitions.push(...made.partitions);
    sums.outOfRange += made.outOfRange;
    sums.excluded += made.excluded;
  }
  return {
    partitions,
    conflicts: conflictFindings(datasource, conflicts),
    findings: [...countedFindings(datasource, sums), ...revisedFindings(pointer, partitions)],
    ...sums,
    touched: months.length,
  };
}

/** Whether the engine would make the partition by the rules that it was made by. */
function sameRules({ configuration }: Context, engine: Engine, before: Partition | undefined): boolean {
  if (before === undefined) return false;
  const { datasource, month, rules } = before;
  return [[], levelsLeftOut(configuration, engine)].some(
    (leftOut) => rules === rulesDigest(configuration, datasource, month, leftOut),
  );
}

/** Months in runs that span at most `most` calendar months, in order. */
export function windowsOf(months: readonly Month[], most: number): Month[][] {
  const windows: Month[][] = [];
  for (const month of [...months].sort()) {
    const last = windows.at(-1);
    if (last !== undefined && month < shiftMonth(last[0]!, most)) last.push(month);
    else windows.push([month]);
  }
  return windows;
}

/** What generations of facts make of the known readings of one month, in the order of their arrival. */
export async function mergeMonth(
  known: ReadingTable,
  datasource: string,
  month: Month,
  generations: readonly { readonly local: string; readonly manifest: Pick<FactsManifest, 'series' | 'files'> }[],
) {
  let readings = known;
  const conflicts: Conflict[] = [];
  const sums = { facts: 0, added: 0, replaced: 0, repeated: 0, within: 0 };
  for (const { local, manifest } of generations) {
    const table = await readFacts(local, manifest, datasource, month);
    if (table === undefined) continue;
    const merged = merge(readings, table, monthStart(month), monthStart(shiftMonth(month, 1)));
    requireConservation(
      'influx-aggregate',
      `${datasource} ${month}: keys after ${merged.readings.time.length} = before ${readings.time.length} + new ${merged.added}`,
      merged.readings.time.length,
      readings.time.length + merged.added,
    );
    readings = merged.readings;
    conflicts.push(...merged.conflicts);
    sums.facts += table.time.length;
    sums.added += merged.added;
    sums.replaced += merged.replaced;
    sums.repeated += merged.repeated;
    sums.within += merged.replacedWithin;
  }
  return { readings, conflicts, ...sums };
}

function monthsOfPending(generations: readonly PendingGeneration[], datasource: string): Month[] {
  return [...new Set(generations.flatMap(({ manifest }) => monthsOfFacts(manifest.series, datasource)))].sort();
}

/** Months that were over when they were published, and are published again: late data. */
function revisedFindings(pointer: Pointer, partitions: readonly NewPartition[]): Finding[] {
  const wasComplete = ({ datasource, month }: NewPartition) =>
    pointer.partitions.some((one) => one.datasource === datasource && one.month === month && one.complete);
  return partitions.filter(wasComplete).map(({ datasource, month, revision, archive, rowsBefore }) => ({
    code: 'month-revised',
    severity: 'info',
    datasource,
    count: archive.rows - rowsBefore,
    found: `${rowsBefore} readings before, ${archive.rows} now`,
    message: `late data: ${month} is published again, as revision ${revision}`,
    fix: 'nothing to do',
  }));
}

function countedFindings(
  datasource: string,
  sums: { readonly within: number; readonly outOfRange: number; readonly excluded: number },
): Finding[] {
  const findings: Finding[] = [];
  const add = (code: string, severity: Finding['severity'], count: number, message: string, fix: string) => {
    if (count > 0) findings.push({ code, severity, datasource, count, message, fix });
  };
  add(
    'primary-key',
    'warning',
    sums.within,
    'a file gives one instant different values; its last row won',
    'check the export for repeated rows',
  );
  add(
    'out-of-range',
    'warning',
    sums.outOfRange,
    'readings outside the plausible range are archived with a flag and enter no aggregate',
    'check the sensor, or the range in seeds/data_keys.csv',
  );
  add('excluded', 'info', sums.excluded, 'readings are excluded by seeds/exclusions.csv', 'nothing to do');
  return findings;
}
