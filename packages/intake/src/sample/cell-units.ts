import { symbolOf } from '../header/label-units';
import { cutUnit, isNullToken, type NumberForm, numberInForm } from './number-form';

/** Cells of a column that must be a number with a unit, or a bare number, for the unit to be one. */
const MOST_CELLS = 0.9;
/** More different units than this are words. */
const MOST_UNITS = 3;

/**
 * The units that come after the numbers of a column, as they are written, the longest first; none for a column of bare
 * numbers or of words.
 */
export function unitsInCells(cells: readonly string[], form: NumberForm): string[] {
  const units = new Set<string>();
  let numbers = 0;
  let others = 0;
  for (const cell of cells) {
    if (numberInForm(cell, form) !== undefined) numbers++;
    else if (!isNullToken(cell)) {
      const cut = cutUnit(cell);
      const holds = cut !== undefined && numberInForm(cut.number, { ...form, cellUnits: [] }) !== undefined;
      if (holds && isUnit(cell, cut.unit)) {
        units.add(cut.unit);
        numbers++;
      } else others++;
    }
  }
  return units.size <= MOST_UNITS && numbers >= MOST_CELLS * (numbers + others)
    ? [...units].sort((a, b) => b.length - a.length)
    : [];
}

/** A unit that is known, or a short word after a blank: `3A` and `3B` are names of rooms. */
function isUnit(cell: string, unit: string): boolean {
  if (unit.includes(';')) return false;
  const blank = /\s/.test(cell.slice(0, -unit.length).slice(-1));
  return blank || (symbolOf(unit) !== undefined && !/^\p{L}$/u.test(unit));
}

/** One symbol for the units of a column's cells; undefined where they differ, or are not known. */
export function symbolOfCells(units: readonly string[]): string | undefined {
  const symbols = new Set(units.map((unit) => symbolOf(unit) ?? unit));
  return symbols.size === 1 ? [...symbols][0] : undefined;
}
