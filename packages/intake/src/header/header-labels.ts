import type { Datasource } from '@sensor-warehouse/model/seeds/configuration';
import { cellText, type Row, type RowCells } from '../text/rows';
import { isKnown } from './header';

export const BOM = /^\ufeff/;

/**
 * The labels of a header, without white space around; a label that the contract accepted for another is that other. One
 * that is blank or occurs twice is `#3` where the source names the third column so.
 */
export function headerLabels(row: Row, cells: RowCells, datasource: Datasource): string[] {
  const { aliases } = datasource.contract;
  const labels = writtenLabels(row, cells).map((label) => aliases.get(label) ?? label);
  return labels.map((label, at) => {
    const place = `#${at + 1}`;
    const isUnclear = label === '' || labels.indexOf(label) !== at || labels.indexOf(label, at + 1) > at;
    return isUnclear && !labels.includes(place) && isKnown(place, datasource) ? place : label;
  });
}

/** The labels of a header as they stand, without white space around. */
export function writtenLabels(row: Row, cells: RowCells): string[] {
  return Array.from({ length: cells.count }, (_, i) => {
    const text = cellText(row, cells, i);
    return (i === 0 ? text.replace(BOM, '') : text).trim().normalize('NFC');
  });
}

/** The labels that a header is remembered by: each once, without those of columns without a name. */
export function rememberedLabels(labels: readonly string[]): string[] {
  return [...new Set(labels)].filter((label) => label !== '');
}

/** Whether a label names a column by its place. */
export function isPlace(label: string): boolean {
  return /^#[1-9][0-9]*$/.test(label);
}
