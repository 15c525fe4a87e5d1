import type { Finding } from '@sensor-warehouse/model/findings/finding';
import type { Month } from '@sensor-warehouse/model/time/month';
import type { PlannedMonth, PlannedWindow } from '../layout/backfill-documents';
import type { Partition, Pointer } from '../layout/pointer';
import type { NewPartition } from '../partitions/make-partition';
import type { Context } from '../run/context';
import { requireConservation } from '../run/law';
import type { StageOutcome } from '../run/run-stage';
import type { Plan } from './plan';
import { reaggregateWindow } from './reaggregate';
import { rebuildWindow, type Tools } from './rebuild';

export interface WindowDone {
  /** Those that are to be published: what they hold, or what they follow from, is not as before. */
  readonly partitions: readonly NewPartition[];
  readonly findings: readonly Finding[];
}

/** Makes one window of a plan; its files are in the work folder. */
export async function makeWindow(
  context: Context,
  tools: Tools,
  pointer: Pointer,
  { datasource, how, months }: PlannedWindow,
  allowFewer: boolean,
): Promise<WindowDone> {
  const names = months.map(({ month }) => month);
  const { partitions, findings } =
    how === 'rebuild'
      ? await rebuildWindow(context, tools, pointer, { datasource, months: names }, allowFewer)
      : { partitions: await reaggregateWindow(context, tools.engine, pointer, datasource, names), findings: [] };
  requireEveryMonth(names, partitions);
  const changed = partitions.filter((partition, index) => {
    const before = pointer.partitions.find((one) => one.datasource === datasource && one.month === partition.month);
    return isFileAbsent(months[index]!) || !isAsBefore(partition, before);
  });
  return { partitions: changed, findings: [...findings, ...changed.map(remadeFinding)] };
}

/**
 * Each month of a window was made, in its place.
 * @throws Failure (bug) otherwise
 */
export function requireEveryMonth(months: readonly Month[], partitions: readonly { readonly month: Month }[]): void {
  const made = partitions.filter(({ month }, index) => month === months[index]).length;
  const equation = `months of the window ${months.length} = partitions of them ${made}`;
  requireConservation('backfill', { equation, left: months.length, right: made });
}

function isFileAbsent({ reasons }: PlannedMonth): boolean {
  return reasons.some((reason) => reason === 'archive-absent' || reason === 'aggregates-absent');
}

/** A month that was not there and has no readings is as before, too. */
function isAsBefore(partition: Partition, before: Partition | undefined): boolean {
  if (before === undefined) return partition.archive.rows === 0;
  return (
    partition.archive.sha256 === before.archive.sha256 &&
    partition.aggregates.sha256 === before.aggregates.sha256 &&
    partition.rules === before.rules &&
    JSON.stringify(partition.levels ?? {}) === JSON.stringify(before.levels ?? {})
  );
}

function remadeFinding({ datasource, month, revision, archive, rowsBefore }: NewPartition): Finding {
  return {
    code: 'month-remade',
    severity: 'info',
    datasource,
    count: archive.rows,
    found: `${rowsBefore} readings before, ${archive.rows} now`,
    message: `${month} is published again, as revision ${revision}`,
    fix: 'nothing to do',
  };
}

/**
 * The outcome of a backfill, or of one of its windows, for `run.json`. Each window's own law was checked when it was
 * made.
 */
export function outcomeOf<Output>(
  output: Output,
  { windows }: Pick<Plan, 'windows'>,
  { partitions, findings }: WindowDone,
): StageOutcome<Output> {
  const planned = windows.reduce((total, { months }) => total + months.length, 0);
  const changed = partitions.length;
  return {
    output,
    counts: { files: planned, in: planned, out: changed, quarantined: 0, repeated: planned - changed },
    laws: { heldBefore: `months planned ${planned}, changed ${changed}` },
    findings,
  };
}
