import { type Finding, quoted, type Severity } from '@sensor-warehouse/model/findings/finding';
import type { Datasource, QualityCheck, Threshold } from '@sensor-warehouse/model/seeds/configuration';
import { DAY, HOUR } from '@sensor-warehouse/model/time/units';
import type { Pointer } from '../layout/pointer';
import type { Clock, OpenWarehouse, Seeds } from '../run/context';
import { judge, type QualityResult } from './judge';
import { type LastReading, type LastReadings, lastPublished, latest } from './last-readings';

/** Code of the finding that a source delivers nothing new. */
export const STALE = 'stale-file';

/** Results of the checks for missing readings. */
export interface Silence {
  readonly results: readonly QualityResult[];
  readonly findings: readonly Finding[];
}

/** A source's delivery. */
export interface Delivery {
  /** The last reading of each series that came. */
  readonly delivered: LastReadings;
  readonly newestFile: string | undefined;
  /** Whether anything was read at all, if only to be rejected. */
  readonly came: boolean;
}

/**
 * Finds gaps at the end: sensors that stopped while others of their source continued, and a source that has sent
 * nothing newer for a long time. Judges by the time of readings, not of uploads. Does nothing without a threshold.
 */
export async function checkSilence(
  context: OpenWarehouse & Seeds & Clock,
  pointer: Pointer,
  datasource: Datasource,
  { delivered, newestFile, came }: Delivery,
): Promise<Silence> {
  const thresholdOf = (check: QualityCheck) => context.configuration.threshold(datasource.id, check);
  const stale = thresholdOf('stale_days');
  const silent = thresholdOf('silent_hours');
  const asked = (one: Threshold) => one.warn !== undefined || one.error !== undefined;
  if (!asked(stale) && !(asked(silent) && delivered.size > 0)) return { results: [], findings: [] };
  const published = await lastPublished(context, pointer, datasource.id);
  const known = published ?? new Map<string, LastReading>();
  const all = latest([...known.values(), ...delivered.values()]);
  if (all.size === 0) {
    const isMute = asked(stale) && datasource.type === 'api' && !came && published !== undefined;
    return { results: [], findings: isMute ? [neverDelivered(datasource)] : [] };
  }
  const newest = Math.max(...[...all.values()].map(({ time }) => time));
  const found: Silence[] = [];
  if (asked(stale)) found.push(checkStale(datasource, stale, newest, context.now, newestFile));
  if (asked(silent) && delivered.size > 0)
    found.push(checkSilent(datasource, silent, expectedOf(known, delivered), newest));
  return {
    results: found.flatMap(({ results }) => results),
    findings: [
      ...found.flatMap(({ findings }) => findings),
      ...(published === undefined ? [notCompared(datasource)] : []),
    ],
  };
}

/**
 * The series that this delivery should contain: those that it does and, if it contains most of the last published ones,
 * all of those. A single export out of thirty says nothing about the other twenty-nine.
 */
function expectedOf(known: LastReadings, delivered: LastReadings): LastReadings {
  const again = [...known.keys()].filter((key) => delivered.has(key)).length;
  const before = again * 2 > known.size ? known : new Map([...known].filter(([key]) => delivered.has(key)));
  return latest([...before.values(), ...delivered.values()]);
}

/** One finding for each location: a battery takes all quantities of its sensor with it. */
function checkSilent(datasource: Datasource, threshold: Threshold, expected: LastReadings, newest: number): Silence {
  const byLocation = new Map<string, LastReading[]>();
  for (const one of expected.values()) byLocation.set(one.location, [...(byLocation.get(one.location) ?? []), one]);
  let longest = 0;
  const findings: Finding[] = [];
  for (const [location, series] of byLocation) {
    const hoursOf = ({ time }: LastReading) => Math.floor((newest - time) / HOUR);
    const quiet = series.filter(
      (one) => judge(datasource, 'silent_hours', hoursOf(one), threshold).verdict !== 'passed',
    );
    for (const one of series) longest = Math.max(longest, hoursOf(one));
    if (quiet.length === 0) continue;
    const last = quiet.reduce((one, other) => (other.time > one.time ? other : one));
    const { verdict } = judge(datasource, 'silent_hours', hoursOf(last), threshold);
    const which = quiet.length === series.length ? 'nothing' : `no ${quiet.map(({ dataKey }) => dataKey).join(', ')}`;
    findings.push({
      code: 'sensor-silent',
      severity: severityOf(verdict),
      datasource: datasource.id,
      column: location,
      count: quiet.length,
      found: `${which} of ${quoted(location)} since ${instant(last.time)}, ${hoursOf(last)} hours before the newest reading of the source`,
      expected: `at most ${verdict === 'failed' ? threshold.error : threshold.warn} hours`,
      message: 'a sensor fell silent while others continued',
      fix: 'check its battery and its place; if it is gone for good, set valid_to in its row of the mapping',
    });
  }
  return { results: [judge(datasource, 'silent_hours', longest, threshold)], findings };
}

function checkStale(
  datasource: Datasource,
  threshold: Threshold,
  newest: number,
  now: number,
  newestFile: string | undefined,
): Silence {
  const result = judge(datasource, 'stale_days', Math.max(0, Math.floor((now - newest) / DAY)), threshold);
  if (result.verdict === 'passed') return { results: [result], findings: [] };
  return {
    results: [result],
    findings: [
      {
        code: STALE,
        severity: severityOf(result.verdict),
        datasource: datasource.id,
        ...(newestFile === undefined ? {} : { file: newestFile }),
        count: 1,
        found: `the newest reading of the source is from ${instant(newest)}, ${result.measured} days ago`,
        expected: `at most ${result.verdict === 'failed' ? result.error : result.warn} days`,
        message:
          newestFile === undefined
            ? 'the source has sent nothing new for a long time'
            : 'the uploads hold nothing recent',
        fix:
          datasource.type === 'api'
            ? `check what the API answers; if it is always this late, raise stale_days of ${datasource.id} in seeds/quality_thresholds.csv`
            : 'export the period up to today; an old export may have been uploaded again',
      },
    ],
  };
}

/** An API that answers from the first night on, and never with a reading, is not one that works. */
function neverDelivered({ id }: Datasource): Finding {
  return {
    code: STALE,
    severity: 'error',
    datasource: id,
    count: 1,
    found: 'no reading so far',
    expected: 'readings in the answers of the API',
    message: 'the source has sent nothing yet',
    fix: `check what the API answers, and what seeds/apis/${id}.json asks for; or set enabled to false`,
  };
}

/** Reported, because a check that was not made must not look like one that passed. */
function notCompared({ id }: Datasource): Finding {
  return {
    code: 'silence-not-checked',
    severity: 'warning',
    datasource: id,
    count: 1,
    message: 'the newest published month cannot be read, so sensors without any reading were not looked for',
    fix: 'run `warehouse verify`; the next run that touches the month heals it',
  };
}

function severityOf(verdict: QualityResult['verdict']): Severity {
  return verdict === 'failed' ? 'error' : 'warning';
}

function instant(time: number): string {
  return `${new Date(time).toISOString().slice(0, 16)}Z`;
}
