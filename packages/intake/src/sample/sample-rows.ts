import { DEFAULT_LIMITS } from '@sensor-warehouse/model/seeds/limits';
import { cellText, cutRow, newRow, newRowCells, rowText, wholeRows } from '../text/rows';

/** A row of a sample as text. */
export interface SampleRow {
  readonly line: number;
  /** Without white space around. */
  readonly cells: readonly string[];
  readonly text: string;
  readonly blank: boolean;
}

const LF = Buffer.from('\n');

/**
 * Cuts the first rows of a text in UTF-8 by the grammar that exports are read by; up to a quotation mark that is never
 * closed.
 */
export function rowsOfSample(utf8: Buffer, delimiter: string, most = Number.POSITIVE_INFINITY): SampleRow[] {
  const row = newRow();
  const cells = newRowCells(DEFAULT_LIMITS.columns);
  row.bytes = Buffer.concat([utf8, LF]);
  row.length = Math.min(utf8.length, wholeRows(row.bytes, delimiter.charCodeAt(0)).end);
  const rows: SampleRow[] = [];
  while (row.next < row.length && rows.length < most) {
    cutRow(row, cells, delimiter.charCodeAt(0));
    const texts = Array.from({ length: cells.count }, (_, i) => cellText(row, cells, i).trim().normalize('NFC'));
    rows.push({ line: row.line, cells: texts, text: rowText(row), blank: texts.every((text) => text === '') });
  }
  return rows;
}
