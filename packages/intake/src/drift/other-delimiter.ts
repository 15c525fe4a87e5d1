import type { Datasource } from '@sensor-warehouse/model/seeds/configuration';
import { matchHeader } from '../header/header';
import { changedDelimiter, DELIMITERS } from '../opening/lost-header';
import { type Opening, readOpening } from '../opening/opening';
import { UnreadableFile } from '../report/report';
import type { TextFile } from '../text/text-file';
import { visitRows } from '../text/visit-rows';
import { afterAcceptance } from './after-acceptance';
import { type Diagnosis, explainMismatches } from './mismatches';

/** Rows that must have as many cells as the header. */
const FIRST_ROWS = 100;

/**
 * Explains an unknown header with only one label: another character separates its columns, and they have other names
 * too. Undefined if no other delimiter cuts header and rows into as many cells.
 */
export async function explainOtherDelimiter(
  file: TextFile,
  fileName: string,
  { headerLine, labels }: Opening,
  datasource: Datasource,
): Promise<Diagnosis[] | undefined> {
  for (const mark of DELIMITERS.filter((one) => one !== datasource.delimiter && labels[0]!.includes(one))) {
    const form = { ...file, delimiter: mark.charCodeAt(0) };
    try {
      if (!(await isEven(form, headerLine))) continue;
      const decimal = mark === ',' ? '.' : datasource.decimal;
      const source: Datasource = { ...datasource, delimiter: mark, decimal };
      const opening = await readOpening(form, source);
      const found = await explainMismatches(
        form,
        headerLine,
        opening.labels,
        matchHeader(opening.labels, source),
        source,
      );
      if (found.some(({ code }) => code === 'layout-changed')) return found;
      const all = opening.labels.map((label) => label !== '');
      const delimiter = await changedDelimiter(file, headerLine, mark, all, datasource);
      const later = await afterAcceptance(form, fileName, opening, found, source);
      return [{ severity: 'error', ...delimiter }, ...found, ...later.filter(({ code }) => code !== 'decimal-changed')];
    } catch (error) {
      if (!(error instanceof UnreadableFile)) throw error;
    }
  }
  return undefined;
}

/** Whether the first rows have as many cells as the header, and more than one. */
async function isEven(file: TextFile, headerLine: number): Promise<boolean> {
  let width = 0;
  let rows = 0;
  let even = 0;
  await visitRows(file, (row, cells) => {
    if (row.line < headerLine || row.fault !== undefined) return true;
    if (row.line === headerLine) width = cells.count;
    else {
      rows++;
      if (cells.count === width) even++;
    }
    return rows < FIRST_ROWS;
  });
  return width > 1 && even === rows;
}
