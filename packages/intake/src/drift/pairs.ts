import type { Datasource } from '@sensor-warehouse/model/configuration';
import type { AcceptedHeader, ColumnProfile } from '@sensor-warehouse/model/contract';
import type { Unknown } from '../header';
import type { TimeKind } from './cell-kinds';
import { conversionOf, YEAR } from './changed-values';
import { type ColumnLook, MOST_NAMES } from './column-look';
import { distance, spreadOf } from './distribution';
import { groupOf, leafOf } from './label-text';
import { dimensionOf, type LabelMeaning, meaningOf } from './label-words';
import type { Missing } from './missing-columns';
import { dice, likeness, numberedLikeness } from './similarity';
import { timeKindOfColumn } from './time-parts';
import { type Conversion, type Unit, unitOf, withoutUnit } from './units';

/** A label that is not known and a missing column whose place it may have taken. */
export interface Pair {
  readonly unknown: Unknown;
  readonly missing: Missing;
  /** Which of the missing column's accepted names is the most alike. */
  readonly name: string;
  /** How alike the names are, without their units and groups, by letters or by what they say: 0 to 1. */
  readonly alike: number;
  /** How alike they are by their letters alone. */
  readonly letters: number;
  readonly samePlace: boolean;
  /** The kind of time that the cells are, and the column is to hold; undefined if it holds none. */
  readonly time: TimeKind | undefined;
  /** Both say what is measured, and the same. */
  readonly sameQuantity: boolean;
  /** How far the numbers are from those of accepted exports, in their spreads; undefined if there is nothing to compare. */
  readonly far: number | undefined;
  /** The two units, if both labels name one and they differ. */
  readonly units: readonly [before: Unit, now: Unit] | undefined;
  /** The conversion that explains numbers that are far from those of before. */
  readonly conversion: Conversion | undefined;
  readonly score: number;
}

/** Labels that are compared; more are no renaming. */
export const MOST_COMPARED = 50;
const ENOUGH = 0.55;
const MARGIN = 0.1;
/** What the place and the numbers weigh: neither alone tells two columns of one quantity apart, both together do. */
const PLACE = 0.09;
const NEAR = 0.08;
const FAR = -0.2;
/** A translation is a little less sure than the same letters. */
const TRANSLATED = 0.9;
/** From here on numbers are far from those of before, in their spreads. */
export const FAR_AWAY = 2;
const NEARBY = 0.5;

/** Every pair that could be: nothing in the names, the units or the cells speaks against it. */
export function possiblePairs(
  unknown: readonly Unknown[],
  looks: readonly ColumnLook[],
  missing: readonly Missing[],
  places: ReadonlyMap<string, ReadonlySet<number>>,
  datasource: Datasource,
): Pair[] {
  const flat = missing.every((one) => one.group === '');
  const groups = new Set([...datasource.columns.keys()].map(groupOf));
  // A column of a known group is not one of another group; a label without a group may have lost its own.
  const mayBe = (label: string, { group }: Missing) =>
    flat || groupOf(label) === '' || group === groupOf(label) || !groups.has(groupOf(label));
  return unknown.flatMap((one, i) =>
    missing
      .filter((other) => mayBe(one.label, other))
      .flatMap((other) => pairOf(one, looks[i], other, places, datasource)),
  );
}

/** Whether a column may hold what is missing, by its cells alone, whatever it is called. */
export function mayHold(look: ColumnLook | undefined, missing: Missing, datasource: Datasource): boolean {
  const { columns, contract, valueColumn } = datasource;
  return missing.accepted.some((name) => {
    const time = timeKindOfColumn(name, datasource);
    if (time !== undefined) return look === undefined || look.filled === 0 || (look.time === time && mayBeTime(look));
    if (!columns.has(name) && name !== valueColumn) return true;
    if (!holdsNumbers(look)) return false;
    const before = contract.profiles.get(name);
    if (before === undefined || look?.profile === undefined) return true;
    return distance(look.profile, before, spreadOf(before)) < FAR_AWAY;
  });
}

/** One time in all rows is that of the export, not of the rows. */
function mayBeTime({ filled, varies }: ColumnLook): boolean {
  return varies || filled === 1;
}

function holdsNumbers(look: ColumnLook | undefined): boolean {
  return look === undefined || look.filled === 0 || (look.numbers >= look.filled / 2 && look.time === undefined);
}

function holdsNames(look: ColumnLook | undefined): boolean {
  return look === undefined || look.filled === 0 || (look.time === undefined && look.names < MOST_NAMES);
}

function pairOf(
  unknown: Unknown,
  look: ColumnLook | undefined,
  missing: Missing,
  places: ReadonlyMap<string, ReadonlySet<number>>,
  datasource: Datasource,
): Pair[] {
  const { columns, contract, pointers, valueColumn } = datasource;
  const compared = missing.accepted.flatMap((name) => {
    const labels = compareLabels(unknown.label, name, datasource);
    // In JSON a value is renamed where it stands, whatever the label is that we gave it.
    const pointer = pointers.get(name);
    const inJson = pointer === undefined ? [] : compareLabels(unknown.label, pointer, datasource);
    return [...labels, ...inJson].map((one) => ({ ...one, name }));
  });
  const [named] = compared.sort((a, b) => b.alike - a.alike);
  if (named === undefined) return [];
  const time = timeKindOfColumn(named.name, datasource);
  if (time !== undefined && look !== undefined && look.filled > 0 && !(look.time === time && mayBeTime(look)))
    return [];
  const isValue = columns.has(named.name) || named.name === valueColumn;
  if (isValue && !holdsNumbers(look)) return [];
  if (datasource.textColumns.includes(named.name) && !holdsNames(look)) return [];
  const before = contract.profiles.get(named.name);
  const comparable = before !== undefined && look?.profile !== undefined && named.units === undefined;
  const far = comparable ? distance(look.profile, before, spreadOf(before)) : undefined;
  const samePlace = places.get(named.name)?.has(unknown.at) ?? false;
  const conversion =
    far !== undefined && far >= FAR_AWAY ? conversionTo(look!.profile!, named.name, datasource) : undefined;
  const isFar = far !== undefined && far >= FAR_AWAY && conversion === undefined;
  const values = far !== undefined && far <= NEARBY ? NEAR : isFar ? FAR : 0;
  const score = named.alike + values + (samePlace ? PLACE : 0);
  const kind = time === undefined ? undefined : look?.time;
  return [{ unknown, missing, ...named, samePlace, time: kind, far, conversion, score }];
}

