import type { Datasource } from '@sensor-warehouse/model/seeds/configuration';
import { isSameUnit, otherUnit } from '../header/unit-row';
import { UnreadableFile } from '../report/report';

/** Compares the unit in a cell with the unit of its data_key. */
export type SeeUnit = (label: string, quantity: string, unit: string, line: number) => void;

/**
 * Watches the units in the cells of one file. Each must be the data_key's unit or, if the source has its own models,
 * the first unit seen: numbers in another unit are never converted.
 */
export function watchCellUnits({ columns, units }: Datasource): SeeUnit {
  const expected = new Map<string, string>();
  return (label, quantity, unit, line) => {
    const known = expected.get(quantity) ?? units.get(columns.get(quantity)?.dataKey ?? '') ?? unit;
    expected.set(quantity, known);
    if (!isSameUnit(unit, known)) throw new UnreadableFile({ ...otherUnit(label, unit, known), line });
  };
}
