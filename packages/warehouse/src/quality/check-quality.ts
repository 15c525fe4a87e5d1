import { join } from 'node:path';
import type { Datasource, QualityCheck, Threshold } from '@sensor-warehouse/model/configuration';
import { type Finding, quoted, type Severity } from '@sensor-warehouse/model/finding';
import { frozenRuns } from '../aggregate/frozen';
import { type FactTable, monthsOfFacts, readFacts } from '../aggregate/read-facts';
import { type Conflict, conflictFindings } from '../aggregate/sensor-conflict';
import type { Context } from '../context';
import { fetchPending, pendingOf } from '../pending';
import { pointerDigest, readPointer } from '../pointer';
import { recordStage, requireConservation, writeJson } from '../run-record';
import { CHECKED } from '../stage-files';
import { findRepeatedKeys } from './repeated-keys';

export interface QualityResult {
  readonly datasource: string;
  readonly check: QualityCheck;
  readonly measured: number;
  readonly warn: number | undefined;
  readonly error: number | undefined;
  readonly verdict: 'passed' | 'warned' | 'failed';
}

export interface Checked {
  /** Generations that were looked at. */
  readonly generations: readonly string[];
  /** Names the pointer that the job began with (see pointerDigest). */
  readonly pointer: string;
  readonly results: readonly QualityResult[];
  /** Datasource → why its facts must wait. */
  readonly held: Readonly<Record<string, readonly string[]>>;
  readonly findings: readonly Finding[];
}

/** Checks everything that is pending, source by source; a source that fails is held, the others go on. */
export async function checkQuality(context: Context): Promise<Checked> {
  const started = Date.now();
  const { pointer, text } = await readPointer(context.warehouse);
  const pending = await fetchPending(context, pointer);
  const held: Record<string, string[]> = {};
  for (const [id, refused] of Object.entries(pending.held))
    held[id] = refused.map((name) => `refused upload ${quoted(name)}`);
  const findings: Finding[] = [];
  const results: QualityResult[] = [];
  let facts = 0;
  let checked = 0;
  let repeated = 0;
  for (const datasource of context.configuration.datasources) {
    const generations = pendingOf(pending, pointer, datasource.id);
    const sources = generations.flatMap(({ manifest }) =>
      manifest.sources.filter((one) => one.datasource === datasource.id),
    );
    const expected = sources.reduce((total, one) => total + one.facts, 0);
    facts += expected;
    const files = generations.flatMap(({ manifest }) =>
      manifest.files.filter((file) => file.datasource === datasource.id),
    );
    if (files.length === 0) continue;
    const report = (check: QualityCheck, measured: number, extra: Partial<Finding> = {}) => {
      const result = judge(datasource, check, measured, context.configuration.threshold(datasource.id, check));
      results.push(result);
      if (result.verdict === 'passed') return;
      const severity: Severity = result.verdict === 'failed' ? 'error' : 'warning';
      findings.push(qualityFinding(datasource, result, severity, extra));
      if (severity === 'error') hold(held, datasource.id, `quality check ${check}`);
    };
    const readings = sources.reduce((total, one) => total + one.readings, 0);
    const empty = sources.reduce((total, one) => total + one.empty, 0);
    report('row_count', expected);
    report('null_share', readings + empty === 0 ? 0 : empty / (readings + empty));
    let future = 0;
    let conflicting = 0;
    let frozen = 0;
    const conflicts: Conflict[] = [];
    for (const { local, manifest } of generations) {
      // A month at a time: a key does not reach beyond it, and memory does not grow with the delivery.
      for (const month of monthsOfFacts(manifest.series, datasource.id)) {
        const table = (await readFacts(local, manifest, datasource.id, month))!;
        checked += rowsOf(table);
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
    for (const { message } of conflicted) hold(held, datasource.id, message);
    report('future_readings', future);
    report('conflicting_keys', conflicting);
    report('frozen_share', expected === 0 ? 0 : frozen / expected);
  }
  const equation = `facts ${facts} = facts checked ${checked}`;
  requireConservation('check-quality', equation, facts, checked);
  const result: Checked = {
    generations: pending.generations.map(({ manifest }) => manifest.generation),
    pointer: pointerDigest(text),
    results,
    held,
    findings,
  };
  await writeJson(join(context.work, CHECKED), result);
  await recordStage(context.work, {
    stage: 'check-quality',
    files: pending.generations.length,
    in: facts,
    out: checked,
    quarantined: 0,
    repeated,
    seconds: (Date.now() - started) / 1000,
    equation,
    findings,
  });
  return result;
}

function hold(held: Record<string, string[]>, datasource: string, reason: string): void {
  held[datasource] = [...(held[datasource] ?? []), reason];
}

/** A row count may be too low; every other measure may be too high. */
function judge(
  datasource: Datasource,
  check: QualityCheck,
  measured: number,
  { warn, error }: Threshold,
): QualityResult {
  const beyond = (limit: number | undefined) =>
    limit !== undefined && (check === 'row_count' ? measured < limit : measured > limit);
  const verdict = beyond(error) ? 'failed' : beyond(warn) ? 'warned' : 'passed';
  return { datasource: datasource.id, check, measured, warn, error, verdict };
}

const MEANING: Readonly<Record<QualityCheck, { readonly message: string; readonly fix: string }>> = {
  row_count: { message: 'the delivery has too few readings', fix: 'check the period of the exports' },
  null_share: { message: 'too many cells of the delivery are empty', fix: 'check the batteries and the export' },
  conflicting_keys: {
    message: 'readings of one instant have different values; the later one wins',
    fix: 'check the uploads for edited or mixed-up exports',
  },
  frozen_share: {
    message: 'too many readings repeat one value for a day or more',
    fix: 'check whether the sensors still measure; these readings are archived with a flag and published',
  },
  future_readings: {
    message: 'readings lie in the future',
    fix: 'check the clock of the sensor and the time zone of the source',
  },
};

function qualityFinding(
  datasource: Datasource,
  result: QualityResult,
  severity: Severity,
  extra: Partial<Finding>,
): Finding {
  const limit = severity === 'error' ? result.error : result.warn;
  return {
    code: `quality-${result.check.replaceAll('_', '-')}`,
    severity,
    datasource: datasource.id,
    count: Number.isInteger(result.measured) ? result.measured : 1,
    found: Number.isInteger(result.measured) ? String(result.measured) : result.measured.toPrecision(3),
    expected: `${result.check === 'row_count' ? 'at least' : 'at most'} ${limit}`,
    ...MEANING[result.check],
    ...extra,
  };
}

function countFrozen({ time, value, segments }: FactTable): number {
  return segments
    .filter(({ measurement }) => measurement === 'nonadditive')
    .flatMap(({ start, end }) => frozenRuns(time, value, start, end))
    .reduce((total, run) => total + run.end - run.start, 0);
}

function rowsOf(table: FactTable): number {
  return table.segments.reduce((total, { start, end }) => total + end - start, 0);
}

function countFuture(table: FactTable, now: number): number {
  let future = 0;
  for (const { start, end } of table.segments) {
    for (let row = end - 1; row >= start && table.time[row]! > now; row--) future++;
  }
  return future;
}
