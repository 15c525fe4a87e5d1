import { open, type Told, told } from './told';

/** Texts that programs write where there is no number, in small letters. */
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

const WITH_POINT = /^[+-]?\d+\.\d+$/;
const WITH_COMMA = /^[+-]?\d+,\d+$/;
const WHOLE = /^[+-]?\d+$/;
/** `1.234` may be a thousand, written by a program that groups digits. */
const GROUPED = /^[+-]?[1-9]\d{0,2}[.,]\d{3}$/;

/** Whether a cell is a number by this decimal mark, the way that exports are read. */
export function isNumber(text: string, decimal: '.' | ','): boolean {
  return WHOLE.test(text) || (decimal === '.' ? WITH_POINT : WITH_COMMA).test(text);
}

export function isWhole(text: string): boolean {
  return WHOLE.test(text);
}

/**
 * The decimal mark of cells; open where none has one, both occur, or every one could group thousands. What separates the
 * columns is no decimal mark.
 */
export function decimalOf(cells: Iterable<string>, delimiter: string): Told<'.' | ','> {
  let points = 0;
  let commas = 0;
  let grouped = 0;
  let shown = '';
  for (const cell of cells) {
    const point = WITH_POINT.test(cell);
    if (!point && (delimiter === ',' || !WITH_COMMA.test(cell))) continue;
    if (point) points++;
    else commas++;
    if (GROUPED.test(cell)) grouped++;
    shown ||= cell;
  }
  if (points + commas === 0) {
    return delimiter === ',' ? told('.') : open([',', '.'], 'no number of the sample has a decimal mark');
  }
  if (points > 0 && commas > 0) {
    return open(points > commas ? ['.', ','] : [',', '.'], `${points} cells have a point, ${commas} a comma`);
  }
  const mark = points > 0 ? '.' : ',';
  if (grouped === points + commas) return open([mark], `every number looks like ${shown}, which may group thousands`);
  return told(mark);
}
