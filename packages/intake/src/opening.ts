import type { Datasource } from '@sensor-warehouse/model/configuration';
import { quoted } from '@sensor-warehouse/model/finding';
import { lostHeader, type NoHeader, otherDelimiter } from './drift/lost-header';
import { isKnown } from './header';
import { BOM, headerLabels } from './header-labels';
import { type Problem, UnreadableFile } from './report';
import { type Row, rowText } from './rows';
import type { TextFile } from './text-file';
import { visitRows } from './visit-rows';

/** What stands before the rows of a file. */
export interface Opening {
  readonly labels: readonly string[];
  readonly headerLine: number;
  readonly preamble: readonly string[];
}

/**
 * Reads the preamble and the header. A byte order mark may stand before either; a first line `sep=;`, as Excel
 * writes it, is left out.
 * @throws UnreadableFile if there is no header, or one that is wrong as a whole
 */
export async function readOpening(file: TextFile, datasource: Datasource): Promise<Opening> {
  const preamble: string[] = [];
  let opening: Opening | undefined;
  let lost: NoHeader | undefined;
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
    const problem = brokenHeader(row, text);
    if (problem !== undefined) throw new UnreadableFile(problem);
    const labels = headerLabels(row, cells, datasource);
    if (!labels.some((label) => isKnown(label, datasource))) lost = { line: row.line, text, labels };
    opening = { labels, headerLine: row.line + row.linesInside, preamble };
    return false;
  });
  // As one problem for the whole header, instead of one for each of its labels.
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

function brokenHeader(row: Row, text: string): Problem | undefined {
  if (row.fault !== undefined) {
    return {
      code: row.fault,
      line: row.line,
      found: quoted(text),
      expected: row.fault === 'text-after-quote' ? 'a delimiter after a closing quotation mark' : 'fewer columns',
      message: 'the header cannot be cut into labels',
      fix: 'export the file again',
    };
  }
  return row.lineEnd === 'none' ? truncated(row.line, text) : undefined;
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
