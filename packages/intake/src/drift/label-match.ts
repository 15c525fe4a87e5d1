import type { Datasource } from '@sensor-warehouse/model/seeds/configuration';
import { groupOf, leafOf } from '../header/label-text';
import { dice, likeness, numberedLikeness } from '../header/similarity';
import { type Unit, unitOf, withoutUnit } from '../header/units';
import { dimensionOf, type LabelMeaning, meaningOf } from './label-words';

/** How well a label fits a column by its names alone. */
export interface LabelMatch {
  /** How alike the names are, without their units and groups, by letters or by what they say: 0 to 1. */
  readonly alike: number;
  /** How alike they are by their letters alone. */
  readonly letters: number;
  /** The label says what is measured, and the column is the only one of the source's quantities that this can be. */
  readonly onlyQuantity: boolean;
  /** Both say where it is measured, and not the same. */
  readonly otherPlace: boolean;
  /** The two units, if both name one and they differ. */
  readonly units: readonly [before: Unit, now: Unit] | undefined;
}

/** A translation is slightly less certain than the same letters. */
const TRANSLATED = 0.9;

/**
 * Compares a label with the name of a column, and with the data_key that it is mapped to; undefined if the two measure
 * different things.
 *
 * @param written how the column is named in the file, such as a pointer of JSON
 * @param together columns that come with it in one file
 */
export function matchLabel(
  label: string,
  name: string,
  written: string,
  together: readonly string[],
  { columns, units }: Datasource,
): LabelMatch | undefined {
  const now = meaningOf(label);
  const mapped = columns.get(name);
  const key = mapped === undefined ? undefined : meaningOf(mapped.dataKey);
  const own = meaningOf(written);
  const quantity = own.quantity ?? key?.quantity;
  const unit = own.unit ?? (mapped === undefined ? undefined : unitOf(units.get(mapped.dataKey) ?? ''));
  const before: LabelMeaning = { ...own, quantity, unit };
  const dimensions = [dimensionOf(now), dimensionOf(before)];
  if (dimensions.every((one) => one !== undefined) && dimensions[0] !== dimensions[1]) return undefined;
  if (now.quantity !== undefined && quantity !== undefined && now.quantity !== quantity) return undefined;
  const letters = lettersAlike(label, written);
  const said = Math.max(
    dice(now.words, own.words),
    key === undefined ? 0 : TRANSLATED * dice(now.words, languageWords(key)),
  );
  const changed = now.unit !== undefined && unit !== undefined && now.unit.symbol !== unit.symbol;
  const places = [...own.places, ...(key?.places ?? [])];
  const keys = new Set(together.map((one) => columns.get(one)?.dataKey).filter((one) => one !== undefined));
  const ofQuantity = [...keys].filter((one) => (meaningOf(one).quantity ?? quantity) === quantity).length;
  return {
    alike: Math.max(letters, TRANSLATED * said),
    letters,
    onlyQuantity: now.quantity !== undefined && now.quantity === quantity && ofQuantity <= 1,
    otherPlace: now.places.length > 0 && places.length > 0 && !now.places.some((one) => places.includes(one)),
    units: changed ? [unit, now.unit] : undefined,
  };
}

/** The words of a data_key: those of its owner's own, such as fresh, are not what a device means by them. */
function languageWords({ words, known }: LabelMeaning): string[] {
  return words.map((word) => (known.includes(word) ? word : `\0${word}`));
}

function lettersAlike(label: string, name: string): number {
  const leaves = numberedLikeness(withoutUnit(leafOf(label)).base, withoutUnit(leafOf(name)).base);
  const [group, other] = [groupOf(label), groupOf(name)];
  return group === other ? leaves : 0.8 * leaves + 0.2 * likeness(group, other);
}
