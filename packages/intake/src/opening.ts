import type { Datasource } from '@sensor-warehouse/model/configuration';
import { compileFormat } from '@sensor-warehouse/model/datetime-format';
import { quoted } from '@sensor-warehouse/model/finding';
import { type Problem, UnreadableFile } from './report';
import { cellText, isBlankRow, type Row, type RowCells, rowText } from './rows';
import type { TextFile } from './text-file';
import { visitRows } from './visit-rows';

/** What stands before the rows of a file. */
export interface Opening {
  readonly labels: readonly string[];
  readonly headerLine: number;
  readonly preamble: readonly string[];
}

const DELIMITERS = [',', ';', '\t', '|'];
const BOM = /^\ufeff/;

/**
 * Reads the preamble and the header. A byte order mark may stand before either; a first line `sep=;`, as Excel
 * writes it, is left out.
 * @throws UnreadableFile if there is no header, or one that is wrong as a whole
 */
export async function readOpening(file: TextFile, datasource: Datasource): Promise<Opening> {
  const preamble: string[] = [];
  let opening: Opening | undefined;
  let skip = datasource.skipLines;
  await visitRows(file, (row, cells) => {
    const text = rowText(row).replace(BOM, '');
    const separator = row.line === 1 ? /^"?sep=(.)"?$/.exec(text)?.[1] : undefined;
    if (separator !== undefined) {
      if (separator !== datasource.delimiter) throw new UnreadableFile(otherDelimiter(1, separator, datasource));
      return true;
    }
    if (skip > 0) {
      skip--;
      preamble.push(text);
      return true;
    }
    const labels = labelsOf(row, cells);
    const problem = wholeHeaderProblem(row, labels, text, preamble, datasource);
    if (problem !== undefined) throw new UnreadableFile(problem);
    opening = { labels, headerLine: row.line + row.linesInside, preamble };
    return false;
  });
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

function labelsOf(row: Row, cells: RowCells): string[] {
  return Array.from({ length: cells.count }, (_, i) => {
    const label = cellText(row, cells, i);
    return (i === 0 ? label.replace(BOM, '') : label).trim().normalize('NFC');
  });
}

/** Reports the ways in which a whole header is wrong at once, instead of a finding for each of its labels. */
function wholeHeaderProblem(
  row: Row,
  labels: readonly string[],
  text: string,
  preamble: readonly string[],
  datasource: Datasource,
): Problem | undefined {
  const { line } = row;
  if (row.fault !== undefined) {
    return {
      code: row.fault,
      line,
      found: quoted(text),
      expected: row.fault === 'text-after-quote' ? 'a delimiter after a closing quotation mark' : 'fewer columns',
      message: 'the header cannot be cut into labels',
      fix: 'export the file again',
    };
  }
  if (row.lineEnd === 'none') return truncated(line, text);
  const known = (label: string) =>
    datasource.timeColumns.includes(label) ||
    datasource.columns.has(label) ||
    datasource.ignoredColumns.has(label) ||
    datasource.requiredColumns.includes(label);
  if (labels.some(known)) return undefined;
  const labelsBy = (header: string, mark: string) =>
    header.split(mark).map((label) => label.trim().replace(/^"|"$/g, '').normalize('NFC'));
  const other = DELIMITERS.find(
    (mark) => mark !== datasource.delimiter && text.includes(mark) && labelsBy(text, mark).some(known),
  );
  if (other !== undefined) return otherDelimiter(line, other, datasource);
  const expected = `a header with ${datasource.timeColumns.map(quoted).join(', ')}`;
  const early = preamble.findIndex((one) => labelsBy(one, datasource.delimiter).filter(known).length > 1);
  if (early >= 0) {
    return {
      code: 'missing-header',
      line,
      found: `the header in line ${line - preamble.length + early}`,
      expected: `${datasource.skipLines} lines before the header`,
      message: 'the header stands where lines to skip were expected',
      fix: `export the file as before, or declare skip_lines ${early}`,
    };
  }
  if (isData(labels, datasource)) {
    return {
      code: 'missing-header',
      line,
      found: quoted(text),
      expected,
      message: 'the first row is data, not a header',
      fix: 'export the file again with its header',
    };
  }
  if (isBlankRow(row, datasource.delimiter.charCodeAt(0))) {
    return {
      code: 'missing-header',
      line,
      found: 'a blank line',
      expected,
      message: 'a blank line stands in the place of the header',
      fix: `export the file again, or declare skip_lines ${datasource.skipLines + 1}`,
    };
  }
  return undefined;
}

function isData(labels: readonly string[], datasource: Datasource): boolean {
  const first = Buffer.from(labels.slice(0, datasource.timeColumns.length).join(' '), 'utf8');
  return datasource.datetimeFormats
    .map(compileFormat)
    .some((format) => !Number.isNaN(format.read(first, 0, first.length)));
}

export function otherDelimiter(line: number, mark: string, datasource: Datasource): Problem {
  const name = (one: string) => (one === '\t' ? 'a tab' : quoted(one));
  return {
    code: 'delimiter-changed',
    line,
    found: name(mark),
    expected: name(datasource.delimiter),
    message: 'the columns are separated by another character',
    fix: `declare delimiter ${mark === '\t' ? 'tab' : mark}, or export the file as before`,
  };
}

export function truncated(line: number, text: string): Problem {
  return {
    code: 'truncated-file',
    line,
    found: quoted(text),
    expected: 'a line end after the last row',
    message: 'the last line is cut off',
    fix: 'export or upload the file again',
  };
}

/**
 * The other delimiter by which a row that has a single cell falls into as many cells as the header has labels. The
 * decimal mark comes last: two numbers hold as many of it as two delimiters.
 */
export function delimiterOf(text: string, { delimiter, decimal }: Datasource, width: number): string | undefined {
  const fits = (mark: string) => mark !== delimiter && text.split(mark).length >= width;
  return DELIMITERS.find((mark) => mark !== decimal && fits(mark)) ?? DELIMITERS.find(fits);
}
