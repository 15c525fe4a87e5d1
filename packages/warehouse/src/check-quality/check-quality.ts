import { type Finding, quoted, type Severity } from '@sensor-warehouse/model/findings/finding';
import type { Datasource, QualityCheck } from '@sensor-warehouse/model/seeds/configuration';
import { discardedFacts, settlementOf } from '../layout/consumption';
import { isUnfitFor, type PendingGeneration, pendingOf } from '../layout/pending';
import { pointerDigest, readPointer } from '../layout/pointer';
import { requireUnchanged } from '../layout/pointer-copies';
import { readUndelivered, undeliveredFindings } from '../layout/undelivered';
import type { Clock, Context, Seeds } from '../run/context';
import type { NoInput, Stage, StageOutcome } from '../run/run-stage';
import { frozenRuns } from '../tables/frozen';
import { type FactTable, monthsOfFacts, readFacts } from '../tables/read-facts';
import { type Conflict, conflictFindings } from '../tables/sensor-conflict';
import { manifestDigests } from './as-checked';
import { CHECKED, type Checked } from './checked';
import { differencesOf } from './compare-facts';
import { everyFactChecked } from './conserve';
import { findFacts, type MakeAgain } from './find-facts';
import { judge, type QualityResult } from './judge';
import { type LastReading, lastOfTable, latest } from './last-readings';
import { findRepeatedKeys } from './repeated-keys';
import { checkSilence, STALE } from './silence';

/**
 * Checks everything that is pending and was not discarded, source by source; a source that fails is held, the others
 * continue.
 * @param makeAgain rebuilds facts that are missing or damaged from their raw copies; without it their sources are held
 */
async function checkQuality(
  context: Context,
  makeAgain?: MakeAgain,
): Promise<StageOutcome<{ readonly checked: Checked }>> {
  const { pointer, text } = await readPointer(context.warehouse);
  await requireUnchanged(context.warehouse, pointer, text);
  const { pending, findings: missing, holds } = await findFacts(context, pointer, makeAgain);
  const held: Record<string, string[]> = {};
  for (const [id, refused] of Object.entries(pending.held)) held[id] = refused.map(reasonOf);
  const undelivered: Record<string, string> = { ...(await readUndelivered(context)) };
  const findings: Finding[] = [...undeliveredFindings(undelivered), ...missing];
  for (const { datasource, reason } of holds) hold(held, datasource, reason);
  const results: QualityResult[] = [];
  const total = { facts: 0, checked: 0, repeated: 0, discarded: 0 };
  for (const datasource of context.configuration.datasources) {
    const generations = pendingOf(pending, pointer, datasource.id).filter(
      (one) => !isUnfitFor(one, pointer, datasource.id),
    );
    const verdictOf = ({ manifest }: PendingGeneration) =>
      settlementOf(manifest.number, pointer, datasource.id)?.verdict;
    total.discarded += discardedFacts(
      generations.map(({ manifest }) => manifest),
      pointer,
      datasource.id,
    );
    const last: LastReading[] = [];
    // Released facts are checked and reported too, but hold nothing.
    for (const verdict of ['released', undefined] as const) {
      const delivery = await checkDelivery(
        context,
        datasource,
        generations.filter((one) => verdictOf(one) === verdict),
      );
      total.facts += delivery.facts;
      total.checked += delivery.checked;
      total.repeated += delivery.repeated;
      last.push(...delivery.last);
      const severity: Severity = verdict === 'released' ? 'warning' : 'error';
      results.push(...delivery.results);
      findings.push(...delivery.findings.map((one) => (one.severity === 'error' ? { ...one, severity } : one)));
      if (verdict === undefined) for (const reason of delivery.reasons) hold(held, datasource.id, reason);
    }
    const newestFile = generations.flatMap(({ manifest }) => manifest.files).findLast(isOf(datasource))?.name;
    const came = generations.some(({ manifest }) =>
      manifest.sources.some((one) => isOf(datasource)(one) && one.readings > 0),
    );
    const silence = await checkSilence(context, pointer, datasource, { delivered: latest(last), newestFile, came });
    results.push(...silence.results);
    findings.push(...silence.findings);
    for (const { severity, code } of silence.findings) {
      if (severity !== 'error') continue;
      // Late answers of an API are still correct.
      if (code === STALE && datasource.type === 'api') undelivered[datasource.id] ??= code;
      else hold(held, datasource.id, code);
    }
  }
  const manifests = pending.generations.map(({ manifest }) => manifest);
  const checked: Checked = {
    generations: manifests.map(({ generation }) => generation),
    manifests: manifestDigests(manifests),
    differences: differencesOf(pending),
    pointer: pointerDigest(text),
    results,
    held,
    undelivered,
    findings,
  };
  const { facts, checked: out, repeated, discarded } = total;
  return {
    output: { checked },
    counts: { files: pending.generations.length, in: facts + discarded, out, quarantined: discarded, repeated },
    laws: [everyFactChecked(total)],
    findings,
  };
}

export function checkQualityStage(makeAgain?: MakeAgain): Stage<NoInput, { readonly checked: Checked }> {
  return {
    name: 'check-quality',
    reads: {},
    writes: { checked: CHECKED },
    run: (context) => checkQuality(context, makeAgain),
  };
}

/** Results of the checks on generations of one source, treated as one delivery. */
interface Delivery {
  readonly facts: number;
  readonly checked: number;
  readonly repeated: number;
  /** The last reading of each series and month. */
  readonly last: readonly LastReading[];
  readonly results: readonly QualityResult[];
  readonly findings: readonly Finding[];
  /** Why it must not continue; none if it may. */
  readonly reasons: readonly string[];
}

