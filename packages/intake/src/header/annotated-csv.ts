import { quoted } from '@sensor-warehouse/model/findings/finding';
import { UnreadableFile } from '../report/report';
import { cellText, type Row, type RowCells } from '../text/rows';
import type { Header } from './header';
import { BOM } from './header-labels';

/**
 * InfluxDB writes lines of annotation above each table. They are comments here, but for `#default`: its value for a
 * column stands for that column's empty cells, and would be lost.
 * @throws UnreadableFile for a default of a column that is read
 */
export function refuseDefaults(row: Row, cells: RowCells, { roles }: Header): void {
  if (cellText(row, cells, 0).replace(BOM, '').trim() !== '#default') return;
  for (const [at, role] of roles.entries()) {
    if (at >= cells.count || role.kind === 'ignored' || role.kind === 'unnamed') continue;
    const value = cellText(row, cells, at).trim();
    if (at === 0 || value === '') continue;
    throw new UnreadableFile({
      code: 'annotated-default',
      line: row.line,
      column: role.kind === 'time' ? 'time' : role.label,
      found: quoted(value),
      expected: 'no default for a column that is read',
      message: 'the file gives a default for its empty cells, which is not applied',
      fix: 'export the table with a value in each row, as InfluxDB’s web interface does',
    });
  }
}

/** Whether a row is the header of the table in which InfluxDB says that a query failed half-way. */
export function isErrorTable(row: Row, cells: RowCells): boolean {
  const texts = Array.from({ length: Math.min(cells.count, 4) }, (_, i) => cellText(row, cells, i).trim());
  return texts.join(',') === ',error,reference';
}
