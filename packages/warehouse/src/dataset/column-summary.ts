import { numberText } from '@sensor-warehouse/model/readings/number-text';
import { compareText } from '@sensor-warehouse/model/readings/readings';
import { DAY } from '@sensor-warehouse/model/time/units';
import type { ColumnSummary } from '../layout/file-list';

/** A column as it is written: numbers and their null, or places in a dictionary (below 0: null). */
export interface WrittenColumn {
  readonly name: string;
  readonly kind: string;
  readonly values?: ArrayLike<number>;
  /** The number that means null; NaN always does. */
  readonly nullAt?: number;
  readonly codes?: ArrayLike<number>;
  readonly dictionary?: readonly string[];
}

/** Summarises the first `rows` cells of a column. */
export function columnSummary(column: WrittenColumn, rows: number): ColumnSummary {
  return column.dictionary === undefined ? numbersOf(column, rows) : textsOf(column, rows);
}

function numbersOf({ name, kind, values, nullAt }: WrittenColumn, rows: number): ColumnSummary {
  let [nulls, minimum, maximum, example] = [0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN];
  for (let row = 0; row < rows; row++) {
    const value = values![row]!;
    if (Number.isNaN(value) || value === nullAt) {
      nulls++;
      continue;
    }
    if (Number.isNaN(example)) example = value;
    if (value < minimum) minimum = value;
    if (value > maximum) maximum = value;
  }
  if (nulls === rows) return { name, rows, nulls };
  const text = (value: number) => valueText(kind, value);
  return { name, rows, nulls, minimum: text(minimum), maximum: text(maximum), example: text(example) };
}

function textsOf({ name, codes, dictionary }: WrittenColumn, rows: number): ColumnSummary {
  const used = new Set<number>();
  let nulls = 0;
  for (let row = 0; row < rows; row++) {
    if (codes![row]! < 0) nulls++;
    else used.add(codes![row]!);
  }
  if (nulls === rows) return { name, rows, nulls };
  const texts = Array.from(used, (code) => dictionary![code]!);
  const sorted = texts.toSorted(compareText);
  return { name, rows, nulls, minimum: sorted[0]!, maximum: sorted.at(-1)!, example: texts[0]! };
}

function valueText(kind: string, value: number): string {
  if (kind === 'instant') return `${new Date(value).toISOString().slice(0, 19)}Z`;
  if (kind === 'date') return new Date(value * DAY).toISOString().slice(0, 10);
  if (kind === 'flag') return value === 0 ? 'false' : 'true';
  return numberText(value);
}

/** The same column of several files of a table. */
export function joinedSummary(parts: readonly ColumnSummary[], isNumber: boolean): ColumnSummary {
  const known = parts.filter(({ example }) => example !== undefined);
  const order = (a: string, b: string) => (isNumber ? Number(a) - Number(b) : compareText(a, b));
  const sum = (of: (part: ColumnSummary) => number) => parts.reduce((total, part) => total + of(part), 0);
  const counts = { name: parts[0]!.name, rows: sum(({ rows }) => rows), nulls: sum(({ nulls }) => nulls) };
  if (known.length === 0) return counts;
  return {
    ...counts,
    minimum: known.map(({ minimum }) => minimum!).toSorted(order)[0]!,
    maximum: known
      .map(({ maximum }) => maximum!)
      .toSorted(order)
      .at(-1)!,
    example: known[0]!.example!,
  };
}