async function checkDelivery(
  context: Seeds & Clock,
  datasource: Datasource,
  generations: readonly PendingGeneration[],
): Promise<Delivery> {
  const sources = generations.flatMap(({ manifest }) =>
    manifest.sources.filter((one) => one.datasource === datasource.id),
  );
  const facts = sources.reduce((total, one) => total + one.facts, 0);
  const files = generations.flatMap(({ manifest }) => manifest.files.filter(isOf(datasource)));
  const results: QualityResult[] = [];
  const findings: Finding[] = [];
  const reasons: string[] = [];
  const last: LastReading[] = [];
  let checked = 0;
  let repeated = 0;
  if (files.length === 0) return { facts, checked, repeated, last, results, findings, reasons };
  const report = (check: DeliveryCheck, measured: number, extra: Partial<Finding> = {}) => {
    const result = judge(datasource, check, measured, context.configuration.threshold(datasource.id, check));
    results.push(result);
    if (result.verdict === 'passed') return;
    const severity: Severity = result.verdict === 'failed' ? 'error' : 'warning';
    findings.push(qualityFinding(datasource, check, result, severity, extra));
    if (severity === 'error') reasons.push(`quality check ${check}`);
  };
  const readings = sources.reduce((total, one) => total + one.readings, 0);
  const empty = sources.reduce((total, one) => total + one.empty, 0);
  report('row_count', facts);
  report('null_share', readings + empty === 0 ? 0 : empty / (readings + empty));
  let future = 0;
  let conflicting = 0;
  let frozen = 0;
  const conflicts: Conflict[] = [];
  for (const { local, manifest } of generations) {
    // A month at a time: a key does not reach beyond it, and memory does not grow with the delivery.
    for (const month of monthsOfFacts(manifest.series, datasource.id)) {
      const table = (await readFacts(local, manifest, datasource.id, month))!;
      checked += table.time.length;
      last.push(...lastOfTable(table));
      future += countFuture(table, context.now);
      frozen += countFrozen(table);
      const keys = findRepeatedKeys(table);
      conflicting += keys.conflicting;
      repeated += keys.repeated;
      conflicts.push(...keys.conflicts);
    }
  }
  const conflicted = conflictFindings(datasource.id, conflicts);
  findings.push(...conflicted);
  reasons.push(...conflicted.map(({ message }) => message));
  report('future_readings', future);
  report('conflicting_keys', conflicting);
  report('frozen_share', facts === 0 ? 0 : frozen / facts);
  return { facts, checked, repeated, last, results, findings, reasons };
}

const isOf =
  ({ id }: Datasource) =>
  (file: { readonly datasource: string }) =>
    file.datasource === id;

/** A name that ends with a slash is a folder that could not be listed. */
function reasonOf(name: string): string {
  return name.endsWith('/') ? `unreadable folder ${quoted(name)}` : `refused upload ${quoted(name)}`;
}

function hold(held: Record<string, string[]>, datasource: string, reason: string): void {
  held[datasource] = [...(held[datasource] ?? []), reason];
}

/** Checks that count the facts of a delivery; the others have findings of their own (see silence). */
type DeliveryCheck = Exclude<QualityCheck, 'stale_days' | 'silent_hours'>;

const MEANING: Readonly<Record<DeliveryCheck, Pick<Finding, 'code' | 'message' | 'fix'>>> = {
  row_count: {
    code: 'quality-row-count',
    message: 'the delivery has too few readings',
    fix: 'check the period of the exports',
  },
  null_share: {
    code: 'quality-null-share',
    message: 'too many cells of the delivery are empty',
    fix: 'check the batteries and the export',
  },
  conflicting_keys: {
    code: 'quality-conflicting-keys',
    message: 'readings of one instant have different values; the later one wins',
    fix: 'check the uploads for edited or mixed-up exports',
  },
  frozen_share: {
    code: 'quality-frozen-share',
    message: 'too many readings repeat one value for a day or more',
    fix: 'check whether the sensors still measure; these readings are archived with a flag and published',
  },
  future_readings: {
    code: 'quality-future-readings',
    message: 'readings are in the future',
    fix: 'check the clock of the sensor and the time zone of the source',
  },
};

function qualityFinding(
  datasource: Datasource,
  check: DeliveryCheck,
  result: QualityResult,
  severity: Severity,
  extra: Partial<Finding>,
): Finding {
  const limit = severity === 'error' ? result.error : result.warn;
  return {
    severity,
    datasource: datasource.id,
    count: Number.isInteger(result.measured) ? result.measured : 1,
    found: Number.isInteger(result.measured) ? String(result.measured) : result.measured.toPrecision(3),
    expected: `${result.check === 'row_count' ? 'at least' : 'at most'} ${limit}`,
    ...MEANING[check],
    ...extra,
  };
}

function countFrozen({ time, value, segments }: FactTable): number {
  return segments
    .filter(({ measurement }) => measurement === 'nonadditive')
    .flatMap(({ start, end }) => frozenRuns(time, value, start, end))
    .reduce((total, run) => total + run.end - run.start, 0);
}

function countFuture(table: FactTable, now: number): number {
  let future = 0;
  for (const { start, end } of table.segments) {
    for (let row = end - 1; row >= start && table.time[row]! > now; row--) future++;
  }
  return future;
}
