import { compareText } from '@sensor-warehouse/model/readings/readings';
import { type Month, monthOf } from '@sensor-warehouse/model/time/month';
import { HOUR } from '@sensor-warehouse/model/time/units';
import { requireConservation } from '../run/law';
import { type GridTable, type HourGrid, sameValue, valueOfHour } from './hour-grid';
import { AS_LABELLED, explains, type FoundRule, findRule, type LabelRule } from './label-rules';

/** A comparison of one series in one UTC month. Hours are starts of hours in UTC, milliseconds. */
export interface Comparison {
  readonly month: Month;
  readonly location: string;
  readonly source: string;
  readonly dataKey: string;
  /** Equal values under equal labels. */
  readonly same: number;
  /** Equal values whose old label is later by so many hours (earlier, if negative) → how many. */
  readonly shifted: ReadonlyMap<number, number>;
  /** Whether the shift is the one that the rule of the whole dataset says. */
  readonly byRule: boolean;
  readonly different: readonly { readonly hour: number; readonly old: number; readonly new: number }[];
  /** Hours that only the old dataset has. */
  readonly missing: readonly number[];
  /** Hours that only the new dataset has. */
  readonly extra: readonly number[];
  /** Those of different, missing and extra whose old label the clock shows twice, so that nobody can judge them. */
  readonly unjudged: number;
}

export interface Compared {
  /** Undefined if no rule explains the old labels. */
  readonly rule: FoundRule | undefined;
  /** In the order of month, location, source, data_key. */
  readonly groups: readonly Comparison[];
}

/**
 * Compares two datasets hour by hour, under the rule for the old labels that the data themselves show. A month of a series
 * that fits another shift better is compared under that one.
 * @throws Failure (bug) if an hour of either is in no group, or in two
 */
export function compareDatasets(old: GridTable, now: GridTable, rules: readonly LabelRule[]): Compared {
  const found = findRule(old, now, rules);
  const rule = explains(found) ? found : undefined;
  const usual = rule?.rule ?? AS_LABELLED;
  const groups: Comparison[] = [];
  for (const key of new Set([...old.grids.keys(), ...now.grids.keys()]))
    groups.push(...compareSeries(old.grids.get(key), now.grids.get(key), usual, rules));
  groups.sort(
    (a, b) =>
      compareText(a.month, b.month) ||
      compareText(a.location, b.location) ||
      compareText(a.source, b.source) ||
      compareText(a.dataKey, b.dataKey),
  );
  const sum = (of: (one: Comparison) => number) => groups.reduce((total, one) => total + of(one), 0);
  const both = sum((one) => one.same + shiftedHours(one) + one.different.length);
  const missing = sum((one) => one.missing.length);
  const extra = sum((one) => one.extra.length);
  requireEveryHour('old', old.hours, both, `missing ${missing}`, missing);
  requireEveryHour('new', now.hours, both, `extra ${extra}`, extra);
  return { rule, groups };
}

function requireEveryHour(which: string, hours: number, both: number, alone: string, count: number): void {
  const equation = `${which} hours ${hours} = both ${both} + ${alone}`;
  requireConservation('compare', { equation, left: hours, right: both + count });
}

/** Hours of a group that the rule of the whole dataset does not explain. */
export function unexplainedHours(group: Comparison): number {
  const odd = group.different.length + group.missing.length + group.extra.length;
  return odd - group.unjudged + (group.byRule ? 0 : group.same + shiftedHours(group));
}

export function shiftedHours({ shifted }: Pick<Comparison, 'shifted'>): number {
  return [...shifted.values()].reduce((total, hours) => total + hours, 0);
}

interface OpenComparison {
  same: number;
  readonly shifted: Map<number, number>;
  byRule: boolean;
  readonly different: { hour: number; old: number; new: number }[];
  readonly missing: number[];
  readonly extra: number[];
  unjudged: number;
}

