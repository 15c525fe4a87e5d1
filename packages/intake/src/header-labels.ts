import type { Datasource } from '@sensor-warehouse/model/configuration';
import { cellText, type Row, type RowCells } from './rows';

export const BOM = /^\ufeff/;

/** The labels of a header, without white space around; a label that the contract accepted for another is that other. */
export function headerLabels(row: Row, cells: RowCells, { contract }: Datasource): string[] {
  return Array.from({ length: cells.count }, (_, i) => {
    const text = cellText(row, cells, i);
    const label = (i === 0 ? text.replace(BOM, '') : text).trim().normalize('NFC');
    return contract.aliases.get(label) ?? label;
  });
}
