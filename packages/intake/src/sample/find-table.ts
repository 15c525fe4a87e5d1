import { unitOf } from '../drift/units';
import { isNullToken, isNumber } from './number-form';
import { rowsOfSample, type SampleRow } from './sample-rows';
import { isEpoch, timePartOf } from './time-formats';
import { open, type Told, told } from './told';

/** Where the table of a sample is. */
export interface FoundTable {
  readonly delimiter: string;
  /** Rows before the header that are no comments; a first line `sep=;` does not count. */
  readonly skipLines: number;
  /** What lines begin with that are left out; '' if there are none. */
  readonly commentPrefix: string;
  readonly comments: number;
  /** A row of units stands below the header. */
  readonly units: readonly string[] | undefined;
  readonly labels: readonly string[];
  readonly headerLine: number;
  readonly rows: readonly SampleRow[];
}

const DELIMITERS = [',', ';', '\t', '|'];
const COMMENTS = ['#', '//', '%', '!'];
/** Rows in which the table is looked for. */
const FIRST_ROWS = 300;

/** Why a sample has no table that can be read. */
export type NoTable = 'no-times' | 'no-header';

/**
 * Finds the delimiter and the header: below it most rows have as many cells as it has labels, and a time among them.
 * @param declared the delimiter, if a person said it
 */
export function findTable(utf8: Buffer, declared?: string): Told<FoundTable> | NoTable {
  const separator = /^\ufeff?"?sep=([,;\t|])"?\r?\n/.exec(utf8.toString('utf8', 0, 16))?.[1];
  const marks = declared ?? separator;
  const among = marks === undefined ? DELIMITERS : [marks];
  const dated = among.map((delimiter) => tableBy(utf8, delimiter, isDated));
  // A number may count from 1970, where no cell is a date.
  const found = dated.some((one) => one !== 'no-times')
    ? dated
    : among.map((delimiter) => tableBy(utf8, delimiter, isEpoch));
  const tables = found.filter((one) => typeof one === 'object');
  if (tables.length === 0) return found.includes('no-header') ? 'no-header' : 'no-times';
  const best = Math.max(...tables.map(({ score }) => score));
  const [first, ...others] = tables.filter(({ score }) => score === best);
  const whole = (table: Scored) => readTable(utf8, table);
  if (others.length === 0) return told(whole(first!));
  return open([first!, ...others].map(whole), 'the rows can be cut into columns in more than one way');
}

interface Scored {
  readonly delimiter: string;
  /** Of the rows below the header, how many cells are numbers or times. */
  readonly score: number;
  readonly commentPrefix: string;
  /** Position of the header among the rows that are no comments. */
  readonly header: number;
  readonly units: boolean;
}

function tableBy(utf8: Buffer, delimiter: string, isTime: IsTime): Scored | NoTable {
  const all = withoutSeparator(rowsOfSample(utf8, delimiter, FIRST_ROWS));
  const plain = tableAmong(all, delimiter, '', isTime);
  const [prefix] = COMMENTS.filter((one) => all.some(({ text }) => isComment(text, one)));
  if (prefix === undefined) return plain;
  const commented = tableAmong(
    all.filter(({ text }) => !isComment(text, prefix)),
    delimiter,
    prefix,
    isTime,
  );
  // A header may itself begin with the sign: then nothing is left for one below it.
  return typeof commented === 'object' ? commented : plain;
}

function tableAmong(
  rows: readonly SampleRow[],
  delimiter: string,
  commentPrefix: string,
  isTime: IsTime,
): Scored | NoTable {
  const scores = rows.map((row) => dataCells(row, isTime));
  const first = rows.findIndex((_, i) => scores[i]! > 0 && isMostly(rows, scores, i));
  if (first < 0) return 'no-times';
  const width = widthOf(rows[first]!);
  let header = first - 1;
  while (header >= 0 && rows[header]!.blank) header--;
  const units = header > 0 && isUnitRow(rows[header]!, width) && widthOf(rows[header - 1]!) >= Math.max(2, width - 1);
  if (units) header--;
  if (header < 0 || !isHeader(rows[header]!, width, isTime)) return 'no-header';
  const score = scores.slice(first).reduce((sum, one) => sum + one, 0);
  return { delimiter, score, commentPrefix, header, units };
}

/** Cells that are times or numbers; none if there is no time among two cells at least. */
function dataCells({ cells }: SampleRow, isTime: IsTime): number {
  if (cells.length < 2) return 0;
  const times = cells.filter((cell) => isTime(cell)).length;
  if (times === 0) return 0;
  return times + cells.filter((cell) => isNumber(cell, '.') || isNumber(cell, ',')).length;
}

type IsTime = (cell: string) => boolean;

function isDated(cell: string): boolean {
  const part = timePartOf(cell);
  return part === 'instant' || part === 'date';
}

/** A title may hold a date, too: below the header most rows are data, of the same width. */
function isMostly(rows: readonly SampleRow[], scores: readonly number[], from: number): boolean {
  const width = widthOf(rows[from]!);
  const rest = rows.slice(from).filter(({ blank }) => !blank);
  const alike = rest.filter((row) => scores[rows.indexOf(row)]! > 0 && row.cells.length >= Math.min(width, 2));
  return alike.length * 2 > rest.length;
}

/** Cells up to the last that holds something. */
function widthOf({ cells }: SampleRow): number {
  return cells.findLastIndex((cell) => cell !== '') + 1;
}

function isHeader(row: SampleRow, width: number, isTime: IsTime): boolean {
  const labels = row.cells.slice(0, Math.max(width, 2));
  return (
    labels.length >= 2 && labels.filter((label) => label !== '').length * 2 > labels.length && !labels.some(isTime)
  );
}

/** Most cells that hold something are units, in brackets or bare. */
function isUnitRow(row: SampleRow, width: number): boolean {
  const filled = row.cells.slice(0, width).filter((cell) => cell !== '' && !isNullToken(cell));
  const known = filled.filter((cell) => unitOfCell(cell) !== undefined);
  return known.length > 0 && known.length * 2 >= filled.length;
}

/** The unit that a cell of a row of units says. */
export function unitOfCell(cell: string): string | undefined {
  return unitOf(cell.replace(/^[[(]\s*|\s*[\])]$/g, ''))?.symbol;
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
  const { cells, line } = rows[header]!;
  const labels = cells.slice(0, cells.findLastIndex((label) => label !== '') + 1);
  return {
    delimiter,
    skipLines: header,
    commentPrefix,
    comments: all.length - rows.length,
    units: units ? rows[header + 1]!.cells : undefined,
    labels,
    headerLine: line,
    rows: rows.slice(header + (units ? 2 : 1)).filter(({ blank }) => !blank),
  };
}
