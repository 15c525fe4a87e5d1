import { HOUR } from '@sensor-warehouse/model/time/units';
import { openZone, type Zone } from '@sensor-warehouse/model/time/zone';
import { type GridTable, sameValue, valueOfHour } from './hour-grid';

/** How the labels of the old dataset follow from those of the new one, which are starts of hours in UTC. */
export interface LabelRule {
  readonly words: string;
  /** Hours by which the old label is later than the new one, at an hour since 1970. */
  shiftAt(hour: number): number;
  /** The hour that an old label stands for; the first of two. */
  hourOf(label: number): number;
  /** Whether the clock shows this label for two hours: nobody knows which of them the old row is, or whether it is both. */
  isDoubled(label: number): boolean;
}

export interface FoundRule {
  readonly rule: LabelRule;
  /** Hours that both have under the rule, and those of them that are equal. */
  readonly comparable: number;
  readonly equal: number;
}

export const AS_LABELLED = constant(0, 'the labels on both sides mean the same');

const FURTHEST = 24;

/** Possible meanings of labels, the simplest first: of two rules that explain equally much, the first wins. */
export function possibleRules(zones: readonly string[]): LabelRule[] {
  const local = [...new Set(zones)]
    .filter((name) => name !== 'UTC')
    .flatMap((name) => [
      clock(openZone(name), 0, `the old labels are the window’s start, in ${name} local time marked as UTC`),
      clock(openZone(name), 1, `the old labels are the window’s end, in ${name} local time marked as UTC`),
    ]);
  const shifted = Array.from({ length: FURTHEST }, (_, at) => [at + 1, -at - 1]).flat();
  return [
    AS_LABELLED,
    constant(1, 'the old labels are the window’s end'),
    ...local,
    ...shifted
      .filter((hours) => hours !== 1)
      .map((hours) =>
        constant(hours, `the old labels are ${Math.abs(hours)} hours ${hours > 0 ? 'later' : 'earlier'}`),
      ),
  ];
}

function constant(shift: number, words: string): LabelRule {
  return { words, shiftAt: () => shift, hourOf: (label) => label - shift, isDoubled: () => false };
}

function clock(zone: Zone, end: number, words: string): LabelRule {
  // A zone whose offset is no whole number of hours fits no hourly label.
  const offset = (hour: number) => zone.offsetAt(hour * HOUR) / HOUR;
  return {
    words,
    shiftAt: (hour) => offset(hour) + end,
    hourOf: (label) => {
      const { kind, first } = zone.resolve((label - end) * HOUR);
      return kind === 'gap' ? label - end - offset(label - end) : Math.floor(first / HOUR);
    },
    isDoubled: (label) => zone.resolve((label - end) * HOUR).kind === 'ambiguous',
  };
}

/** The rule under which most hours of the new dataset are equal to one of the old. */
export function findRule(old: GridTable, now: GridTable, rules: readonly LabelRule[]): FoundRule {
  let best: FoundRule = { rule: AS_LABELLED, comparable: 0, equal: 0 };
  const most = [...now.grids].reduce((total, [key, { hours }]) => total + (old.grids.has(key) ? hours : 0), 0);
  for (const rule of rules) {
    // No rule explains more than all, and the simpler ones came first.
    if (best.equal === most) break;
    let comparable = 0;
    let equal = 0;
    const shifts = new Map<number, number>();
    for (const [key, grid] of now.grids) {
      const other = old.grids.get(key);
      if (other === undefined) continue;
      for (let at = 0; at < grid.values.length; at++) {
        const value = grid.values[at]!;
        if (Number.isNaN(value)) continue;
        const hour = grid.first + at;
        let shift = shifts.get(hour);
        if (shift === undefined) {
          shift = rule.shiftAt(hour);
          shifts.set(hour, shift);
        }
        const before = valueOfHour(other, hour + shift);
        if (Number.isNaN(before)) continue;
        comparable++;
        if (sameValue(before, value)) equal++;
      }
    }
    if (equal > best.equal) best = { rule, comparable, equal };
  }
  return best;
}

/** A rule that leaves every tenth hour unexplained does not count. */
export function explains({ comparable, equal }: FoundRule): boolean {
  return comparable > 0 && equal >= 0.9 * comparable;
}
