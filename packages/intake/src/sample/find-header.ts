import { symbolOf } from '../header/label-units';
import { isNullToken, isNumber } from './number-form';
import type { SampleRow } from './sample-rows';

/** The place of a table's header among the rows of a sample. */
export interface FoundHeader {
  readonly header: number;
  /** There is a row of units below it. */
  readonly units: boolean;
  /** How many cells of the rows below are numbers or times. */
  readonly score: number;
}

export type IsTime = (cell: string) => boolean;

/** A quick look at a row. */
interface RowShape {
  /** Cells that are times or numbers; none if there is no time among two cells at least. */
  readonly data: number;
  /** The place of its first time. */
  readonly timeAt: number;
  readonly width: number;
}

/**
 * The header below which most rows fit: a time where the first row below has its time, and as many cells. A title above it
 * may hold a date, too.
 */
export function findHeader(rows: readonly SampleRow[], isTime: IsTime): FoundHeader | 'no-times' | 'no-header' {
  const shapes = rows.map((row) => shapeOf(row, isTime));
  let best: (FoundHeader & { readonly fit: number }) | undefined;
  let hasData = false;
  for (const [first, shape] of shapes.entries()) {
    if (shape.data === 0 || (first > 0 && shapes[first - 1]!.data > 0 && isAlike(shapes[first - 1]!, shape))) continue;
    const { fits, others } = fitting(rows, shapes, first);
    if (fits <= others) continue;
    hasData = true;
    const found = headerAbove(rows, first, shape.width, isTime);
    if (found === undefined) continue;
    const repeats = rows.slice(first).filter(({ text }) => text === rows[found.header]!.text).length;
    const numbers = rows[found.header]!.cells.filter((cell) => isNumber(cell, '.')).length;
    const fit = fits - (others - repeats) - numbers;
    const score = shapes.slice(first).reduce((sum, { data }) => sum + data, 0);
    if (best === undefined || fit >= best.fit) best = { ...found, score, fit };
  }
  if (best === undefined) return hasData ? 'no-header' : 'no-times';
  return { header: best.header, units: best.units, score: best.score };
}

/** The row that has all of these labels. What is below it is the table, whatever its times look like. */
export function headerWith(rows: readonly SampleRow[], labels: readonly string[]): FoundHeader | undefined {
  const header = rows.findIndex(({ cells }) => labels.every((label) => cells.includes(label)));
  return header < 0 ? undefined : headerAt(rows, header);
}

/** The table whose header is at the given row. */
export function headerAt(rows: readonly SampleRow[], header: number): FoundHeader | undefined {
  const row = rows[header];
  if (row === undefined || row.cells.length < 2) return undefined;
  const below = rows.slice(header + 1).filter(({ blank }) => !blank);
  const units = below[0] !== undefined && isUnitRow(below[0], widthOf(row));
  const alike = below.filter(({ cells }) => cells.length === row.cells.length);
  const score = alike.reduce((sum, { cells }) => sum + cells.filter((cell) => cell !== '').length, 0);
  return { header, units, score };
}

function shapeOf({ cells }: SampleRow, isTime: IsTime): RowShape {
  const width = widthOf({ cells });
  const timeAt = cells.length < 2 ? -1 : cells.findIndex(isTime);
  if (timeAt < 0) return { data: 0, timeAt, width };
  const times = cells.filter(isTime).length;
  const numbers = cells.filter((cell) => isNumber(cell, '.') || isNumber(cell, ',')).length;
  return { data: times + numbers, timeAt, width };
}

function isAlike(one: RowShape, other: RowShape): boolean {
  return one.timeAt === other.timeAt;
}

function fitting(
  rows: readonly SampleRow[],
  shapes: readonly RowShape[],
  first: number,
): { readonly fits: number; readonly others: number } {
  let [fits, others] = [0, 0];
  for (let i = first; i < rows.length; i++) {
    if (rows[i]!.blank) continue;
    const { data, timeAt } = shapes[i]!;
    if (data > 0 && timeAt === shapes[first]!.timeAt) fits++;
    else others++;
  }
  return { fits, others };
}

function headerAbove(
  rows: readonly SampleRow[],
  first: number,
  width: number,
  isTime: IsTime,
): Omit<FoundHeader, 'score'> | undefined {
  let header = first - 1;
  while (header >= 0 && rows[header]!.blank) header--;
  const units = header > 0 && isUnitRow(rows[header]!, width) && widthOf(rows[header - 1]!) >= Math.max(2, width - 1);
  if (units) header--;
  return header < 0 || !isHeader(rows[header]!, width, isTime) ? undefined : { header, units };
}

/** Cells up to the last that holds something. */
export function widthOf({ cells }: Pick<SampleRow, 'cells'>): number {
  return cells.findLastIndex((cell) => cell !== '') + 1;
}

function isHeader(row: SampleRow, width: number, isTime: IsTime): boolean {
  const labels = row.cells.slice(0, Math.max(width, 2));
  return (
    labels.length >= 2 && labels.filter((label) => label !== '').length * 2 >= labels.length && !labels.some(isTime)
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
  return symbolOf(cell.replace(/^[[(]\s*|\s*[\])]$/g, ''));
}
