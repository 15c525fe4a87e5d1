import type { Datasource } from '@sensor-warehouse/model/seeds/configuration';
import type { ColumnProfile } from '@sensor-warehouse/model/seeds/contract';
import type { TimeKind } from '../cells/cell-kinds';
import { type ColumnLook, MOST_NAMES } from '../cells/column-look';
import { distance, spreadOf } from '../cells/distribution';
import type { Unknown } from '../header/header';
import { groupOf } from '../header/label-text';
import type { Missing } from '../header/missing-columns';
import type { Conversion } from '../header/units';
import { conversionOf, YEAR } from './changed-values';
import { type LabelMatch, matchLabel } from './label-match';
import { meaningOf } from './label-words';
import { timeKindOfColumn } from './time-parts';

/** A label that is not known and a missing column whose place it may have taken. */
export interface Pair extends LabelMatch {
  readonly unknown: Unknown;
  readonly missing: Missing;
  /** Which of the missing column's accepted names is the most alike. */
  readonly name: string;
  readonly samePlace: boolean;
  /** The kind of time that the cells are, and the column is to hold; undefined if it holds none. */
  readonly time: TimeKind | undefined;
  /** How far the numbers are from those of accepted exports, in their spreads; undefined if there is nothing to compare. */
  readonly far: number | undefined;
  /** The conversion that explains numbers that are far from those of before. */
  readonly conversion: Conversion | undefined;
  readonly score: number;
}

/** The remembered exports that a file may resemble. */
export interface Neighbours {
  /** Where each label was. */
  readonly places: ReadonlyMap<string, ReadonlySet<number>>;
  /** The columns that come together. */
  readonly together: readonly string[];
}

/** Labels that are compared; more are no renaming. */
export const MOST_COMPARED = 50;
/** Weights of the place and the numbers: neither alone distinguishes two columns of one quantity; together they do. */
const PLACE = 0.09;
const NEAR = 0.08;
const FAR = -0.2;
/** Weight of a name that says where another column is. */
const ELSEWHERE = -0.2;
/** From this many spreads on, numbers are far from the earlier ones. */
export const FAR_AWAY = 2;
const NEARBY = 0.5;

/** Every possible pair: nothing in the names, the units or the cells rules it out. */
export function possiblePairs(
  unknown: readonly Unknown[],
  looks: readonly ColumnLook[],
  missing: readonly Missing[],
  { places, together }: Neighbours,
  datasource: Datasource,
): Pair[] {
  const neighbours = { places, together };
  const flat = missing.every((one) => one.group === '');
  const groups = new Set([...datasource.columns.keys()].map(groupOf));
  // A column of a known group is not one of another group; a label without a group may have lost its own.
  const mayBe = (label: string, { group }: Missing) =>
    flat || groupOf(label) === '' || group === groupOf(label) || !groups.has(groupOf(label));
  return unknown.flatMap((one, i) =>
    missing
      .filter((other) => mayBe(one.label, other))
      .flatMap((other) => pairOf(one, looks[i], other, neighbours, datasource)),
  );
}

/** Whether a column may be the missing one, judging only by its cells, whatever its name. */
export function mayHold(look: ColumnLook | undefined, missing: Missing, datasource: Datasource): boolean {
  const { columns, contract, valueColumn } = datasource;
  return missing.accepted.some((name) => {
    const time = timeKindOfColumn(name, datasource);
    if (time !== undefined) return look === undefined || look.filled === 0 || (look.time === time && mayBeTime(look));
    if (!columns.has(name) && name !== valueColumn) return true;
    if (!holdsNumbers(look)) return false;
    const before = contract.profiles.get(name);
    if (before === undefined || look?.profile === undefined) return farOfFew(look, before) === undefined;
    return distance(look.profile, before, spreadOf(before)) < FAR_AWAY;
  });
}

/** One time in all rows is that of the export, not of the rows; a day may be. */
function mayBeTime({ filled, varies, time }: ColumnLook): boolean {
  return varies || filled === 1 || time === 'date';
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
  { places, together }: Neighbours,
  datasource: Datasource,
): Pair[] {
  const { columns, contract, pointers, valueColumn } = datasource;
  const [named] = missing.accepted
    .flatMap((name) => {
      // In JSON a value is renamed where it is, whatever the label is that we gave it.
      const written = [name, pointers.get(name)].filter((one) => one !== undefined);
      return written.flatMap((one) => {
        const match = matchLabel(unknown.label, name, one, together, datasource);
        return match === undefined ? [] : [{ ...match, name }];
      });
    })
    .sort((a, b) => b.alike - a.alike);
  if (named === undefined) return [];
  const time = timeKindOfColumn(named.name, datasource);
  if (time !== undefined && look !== undefined && look.filled > 0 && !(look.time === time && mayBeTime(look)))
    return [];
  const isValue = columns.has(named.name) || named.name === valueColumn;
  if (isValue && !holdsNumbers(look)) return [];
  if (datasource.textColumns.includes(named.name) && !holdsNames(look)) return [];
  const before = contract.profiles.get(named.name);
  const comparable = before !== undefined && look?.profile !== undefined && named.units === undefined;
  const far = comparable ? distance(look.profile, before, spreadOf(before)) : farOfFew(look, before);
  const samePlace = places.get(named.name)?.has(unknown.at) ?? false;
  const conversion = comparable && far! >= FAR_AWAY ? conversionTo(look.profile, named.name, datasource) : undefined;
  const isFar = far !== undefined && far >= FAR_AWAY && conversion === undefined;
  const values = far !== undefined && far <= NEARBY ? NEAR : isFar ? FAR : 0;
  const score = named.alike + values + (samePlace ? PLACE : 0) + (named.otherPlace ? ELSEWHERE : 0);
  const kind = time === undefined ? undefined : look?.time;
  return [{ unknown, missing, ...named, samePlace, time: kind, far, conversion, score }];
}

/** For too few numbers to make a profile: whether their median is outside everything seen. */
function farOfFew(look: ColumnLook | undefined, before: ColumnProfile | undefined): number | undefined {
  if (look?.middle === undefined || look.profile !== undefined || before === undefined) return undefined;
  const spread = spreadOf(before);
  return look.middle < before[0]! - spread || look.middle > before[6]! + spread ? FAR_AWAY : undefined;
}

function conversionTo(now: ColumnProfile, name: string, datasource: Datasource): Conversion | undefined {
  const { columns, units, contract } = datasource;
  const unit = meaningOf(name).unit?.symbol ?? units.get(columns.get(name)?.dataKey ?? '') ?? '';
  const hasSeenAYear = (contract.days.get(name) ?? 0) >= YEAR;
  return conversionOf({ label: `(${unit})`, before: contract.profiles.get(name)!, now, hasSeenAYear });
}
