import type { Datasource } from '@sensor-warehouse/model/configuration';
import type { Unknown } from '../header';
import type { ColumnLook } from './column-look';
import { distance, spreadOf } from './distribution';
import { groupOf, leafOf } from './label-text';
import type { Missing } from './missing-columns';
import { likeness } from './similarity';
import { type Unit, withoutUnit } from './units';

/** A label that is not known and a missing column whose place it may have taken. */
export interface Pair {
  readonly unknown: Unknown;
  readonly missing: Missing;
  /** Which of the missing column's accepted names is the most alike. */
  readonly name: string;
  /** How alike the names are, without their units and groups: 0 to 1. */
  readonly alike: number;
  readonly samePlace: boolean;
  /** How far the numbers are from those of accepted exports, in their spreads; undefined if there is nothing to compare. */
  readonly far: number | undefined;
  /** The two units, if both labels name one and they differ. */
  readonly units: readonly [before: Unit, now: Unit] | undefined;
  readonly score: number;
}

/** Labels that are compared; more are no renaming. */
const MOST_COMPARED = 50;
const ENOUGH = 0.55;
const MARGIN = 0.1;

/** Every pair that could be: nothing in the units or the cells speaks against it. */
export function possiblePairs(
  unknown: readonly Unknown[],
  looks: readonly ColumnLook[],
  missing: readonly Missing[],
  places: ReadonlyMap<string, number>,
  datasource: Datasource,
): Pair[] {
  const flat = missing.every((one) => one.group === '');
  const groups = new Set([...datasource.columns.keys()].map(groupOf));
  return unknown
    .slice(0, MOST_COMPARED)
    .flatMap((label, i) =>
      missing
        .filter((one) => flat || one.group === groupOf(label.label) || !groups.has(groupOf(label.label)))
        .flatMap((one) => pairOf(label, looks[i], one, places, datasource)),
    );
}

function pairOf(
  unknown: Unknown,
  look: ColumnLook | undefined,
  missing: Missing,
  places: ReadonlyMap<string, number>,
  { columns, contract, pointers }: Datasource,
): Pair[] {
  const named = missing.accepted
    // In JSON a value is renamed where it stands, whatever the label is that we gave it.
    .map((name) => ({ name, ...compareLabels(unknown.label, pointers.get(name) ?? name) }))
    .reduce((best, one) => (one.alike > best.alike ? one : best));
  if (named.alike < 0) return [];
  const isValue = columns.has(named.name);
  // Text cannot be a column of numbers.
  if (isValue && look !== undefined && look.filled > 0 && look.numbers < look.filled / 2) return [];
  const before = contract.profiles.get(named.name);
  const comparable = before !== undefined && look?.profile !== undefined && named.units === undefined;
  const far = comparable ? distance(look.profile!, before, spreadOf(before)) : undefined;
  const samePlace = places.get(named.name) === unknown.at;
  const values = far === undefined ? 0 : far <= 0.5 ? 0.2 : far >= 2 ? -0.2 : 0;
  const score = named.alike + values + (samePlace ? 0.15 : 0);
  return [{ unknown, missing, ...named, samePlace, far, score }];
}

/** Likeness without units; below 0 if the units are of different dimensions. */
function compareLabels(label: string, name: string): { readonly alike: number; readonly units: Pair['units'] } {
  const now = withoutUnit(leafOf(label));
  const before = withoutUnit(leafOf(name));
  if (now.unit !== undefined && before.unit !== undefined && now.unit.dimension !== before.unit.dimension) {
    return { alike: -1, units: undefined };
  }
  const leaves = likeness(now.base, before.base);
  const [group, other] = [groupOf(label), groupOf(name)];
  const alike = group === other ? leaves : 0.8 * leaves + 0.2 * likeness(group, other);
  const changed = now.unit !== undefined && before.unit !== undefined && now.unit.symbol !== before.unit.symbol;
  return { alike, units: changed ? [before.unit!, now.unit!] : undefined };
}

/**
 * The pairs that stand out: no other label fits the column nearly as well, and no other column the label. What remains
 * when those are taken may become clear by that.
 */
export function clearPairs(pairs: readonly Pair[], unknown: readonly Unknown[]): Pair[] {
  const clear: Pair[] = [];
  let open = [...pairs].sort((a, b) => b.score - a.score);
  for (;;) {
    const left = unknown.filter((one) => !clear.some((pair) => pair.unknown === one));
    const found = open.find((pair) => isClear(pair, open, left));
    if (found === undefined) return clear;
    clear.push(found);
    open = open.filter(({ unknown: label, missing }) => label !== found.unknown && missing !== found.missing);
  }
}

function isClear(pair: Pair, open: readonly Pair[], left: readonly Unknown[]): boolean {
  const rivals = open.filter(
    (other) => other !== pair && (other.unknown === pair.unknown || other.missing === pair.missing),
  );
  if (rivals.some((other) => pair.score - other.score < MARGIN)) return false;
  if (pair.score >= ENOUGH && pair.alike >= 0.4) return true;
  const alone = left.length === 1 && pair.missing.needed && rivals.every(({ missing }) => !missing.needed);
  return alone && (pair.far === undefined || pair.far < 2) && (pair.samePlace || pair.alike >= 0.3);
}
