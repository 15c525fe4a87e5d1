import { type FoundHeader, findHeader, headerAt, headerWith, type IsTime, widthOf } from './find-header';
import { type NamedColumns, nameColumns } from './place-names';
import { rowsOfSample, type SampleRow } from './sample-rows';
import { readBy } from './time-formats';
import { isDated, isEpoch } from './time-parts';
import { open, type Told, told } from './told';

/** Where the table of a sample is. */
export interface FoundTable extends NamedColumns {
  readonly delimiter: string;
  /** Rows before the header that are not comments; a first line `sep=;` does not count. */
  readonly skipLines: number;
  /** The mark of comment lines, which are left out; '' if there are none. */
  readonly commentPrefix: string;
  readonly comments: number;
  /** There is a row of units below the header. */
  readonly units: readonly string[] | undefined;
  readonly headerLine: number;
  readonly rows: readonly SampleRow[];
}

const DELIMITERS = [',', ';', '\t', '|'];
const COMMENTS = ['#', '//', '%', '!'];
/** Rows that are searched for the table. */
const FIRST_ROWS = 300;

/** Names are asked later; without any `%Z` is not a format. */
const ANY_ZONE: ReadonlyMap<string, number> = new Map([['UTC', 0]]);

/** Why a sample has no table that can be read. */
export type NoTable = 'no-times' | 'no-header';

/** Answers that help to find the table. */
export interface DeclaredTable {
  readonly delimiter?: string;
  readonly skipLines?: number;
  readonly timeColumns?: readonly string[];
  readonly datetimeFormat?: string;
  readonly zoneNames?: ReadonlyMap<string, number>;
}

/**
 * Finds the delimiter and the header: the given row, the row with the given time columns, or the row followed by the
 * most rows with a time.
 * @param now the run's clock in milliseconds
 */
export function findTable(utf8: Buffer, now: number, declared: DeclaredTable = {}): Told<FoundTable> | NoTable {
  const separator = /^\ufeff?"?sep=([,;\t|])"?\r?\n/.exec(utf8.toString('utf8', 0, 16))?.[1];
  const marks = declared.delimiter ?? separator;
  const among = marks === undefined ? DELIMITERS : [marks];
  const { datetimeFormat: format, zoneNames = ANY_ZONE } = declared;
  const isSaid: IsTime =
    format === undefined ? isDated : (cell) => isDated(cell) || readBy(format, [cell], now, zoneNames) !== undefined;
  const dated = among.map((delimiter) => tableBy(utf8, delimiter, isSaid, declared));
  // A number may count from 1970, where no cell is a date.
  const found = dated.some((one) => one !== 'no-times')
    ? dated
    : among.map((delimiter) => tableBy(utf8, delimiter, isEpoch, declared));
  const tables = found.filter((one) => typeof one === 'object');
  if (tables.length === 0) return found.includes('no-header') ? 'no-header' : 'no-times';
  const best = Math.max(...tables.map(({ score }) => score));
  const [first, ...others] = tables.filter(({ score }) => score === best);
  const whole = (table: Scored) => readTable(utf8, table);
  if (others.length === 0) return told(whole(first!));
  return open([first!, ...others].map(whole), 'the rows can be split into columns in more than one way');
}

interface Scored extends FoundHeader {
  readonly delimiter: string;
  readonly commentPrefix: string;
}

function tableBy(utf8: Buffer, delimiter: string, isTime: IsTime, declared: DeclaredTable): Scored | NoTable {
  const all = withoutSeparator(rowsOfSample(utf8, delimiter, FIRST_ROWS));
  const among = (rows: readonly SampleRow[], commentPrefix: string): Scored | NoTable => {
    const found = headerOf(rows, isTime, declared);
    return typeof found === 'string' ? found : { ...found, delimiter, commentPrefix };
  };
  const plain = among(all, '');
  const [prefix] = COMMENTS.filter((one) => all.some(({ text }) => isComment(text, one)));
  if (prefix === undefined) return plain;
  const commented = among(
    all.filter(({ text }) => !isComment(text, prefix)),
    prefix,
  );
  // A header may begin with the sign of a comment: then it is not a comment.
  return typeof commented === 'string' ? plain : commented;
}

function headerOf(
  rows: readonly SampleRow[],
  isTime: IsTime,
  { skipLines, timeColumns = [] }: DeclaredTable,
): FoundHeader | NoTable {
  if (skipLines !== undefined) return headerAt(rows, skipLines) ?? 'no-header';
  const labels = timeColumns.filter((label) => !/^#\d+$/.test(label));
  return (labels.length > 0 ? headerWith(rows, labels) : undefined) ?? findHeader(rows, isTime);
}

function isComment(text: string, prefix: string): boolean {
  return text.replace(/^\ufeff/, '').startsWith(prefix);
}

function withoutSeparator(rows: readonly SampleRow[]): readonly SampleRow[] {
  return /^"?sep=.?"?$/.test(rows[0]?.text ?? '') || rows[0]?.text.startsWith('sep=') ? rows.slice(1) : rows;
}

function readTable(utf8: Buffer, { delimiter, commentPrefix, header, units }: Scored): FoundTable {
  const all = withoutSeparator(rowsOfSample(utf8, delimiter));
  const rows = commentPrefix === '' ? all : all.filter(({ text }) => !isComment(text, commentPrefix));
  const { cells, line, text } = rows[header]!;
  const below = rows.slice(header + 1).filter((row) => !row.blank);
  // A program that appends writes its header at each start again.
  const data = below.slice(units ? 1 : 0).filter((row) => row.text !== text);
  const width = data.reduce((most, row) => Math.max(most, Math.min(widthOf(row), cells.length)), widthOf({ cells }));
  return {
    delimiter,
    skipLines: header,
    commentPrefix,
    comments: all.length - rows.length,
    units: units ? below[0]!.cells : undefined,
    ...nameColumns(cells.slice(0, width)),
    headerLine: line,
    rows: data,
  };
}
