import { quoted } from '@sensor-warehouse/model/findings/finding';
import type { Datasource } from '@sensor-warehouse/model/seeds/configuration';
import { compileFormats } from '@sensor-warehouse/model/time/datetime-formats';
import { isKnown } from '../header/header';
import { BOM, headerLabels, writtenLabels } from '../header/header-labels';
import { type Problem, UnreadableFile } from '../report/report';
import { cellText, isBlankRow, type Row, type RowCells, rowText } from '../text/rows';
import type { TextFile } from '../text/text-file';
import { type Visit, visitRows } from '../text/visit-rows';
import { lostHeader, type NoHeader, otherDelimiter } from './lost-header';

/** The part of a file before its rows. */
export interface Opening {
  readonly labels: readonly string[];
  /** The labels as they stand, before aliases and places. */
  readonly written: readonly string[];
  readonly headerLine: number;
  readonly preamble: readonly string[];
  /** The unit of each column by the row of units, if the source has one. */
  readonly units?: readonly string[];
}

/**
 * Reads the preamble and the header. A byte order mark may come before either; a first line `sep=;`, as Excel
 * writes it, is left out.
 * @throws UnreadableFile if there is no header, or one that is wrong as a whole
 */
export async function readOpening(file: TextFile, datasource: Datasource): Promise<Opening> {
  const preamble: string[] = [];
  let opening: Opening | undefined;
  let lost: NoHeader | undefined;
  let skip = datasource.skipLines;
  const visit: Visit = (row, cells) => {
    const text = rowText(row).replace(BOM, '');
    const separator = row.line === file.firstLine ? /^"?sep=(.)"?$/.exec(text)?.[1] : undefined;
    if (separator !== undefined) {
      if (separator !== datasource.delimiter) throw new UnreadableFile(otherDelimiter(1, separator, datasource));
      return true;
    }
    if (skip > 0) {
      skip--;
      preamble.push(text);
      return true;
    }
    if (opening !== undefined) {
      if (isBlankRow(row, file.delimiter)) return true;
      opening = { ...opening, ...unitRow(row, cells, opening.labels, datasource) };
      return false;
    }
    const problem = brokenHeader(row, text, file.room.limits.columns);
    if (problem !== undefined) throw new UnreadableFile(problem);
    const labels = headerLabels(row, cells, datasource);
    if (!labels.some((label) => isKnown(label, datasource))) lost = { line: row.line, text, labels };
    opening = { labels, written: writtenLabels(row, cells), headerLine: row.line + row.linesInside, preamble };
    return datasource.unitRow && lost === undefined;
  };
  await visitRows(file, visit, {
    cutOff(row) {
      // Lines before the header are not trusted, and without a header the file has none.
      if (skip === 0) throw new UnreadableFile(truncatedHeader(row.line, rowText(row).replace(BOM, '')));
    },
  });
  // One problem for the whole header, instead of one for each label.
  const problem = lost === undefined ? undefined : await lostHeader(file, lost, datasource);
  if (problem !== undefined) throw new UnreadableFile(problem);
  if (opening !== undefined) return opening;
  throw new UnreadableFile({
    code: 'missing-header',
    line: preamble.length + 1,
    found: 'the end of the file',
    expected: `a header with ${datasource.timeColumns.map(quoted).join(', ')}`,
    message: 'the file has no header',
    fix: 'export it again',
  });
}

/** @throws UnreadableFile if the row has a time: then it is data that would be lost */
function unitRow(
  row: Row,
  cells: RowCells,
  labels: readonly string[],
  datasource: Datasource,
): Pick<Opening, 'headerLine' | 'units'> {
  const units = unitsOf(row, cells);
  if (!isData(units, labels, datasource)) return { headerLine: row.line + row.linesInside, units };
  throw new UnreadableFile({
    code: 'unit-row-missing',
    line: row.line,
    found: quoted(rowText(row)),
    expected: 'a row of units',
    message: 'the row after the header is data, not units',
    fix: 'export the file as before, or set unit_row to false',
  });
}

/** The cells of a row of units. */
export function unitsOf(row: Row, cells: RowCells): string[] {
  return Array.from({ length: cells.count }, (_, i) => cellText(row, cells, i).trim().normalize('NFC'));
}

/** Whether a row has a time below the labels of its columns. */
export function isData(cells: readonly string[], labels: readonly string[], datasource: Datasource): boolean {
  const time = Buffer.from(datasource.timeColumns.map((label) => cells[labels.indexOf(label)] ?? '').join(' '), 'utf8');
  return compileFormats(datasource.datetimeFormats, datasource.zoneNames).some(
    (format) => !Number.isNaN(format.read(time, 0, time.length)),
  );
}

function brokenHeader(row: Row, text: string, mostCells: number): Problem | undefined {
  if (row.fault === undefined) return undefined;
  return {
    code: row.fault,
    line: row.line,
    found: quoted(text),
    expected:
      row.fault === 'text-after-quote' ? 'a delimiter after a closing quotation mark' : `at most ${mostCells} columns`,
    message: 'the header cannot be split into labels',
    fix: 'export the file again',
  };
}

function truncatedHeader(line: number, text: string): Problem {
  return {
    code: 'truncated-file',
    line,
    found: quoted(text),
    expected: 'a line end after the header, and rows',
    message: 'the file is cut off in its header',
    fix: 'export or upload the file again',
  };
}
