import { quoted } from '@sensor-warehouse/model/findings/finding';
import type { Datasource } from '@sensor-warehouse/model/seeds/configuration';
import { BOM, writtenLabels } from '../header/header-labels';
import { UnreadableFile } from '../report/report';
import { isBlankRow, type Row, type RowCells, rowText } from '../text/rows';
import { isData, type Opening, unitsOf } from './opening';

/** Whether a row after the header is not a row but a part of what comes before the rows, once more. */
export type IsOpeningAgain = (row: Row, cells: RowCells) => boolean;

/**
 * Loggers that append write their opening at each start, and files are glued together: a line that is the header again,
 * character by character, begins no other table. With it may come the lines before it and the row of units. Another header is
 * not known here, and refuses the file as a second table.
 *
 * @returns undefined if the file is to be one piece: where day and month may be swapped, each piece may have its own order.
 *   Else what opens a test for one pass over the file.
 */
export function openingAgain(opening: Opening, datasource: Datasource): (() => IsOpeningAgain) | undefined {
  if (maySwapDays(datasource.datetimeFormats)) return undefined;
  const { written, units } = opening;
  const probe = written.findIndex((label) => label !== '');
  const preamble = new Set(opening.preamble.map((line) => line.trim()).filter((line) => line !== ''));
  const begins = beginningsOf([written[probe] ?? '']);
  const preambleBegins = beginningsOf([...preamble]);
  const isHeader = (row: Row, cells: RowCells) =>
    cells.count === written.length &&
    begins[row.bytes[cells.starts[probe]!]!] === 1 &&
    row.fault === undefined &&
    writtenLabels(row, cells).every((label, i) => label === written[i]);
  const isPreamble = (row: Row) =>
    preambleBegins[row.bytes[row.start]!] === 1 && preamble.has(rowText(row).replace(BOM, '').trim());
  return () => {
    let unitsFollow = false;
    return (row, cells) => {
      if (row.line <= opening.headerLine) return false;
      if (unitsFollow && !isBlankRow(row, datasource.delimiter.charCodeAt(0))) {
        unitsFollow = false;
        if (isUnitRow(row, cells, units!, datasource, opening)) return true;
      }
      if (isHeader(row, cells)) {
        unitsFollow = units !== undefined;
        return true;
      }
      return preamble.size > 0 && isPreamble(row);
    };
  };
}

/** Bytes with which one of the texts may begin in its cell or line: white space, a quotation mark or a byte order mark may come first. */
function beginningsOf(texts: readonly string[]): Uint8Array {
  const begins = new Uint8Array(256);
  for (const text of ['"', ' ', '\t', '\u00a0', '\u202f', '\ufeff', ...texts])
    begins[Buffer.from(text, 'utf8')[0] ?? 0] = 1;
  return begins;
}

/** @throws UnreadableFile for a row that is neither: after other units the numbers would be others, too */
function isUnitRow(
  row: Row,
  cells: RowCells,
  units: readonly string[],
  datasource: Datasource,
  opening: Opening,
): boolean {
  const found = unitsOf(row, cells);
  if (found.length === units.length && found.every((unit, i) => unit === units[i])) return true;
  if (isData(found, opening.labels, datasource)) return false;
  throw new UnreadableFile({
    code: 'repeated-header',
    line: row.line,
    found: quoted(rowText(row)),
    expected: 'the row of units below the first header, or rows',
    message: 'a second table begins here, with other units',
    fix: 'upload each table as a file of its own',
  });
}

/** Whether two declared formats differ in the order of day and month, or a year of two digits may be one of them. */
function maySwapDays(formats: readonly string[]): boolean {
  const orders = new Set(formats.map((format) => format.replace(/[^dmYy]/g, '')));
  const swapped = (order: string) => order.replace(/[dm]/g, (part) => (part === 'd' ? 'm' : 'd'));
  return [...orders].some(
    (order) => (swapped(order) !== order && orders.has(swapped(order))) || (orders.size > 1 && order.includes('y')),
  );
}
