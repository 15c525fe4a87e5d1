import { Failure } from '@sensor-warehouse/model/findings/failure';
import { type Month, monthOf, monthsFrom } from '@sensor-warehouse/model/time/month';
import type { Store } from '@sensor-warehouse/storage/store';
import { windowsOfMonths } from '../influx-aggregate/merge-source';
import type { BackfillMode, BackfillOrder, PlannedMonth, PlannedWindow, Reason } from '../layout/backfill-documents';
import { isArchived, isWaiting } from '../layout/consumption';
import type { FactsManifest } from '../layout/facts-manifest';
import { listNumbered, readNumbered } from '../layout/generations';
import type { Partition, Pointer } from '../layout/pointer';
import { rulesDigest } from '../partitions/rules';
import type { MonthWindows, OpenWarehouse, Seeds } from '../run/context';
import { monthsOfFacts } from '../tables/read-facts';

export interface Plan {
  readonly windows: readonly PlannedWindow[];
  /** Months in the range with facts that the next publication merges: no business of a backfill. */
  readonly waiting: readonly { readonly datasource: string; readonly month: Month; readonly facts: number }[];
}

type Candidate = PlannedMonth & { readonly how: PlannedWindow['how'] };

/**
 * Turns an order into a plan for this warehouse, without changing anything or reading any table.
 * @throws Failure (config) if it exceeds `maxMonths`
 */
export async function planBackfill(
  context: OpenWarehouse & Seeds & MonthWindows,
  pointer: Pointer,
  order: BackfillOrder,
): Promise<Plan> {
  const { configuration, windowMonths } = context;
  const manifests = await readNumbered(context, (await listNumbered(context.warehouse, pointer)).generations);
  const inRange = (month: Month) => month >= order.from && month <= order.to;
  const windows: PlannedWindow[] = [];
  const waiting: Plan['waiting'][number][] = [];
  for (const { id } of configuration.datasources) {
    if (order.datasource !== undefined && order.datasource !== id) continue;
    const present = await filesOf(context.warehouse, id);
    const archived = manifests.filter(({ number }) => isArchived(number, pointer, id));
    const known = pointer.partitions.filter(({ datasource }) => datasource === id);
    const months = new Set([
      ...known.map(({ month }) => month),
      ...archived.flatMap(({ series }) => monthsOfFacts(series, id)),
      // A month whose readings were all left out has no facts; rebuilt today, it may have some.
      ...(order.mode === 'rebuild' ? monthsLeftOut(archived, id).filter(inRange) : []),
    ]);
    const candidates: Candidate[] = [];
    for (const month of [...months].filter(inRange).sort()) {
      const before = known.find((one) => one.month === month);
      const reasons = reasonsFor(before, present, order.mode, rulesDigest(configuration, id, month));
      if (reasons.length === 0) continue;
      const gone = reasons.includes('not-published') || reasons.includes('archive-absent');
      const how = gone || order.mode === 'rebuild' ? 'rebuild' : 'aggregate';
      candidates.push({ month, how, reasons, readings: before?.archive.rows ?? 0 });
    }
    windows.push(...windowsOfSource(id, candidates, windowMonths));
    waiting.push(...waitingMonths(manifests, pointer, id).filter(({ month }) => inRange(month)));
  }
  requireAtMost(windows, order.maxMonths);
  return { windows, waiting };
}

function monthsLeftOut(manifests: readonly FactsManifest[], datasource: string): Month[] {
  return manifests
    .flatMap(({ files }) => files)
    .filter((file) => file.datasource === datasource && file.rejected > 0)
    .flatMap(({ covers }) => (covers === undefined ? [] : monthsFrom(monthOf(covers.first), monthOf(covers.last))));
}

/** The files of a source's partitions that are there. */
async function filesOf(warehouse: Store, datasource: string): Promise<ReadonlySet<string>> {
  const listed = [
    ...(await warehouse.listHere(`archive/${datasource}`)),
    ...(await warehouse.listHere(`aggregates/${datasource}`)),
  ];
  return new Set(listed.map(({ path }) => path));
}

function reasonsFor(
  before: Partition | undefined,
  present: ReadonlySet<string>,
  mode: BackfillMode,
  rules: string,
): Reason[] {
  if (before === undefined) return ['not-published'];
  const reasons: Reason[] = [];
  if (!present.has(before.archive.path)) reasons.push('archive-absent');
  if (!present.has(before.aggregates.path)) reasons.push('aggregates-absent');
  if (mode !== 'missing' && before.rules !== rules) reasons.push('rules-changed');
  if (reasons.length === 0 && (mode === 'all' || mode === 'rebuild')) reasons.push('asked-for');
  return reasons;
}

function windowsOfSource(datasource: string, candidates: readonly Candidate[], most: number): PlannedWindow[] {
  return (['aggregate', 'rebuild'] as const).flatMap((how) => {
    const own = new Map(
      candidates.filter((one) => one.how === how).map(({ how: _, ...month }) => [month.month, month]),
    );
    return windowsOfMonths([...own.keys()], most).map((months) => ({
      name: `${datasource}_${months[0]!}_${months.at(-1)!}`,
      datasource,
      how,
      months: months.map((month) => own.get(month)!),
    }));
  });
}

function waitingMonths(manifests: readonly FactsManifest[], pointer: Pointer, datasource: string) {
  const facts = new Map<Month, number>();
  for (const { number, series } of manifests)
    for (const one of series)
      if (one.datasource === datasource && isWaiting(number, pointer, datasource))
        facts.set(one.month, (facts.get(one.month) ?? 0) + one.facts);
  return [...facts].sort().map(([month, count]) => ({ datasource, month, facts: count }));
}

function requireAtMost(windows: readonly PlannedWindow[], most: number): void {
  const months = windows.flatMap((window) => window.months.map(({ month }) => `${window.datasource} ${month}`));
  if (months.length <= most) return;
  throw new Failure({
    stage: 'backfill',
    what: 'the range has more months than one backfill may rebuild',
    where: `${months[0]} to ${months.at(-1)}`,
    found: `${months.length} (source, month) pairs`,
    expected: `at most ${most}`,
    fix: 'choose a shorter range, one source, or a larger max-months',
    class: 'config',
    code: 'too-many-months',
  });
}
