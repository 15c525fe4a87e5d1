import { quoted } from '@sensor-warehouse/model/findings/finding';
import type { Datasource } from '@sensor-warehouse/model/seeds/configuration';
import { compileFormats } from '@sensor-warehouse/model/time/datetime-formats';
import { countNumbers } from '../cells/column-look';
import { acceptanceOf } from '../header/finding-id';
import { isKnown } from '../header/header';
import { headerLabels } from '../header/header-labels';
import { type Problem, UnreadableFile } from '../report/report';
import type { TextFile } from '../text/text-file';
import { visitRows } from '../text/visit-rows';

export const DELIMITERS = [',', ';', '\t', '|'];
/** Rows that are searched for a header that moved. */
const FIRST_ROWS = 100;

/** The rows where the header should be. */
export interface NoHeader {
  readonly line: number;
  readonly text: string;
  readonly labels: readonly string[];
}

/** Explains, as one problem, why no label in the header row is known; undefined if the labels are simply different. */
export async function lostHeader(file: TextFile, at: NoHeader, datasource: Datasource): Promise<Problem | undefined> {
  const labelsBy = (mark: string) =>
    at.text.split(mark).map((label) => label.trim().replace(/^"|"$/g, '').normalize('NFC'));
  const known = (label: string) => isKnown(datasource.contract.aliases.get(label) ?? label, datasource);
  const other = DELIMITERS.find(
    (mark) => mark !== datasource.delimiter && at.text.includes(mark) && labelsBy(mark).some(known),
  );
  if (other !== undefined) return changedDelimiter(file, at.line, other, labelsBy(other).map(known), datasource);
  const moved = await movedHeader(file, datasource);
  if (moved !== undefined) return moved;
  const expected = `a header with ${datasource.timeColumns.map(quoted).join(', ')}`;
  if (isData(at.labels, datasource)) {
    return {
      code: 'missing-header',
      line: at.line,
      found: quoted(at.text),
      expected,
      message: 'the first row is data, not a header',
      fix: 'export the file again with its header',
    };
  }
  if (at.labels.some((label) => label !== '')) return undefined;
  return {
    code: 'missing-header',
    line: at.line,
    found: 'a blank line',
    expected,
    message: 'a blank line is in the place of the header',
    fix: 'export the file again with its header',
  };
}

/** The header in another row than the declared one. */
async function movedHeader(file: TextFile, datasource: Datasource): Promise<Problem | undefined> {
  let rows = 0;
  let separator = 0;
  let found: { readonly line: number; readonly before: number } | undefined;
  try {
    await visitRows(file, (row, cells) => {
      const labels = headerLabels(row, cells, datasource);
      if (row.line === 1 && cells.count < 3 && /^"?sep=/.test(labels[0] ?? '')) separator = 1;
      const known = labels.filter((label) => label !== '' && isKnown(label, datasource)).length;
      if (known > 1) found = { line: row.line, before: rows - separator };
      rows++;
      return found === undefined && rows < FIRST_ROWS;
    });
  } catch (error) {
    if (!(error instanceof UnreadableFile)) throw error;
  }
  if (found === undefined) return undefined;
  const lines = (count: number) => `${count} ${count === 1 ? 'line' : 'lines'} before the header`;
  return {
    code: 'preamble-changed',
    line: found.line,
    found: `the header in line ${found.line}: ${lines(found.before)}`,
    expected: lines(datasource.skipLines),
    message: 'the header is on another line',
    fix: `export the file as before, or declare skip_lines ${found.before}`,
    accept: acceptanceOf('preamble-changed', undefined, [
      {
        kind: 'set',
        seed: 'datasources_config',
        column: 'skip_lines',
        from: String(datasource.skipLines),
        to: String(found.before),
      },
    ]),
  };
}

/** A program of another country changes the decimal mark with the delimiter. */
export async function changedDelimiter(
  file: TextFile,
  line: number,
  mark: string,
  known: readonly boolean[],
  datasource: Datasource,
): Promise<Problem> {
  const form = { ...file, delimiter: mark.charCodeAt(0) };
  const positions = known.flatMap((one, i) => (one && i >= datasource.timeColumns.length ? [i] : []));
  const otherDecimal = datasource.decimal === '.' ? ',' : '.';
  const declared = await countNumbers(form, line, positions, datasource);
  const changed = await countNumbers(form, line, positions, { ...datasource, decimal: otherDecimal });
  const decimalToo = changed > declared;
  const name = (one: string) => (one === '\t' ? 'tab' : one);
  const set = (column: string, from: string, to: string) =>
    ({ kind: 'set', seed: 'datasources_config', column, from, to }) as const;
  return {
    ...otherDelimiter(line, mark, datasource),
    ...(decimalToo
      ? {
          message: 'the columns are separated by another character, and the decimal mark changed with it',
          evidence: `${changed} cells are numbers with the decimal mark ${quoted(otherDecimal)}, ${declared} with ${quoted(datasource.decimal)}`,
        }
      : {}),
    // One character cannot be both.
    ...(mark === datasource.decimal && !decimalToo
      ? {}
      : {
          accept: acceptanceOf('delimiter-changed', undefined, [
            set('delimiter', name(datasource.delimiter), name(mark)),
            ...(decimalToo ? [set('decimal', datasource.decimal, otherDecimal)] : []),
          ]),
        }),
  };
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

/**
 * The other delimiter by which a row that has a single cell falls into as many cells as the header has labels. The
 * decimal mark is tried last: two numbers contain as many decimal marks as delimiters.
 */
export function delimiterOfText(text: string, { delimiter, decimal }: Datasource, width: number): string | undefined {
  const fits = (mark: string) => mark !== delimiter && text.split(mark).length >= width;
  return DELIMITERS.find((mark) => mark !== decimal && fits(mark)) ?? DELIMITERS.find(fits);
}

function isData(labels: readonly string[], datasource: Datasource): boolean {
  const first = Buffer.from(labels.slice(0, datasource.timeColumns.length).join(' '), 'utf8');
  return compileFormats(datasource.datetimeFormats, datasource.zoneNames).some(
    (format) => !Number.isNaN(format.read(first, 0, first.length)),
  );
}