function compareSeries(
  old: HourGrid | undefined,
  now: HourGrid | undefined,
  usual: LabelRule,
  rules: readonly LabelRule[],
): Comparison[] {
  const { location, source, dataKey } = (now ?? old)!;
  const months = new Map<Month, OpenComparison>();
  const open = (month: Month) => {
    let group = months.get(month);
    if (group === undefined) {
      group = { same: 0, shifted: new Map(), byRule: true, different: [], missing: [], extra: [], unjudged: 0 };
      months.set(month, group);
    }
    return group;
  };
  /** Old labels that an hour of the new dataset has taken. */
  const taken = new Set<number>();
  for (const [month, hours] of now === undefined ? [] : hoursByMonth(now)) {
    const group = open(month);
    const rule = old === undefined ? usual : bestRule(old, now!, hours, usual, rules);
    group.byRule = rule === usual;
    compareMonth(group, { old, now: now!, rule, taken }, hours);
  }
  for (const label of old === undefined ? [] : labelsOf(old)) {
    if (taken.has(label)) continue;
    const hour = usual.hourOf(label);
    const group = open(monthOf(hour * HOUR));
    group.missing.push(hour * HOUR);
    if (usual.isDoubled(label)) group.unjudged++;
  }
  return [...months].map(([month, group]) => ({ month, location, source, dataKey, ...group }));
}

interface ComparedSeries {
  readonly old: HourGrid | undefined;
  readonly now: HourGrid;
  readonly rule: LabelRule;
  /** Old labels that an hour of the new dataset has taken. */
  readonly taken: Set<number>;
}

function compareMonth(
  group: OpenComparison,
  { old, now, rule, taken }: ComparedSeries,
  hours: readonly number[],
): void {
  for (const hour of hours) {
    const value = valueOfHour(now, hour);
    const shift = rule.shiftAt(hour);
    const before = valueOfHour(old, hour + shift);
    // A label that shows two hours, such as that of the doubled autumn hour, is one row: the other hour is extra.
    const second = taken.has(hour + shift);
    if (Number.isNaN(before) || (second && !settledFirst(group, hour, before, value))) {
      group.extra.push(hour * HOUR);
      if (rule.isDoubled(hour + shift)) group.unjudged++;
      continue;
    }
    taken.add(hour + shift);
    if (!sameValue(before, value)) {
      group.different.push({ hour: hour * HOUR, old: before, new: value });
      if (rule.isDoubled(hour + shift)) group.unjudged++;
    } else if (shift === 0) group.same++;
    else group.shifted.set(shift, (group.shifted.get(shift) ?? 0) + 1);
  }
}

/** If two hours share a label, the second takes it if it fits and the first, the hour before, did not. */
function settledFirst(group: OpenComparison, hour: number, before: number, value: number): boolean {
  if (!sameValue(before, value) || group.different.at(-1)?.hour !== (hour - 1) * HOUR) return false;
  group.extra.push(group.different.pop()!.hour);
  return true;
}

/** The usual rule, unless another one fits more hours of these: then part of a dataset is shifted on its own. */
function bestRule(
  old: HourGrid,
  now: HourGrid,
  hours: readonly number[],
  usual: LabelRule,
  rules: readonly LabelRule[],
): LabelRule {
  const fits = (rule: LabelRule) => {
    let equal = 0;
    let differing = 0;
    for (const hour of hours) {
      const before = valueOfHour(old, hour + rule.shiftAt(hour));
      if (Number.isNaN(before)) continue;
      if (sameValue(before, valueOfHour(now, hour))) equal++;
      else differing++;
    }
    return { equal, differing };
  };
  const first = fits(usual);
  // Only what the usual rule leaves unexplained is worth a look.
  if (first.differing === 0 && first.equal > 0) return usual;
  let best = { rule: usual, equal: first.equal };
  for (const rule of rules) {
    const { equal, differing } = fits(rule);
    if (
      equal > best.equal &&
      equal > 0.9 * (equal + differing) &&
      differing < first.differing + (first.equal === 0 ? 1 : 0)
    )
      best = { rule, equal };
  }
  return best.rule;
}

function* labelsOf(grid: HourGrid): Generator<number> {
  for (let at = 0; at < grid.values.length; at++) if (!Number.isNaN(grid.values[at]!)) yield grid.first + at;
}

function hoursByMonth(grid: HourGrid): Map<Month, number[]> {
  const months = new Map<Month, number[]>();
  let day = Number.NaN;
  let hours: number[] = [];
  for (const hour of labelsOf(grid)) {
    if (Math.floor(hour / 24) !== day) {
      day = Math.floor(hour / 24);
      const month = monthOf(hour * HOUR);
      hours = months.get(month) ?? [];
      months.set(month, hours);
    }
    hours.push(hour);
  }
  return months;
}