function conversionTo(now: ColumnProfile, name: string, datasource: Datasource): Conversion | undefined {
  const { columns, units, contract } = datasource;
  const unit = meaningOf(name).unit?.symbol ?? units.get(columns.get(name)?.dataKey ?? '') ?? '';
  const hasSeenAYear = (contract.days.get(name) ?? 0) >= YEAR;
  return conversionOf({ label: `(${unit})`, before: contract.profiles.get(name)!, now, hasSeenAYear });
}

/** Likeness without units; nothing if the two measure different things. */
function compareLabels(
  label: string,
  name: string,
  { columns, units }: Datasource,
): Pick<Pair, 'alike' | 'letters' | 'units' | 'sameQuantity'>[] {
  const now = meaningOf(label);
  const mapped = columns.get(name);
  const key = mapped === undefined ? undefined : meaningOf(mapped.dataKey);
  const own = meaningOf(name);
  const quantity = own.quantity ?? key?.quantity;
  const unit = own.unit ?? (mapped === undefined ? undefined : unitOf(units.get(mapped.dataKey) ?? ''));
  const before: LabelMeaning = { words: own.words, quantity, unit };
  const dimensions = [dimensionOf(now), dimensionOf(before)];
  if (dimensions.every((one) => one !== undefined) && dimensions[0] !== dimensions[1]) return [];
  if (now.quantity !== undefined && quantity !== undefined && now.quantity !== quantity) return [];
  const letters = lettersAlike(label, name);
  const said = Math.max(dice(now.words, own.words), key === undefined ? 0 : TRANSLATED * dice(now.words, key.words));
  const changed = now.unit !== undefined && unit !== undefined && now.unit.symbol !== unit.symbol;
  return [
    {
      alike: Math.max(letters, TRANSLATED * said),
      letters,
      units: changed ? [unit, now.unit] : undefined,
      sameQuantity: now.quantity !== undefined && now.quantity === quantity,
    },
  ];
}

function lettersAlike(label: string, name: string): number {
  const leaves = numberedLikeness(withoutUnit(leafOf(label)).base, withoutUnit(leafOf(name)).base);
  const [group, other] = [groupOf(label), groupOf(name)];
  return group === other ? leaves : 0.8 * leaves + 0.2 * likeness(group, other);
}

/**
 * The pairs that stand out: no other label fits the column nearly as well, and no other column the label. What remains
 * when those are taken may become clear by that. Columns that never came together in one export are no pairs of one file.
 *
 * @param known labels of the file that the source knows
 */
export function clearPairs(
  pairs: readonly Pair[],
  unknown: readonly Unknown[],
  known: readonly string[],
  headers: readonly AcceptedHeader[],
): Pair[] {
  const clear: Pair[] = [];
  let open = [...pairs].sort((a, b) => b.score - a.score);
  for (;;) {
    const left = unknown.filter((one) => !clear.some((pair) => pair.unknown === one));
    const found = open.find((pair) => isClear(pair, open, left));
    if (found === undefined) return clear;
    clear.push(found);
    const together = [...known, ...clear.map(({ name }) => name)];
    const own = headers.filter(({ labels }) => together.every((label) => labels.includes(label)));
    open = open.filter(
      ({ unknown: label, missing, name }) =>
        label !== found.unknown &&
        missing !== found.missing &&
        (own.length === 0 || own.some(({ labels }) => labels.includes(name))),
    );
  }
}

function isClear(pair: Pair, open: readonly Pair[], left: readonly Unknown[]): boolean {
  const rivals = open.filter(
    (other) => other !== pair && (other.unknown === pair.unknown || other.missing === pair.missing),
  );
  const { missing, alike, letters, samePlace, sameQuantity, far, conversion } = pair;
  // The only column of times is the time, whatever it is called; of two, one may be of another clock.
  if (pair.time !== undefined && !rivals.some((other) => other.missing === missing)) return true;
  if (pair.time !== undefined) return letters >= 0.8 && rivals.every((other) => letters - other.letters >= MARGIN);
  if (rivals.some((other) => pair.score - other.score < MARGIN)) return false;
  const isFar = far !== undefined && far >= FAR_AWAY && conversion === undefined;
  if (pair.score >= ENOUGH && alike >= 0.4 && (!isFar || letters >= 0.75)) return true;
  const alone =
    rivals.length === 0 ||
    (left.length === 1 &&
      missing.needed &&
      rivals.every((other) => other.unknown === pair.unknown && !other.missing.needed));
  return alone && !isFar && (samePlace || sameQuantity || alike >= 0.3);
}
