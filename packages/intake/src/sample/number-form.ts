import { open, type Told, told } from './told';

/** Texts that programs write where there is no number, in lower case. */
const NULL_TOKENS = new Set([
  '-',
  '--',
  '---',
  'na',
  'n/a',
  '#n/a',
  'nan',
  'null',
  'none',
  'nil',
  '?',
  'n.a.',
  'no data',
  'nodata',
  'missing',
  'unavailable',
  'unknown',
  'error',
  'x',
]);

export function isNullToken(text: string): boolean {
  return NULL_TOKENS.has(text.toLowerCase());
}

/** How the numbers of a source are written. */
export interface NumberForm {
  readonly decimal: '.' | ',';
  /** The mark that groups digits by three, as in the field `thousands`; '' if there is none. */
  readonly thousands: string;
  /** Units that may come after a number. */
  readonly cellUnits: readonly string[];
}

const EXPONENT = String.raw`(?:[eE][+-]?\d+)?`;
const WITH_POINT = new RegExp(String.raw`^[+-]?\d*\.\d+${EXPONENT}$`);
const WITH_COMMA = new RegExp(String.raw`^[+-]?\d*,\d+${EXPONENT}$`);
const WHOLE = new RegExp(String.raw`^[+-]?\d+${EXPONENT}$`);
/** `1.234` may be a thousand, written by a program that groups digits. */
const GROUPED = /^[+-]?[1-9]\d{0,2}[.,]\d{3}$/;

/** The marks that can group digits, and what a number with groups of each looks like without its decimals. */
const GROUPS: readonly (readonly [mark: string, pattern: RegExp])[] = [
  ['space', /^[+-]?[1-9]\d{0,2}([ \u00a0\u202f\u2009]\d{3})+(?![\d \u00a0\u202f\u2009])/],
  ["'", /^[+-]?[1-9]\d{0,2}(['\u2019]\d{3})+(?![\d'\u2019])/],
  ['.', /^[+-]?[1-9]\d{0,2}(\.\d{3})+(?![\d.])/],
  [',', /^[+-]?[1-9]\d{0,2}(,\d{3})+(?![\d,])/],
];

/** The sign of a number as a hyphen, because U+2212 is one, too. */
function plainSign(text: string): string {
  return text.startsWith('\u2212') ? `-${text.slice(1)}` : text;
}

/** Whether a cell is a number by this decimal mark, the way that exports are read. */
export function isNumber(text: string, decimal: '.' | ','): boolean {
  const plain = plainSign(text);
  return WHOLE.test(plain) || (decimal === '.' ? WITH_POINT : WITH_COMMA).test(plain);
}

export function isWhole(text: string): boolean {
  return WHOLE.test(plainSign(text));
}

/** The number that a cell holds; undefined if it is not one in this form. */
export function numberInForm(text: string, form: NumberForm): number | undefined {
  const unit = form.cellUnits.find((one) => text.endsWith(one));
  const bare = ungrouped(plainSign(unit === undefined ? text : text.slice(0, -unit.length).trimEnd()), form);
  return bare !== undefined && isNumber(bare, form.decimal) ? Number(bare.replace(',', '.')) : undefined;
}

function ungrouped(text: string, { decimal, thousands }: NumberForm): string | undefined {
  if (thousands === '' || isNumber(text, decimal)) return text;
  const grouped = GROUPS.find(([mark]) => mark === thousands)?.[1].exec(text)?.[0];
  if (grouped === undefined) return undefined;
  return grouped.replace(/[^\d+-]/g, '') + text.slice(grouped.length);
}

/** The mark by which a cell, which is not a number without one, becomes a number. */
export function groupingOf(text: string, decimal: '.' | ','): string | undefined {
  const plain = plainSign(text);
  if (isNumber(plain, decimal)) return undefined;
  const marks = GROUPS.map(([mark]) => mark).filter((mark) => mark !== decimal);
  return marks.find((thousands) => numberInForm(plain, { decimal, thousands, cellUnits: [] }) !== undefined);
}

/** A number and the unit after it, such as `20.0 °C`; undefined for a cell that holds anything else. */
export function cutUnit(text: string): { readonly number: string; readonly unit: string } | undefined {
  const [, number, unit] =
    /^([+\-\u2212]?[\d.,'\s]*\d(?:[eE][+-]?\d+)?)\s*([^\d\s.,:;/+-][^\d\s:;]{0,9})$/u.exec(text) ?? [];
  return number === undefined || unit === undefined ? undefined : { number, unit };
}

/** A number with something more around it than a program expects: a sign of doubt, a unit, blanks, digits of another script. */
const LIKE_NUMBER = /^[<>≤≥~≈±+\-\u2212–(*]?\s*[\p{Nd}½][\p{Nd}\s.,'’·٫]*(\s*[eE×x^*]\S*)?\s*[^\p{Nd}:]{0,12}$/u;

export function looksLikeNumber(text: string): boolean {
  return LIKE_NUMBER.test(text);
}

/**
 * The decimal mark of cells; open where none has one, both occur, or every one could group thousands. A comma in a cell
 * between commas was in quotation marks, and counts like any other.
 */
export function decimalOfCells(cells: Iterable<string>, delimiter: string): Told<'.' | ','> {
  let points = 0;
  let commas = 0;
  let grouped = 0;
  let shown = '';
  for (const cell of cells) {
    const text = plainSign(cutUnit(cell)?.number ?? cell);
    const mark = decimalMarkOf(text);
    if (mark === undefined) continue;
    if (mark === '.') points++;
    else commas++;
    if (GROUPED.test(text)) grouped++;
    shown ||= text;
  }
  if (points + commas === 0) {
    return delimiter === ',' ? told('.') : open([',', '.'], 'the sample has no number with a decimal mark');
  }
  if (points > 0 && commas > 0) {
    return open(points > commas ? ['.', ','] : [',', '.'], `${points} cells have a point, ${commas} a comma`);
  }
  const mark = points > 0 ? '.' : ',';
  if (grouped === points + commas) return open([mark], `every number looks like ${shown}, which may group thousands`);
  return told(mark);
}

/** The decimal mark of one cell. After groups of digits by another mark it is certain: `1.234,5`. */
function decimalMarkOf(text: string): '.' | ',' | undefined {
  if (WITH_POINT.test(text)) return '.';
  if (WITH_COMMA.test(text)) return ',';
  for (const [, pattern] of GROUPS) {
    const behind = text.slice(pattern.exec(text)?.[0].length ?? text.length);
    if (/^[.,]\d+$/.test(behind)) return behind[0] as '.' | ',';
  }
  return undefined;
}
