import type { Finding } from '@sensor-warehouse/model/findings/finding';
import { type Month, shiftMonth } from '@sensor-warehouse/model/time/month';
import type { Engine } from '../engines/engine';
import { isReleased } from '../layout/consumption';
import type { PendingGeneration } from '../layout/pending';
import type { Pointer } from '../layout/pointer';
import { backfillCommand } from '../partitions/backfill-command';
import { type Known, knownReadings } from '../partitions/heal-partition';
import { type MonthToMake, makePartitions, type NewPartition } from '../partitions/make-partition';
import { sameRules } from '../partitions/rules';
import type { Healing, MonthWindows } from '../run/context';
import { NO_READINGS, sameValues } from '../tables/merge';
import { mergeMonth } from '../tables/merge-month';
import { monthsOfFacts } from '../tables/read-facts';
import { type Conflict, conflictFindings } from '../tables/sensor-conflict';

export interface MergedSource {
  readonly partitions: readonly NewPartition[];
  /** Not empty if two sensors disagree: then none of the source may be published. */
  readonly conflicts: readonly Finding[];
  readonly findings: readonly Finding[];
  readonly added: number;
  readonly replaced: number;
  readonly repeated: number;
  /** Partitions looked at, changed or not. */
  readonly touched: number;
}

const UNKNOWN: Known = { readings: NO_READINGS, archive: undefined, previous: undefined, findings: [] };

/**
 * Merges one source's pending facts into the months they touch, a window of months at a time: a delivery of years needs
 * the memory of `windowMonths`. Of generations that were released a sensor conflict is reported, and the later value wins.
 */
export async function mergeSource(
  context: Healing & MonthWindows,
  engine: Engine,
  pointer: Pointer,
  datasource: string,
  generations: readonly PendingGeneration[],
): Promise<MergedSource> {
  const partitions: NewPartition[] = [];
  const conflicts: Conflict[] = [];
  const released: Conflict[] = [];
  const healed: Finding[] = [];
  const sums = { added: 0, replaced: 0, repeated: 0, within: 0, outOfRange: 0, excluded: 0 };
  const months = monthsOfPending(generations, datasource);
  for (const window of windowsOfMonths(months, context.windowMonths)) {
    const toMake: MonthToMake[] = [];
    for (const month of window) {
      context.say(`influx-aggregate: ${datasource} ${month} (${months.indexOf(month) + 1} of ${months.length})`);
      const before = pointer.partitions.find((one) => one.datasource === datasource && one.month === month);
      const known = before === undefined ? UNKNOWN : await knownReadings(context, pointer, before);
      healed.push(...known.findings);
      const merged = await mergeMonth(known.readings, datasource, month, generations);
      for (const one of merged.conflicts) {
        const { number } = generations[one.from]!.manifest;
        (isReleased(number, pointer, datasource) ? released : conflicts).push(one);
      }
      sums.added += merged.added;
      sums.replaced += merged.replaced;
      sums.repeated += merged.repeated;
      sums.within += merged.within;
      const asBefore =
        before !== undefined &&
        sameRules(context.configuration, engine, before) &&
        sameValues(known.readings, merged.readings);
      if (asBefore) continue;
      toMake.push({
        month,
        readings: merged.readings,
        before,
        facts: generations.at(-1)!.manifest.number,
        ...(known.previous === undefined ? {} : { previous: known.previous }),
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
    findings: [
      ...countedFindings(datasource, sums, months),
      ...conflictFindings(datasource, released).map((one) => ({ ...one, severity: 'warning' as const })),
      ...revisedFindings(pointer, partitions),
      ...healed,
    ],
    ...sums,
    touched: months.length,
  };
}

/** Months in runs that span at most `most` calendar months, in order. */
export function windowsOfMonths(months: readonly Month[], most: number): Month[][] {
  const windows: Month[][] = [];
  for (const month of [...months].sort()) {
    const last = windows.at(-1);
    if (last !== undefined && month < shiftMonth(last[0]!, most)) last.push(month);
    else windows.push([month]);
  }
  return windows;
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
  months: readonly Month[],
): Finding[] {
  const findings: Finding[] = [];
  const add = (code: Finding['code'], severity: Finding['severity'], count: number, message: string, fix: string) => {
    if (count > 0) findings.push({ code, severity, datasource, count, message, fix });
  };
  // The archive has them: when the seed is another, the months are only aggregated again.
  if (months.length === 0) return findings;
  const again = `\`${backfillCommand(datasource, months[0]!, months.at(-1)!, 'stale')}\``;
  add(
    'primary-key',
    'warning',
    sums.within,
    'a file gives different values for one instant; its last row was used',
    'check the export for repeated rows',
  );
  add(
    'out-of-range',
    'warning',
    sums.outOfRange,
    'readings outside the plausible range are archived with a flag and left out of the hours',
    `check the sensor, or the range in seeds/data_keys.csv; once the range is corrected, ${again} adds them`,
  );
  add(
    'excluded',
    'info',
    sums.excluded,
    'seeds/exclusions.csv excludes readings',
    `nothing to do; once the row is removed, ${again} adds them`,
  );
  return findings;
}
