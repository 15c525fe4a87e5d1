import type { FoundTable } from './find-table';
import { type NumberForm, numberInForm } from './number-form';
import type { SampleColumn } from './sample-columns';

/** How the numbers of a column change from row to row, in the order of time and within one sensor. */
export interface Trend {
  readonly rises: number;
  readonly falls: number;
  /** Falls to a tenth of what was before, or less. */
  readonly resets: number;
  /** The largest rise. */
  readonly step: number;
}

export const NO_TREND: Trend = { rises: 0, falls: 0, resets: 0, step: 0 };

/**
 * Adds to columns how their numbers change.
 * @param table its rows in the order of time
 * @param sensorColumn what distinguishes rows of one time; '' in a wide table
 */
export function withTrends(
  columns: readonly SampleColumn[],
  table: FoundTable,
  form: NumberForm,
  sensorColumn: string,
): SampleColumn[] {
  const sensorAt = table.labels.indexOf(sensorColumn);
  return columns.map((column, at) => {
    if (column.kind !== 'number') return column;
    const numbers = table.rows.map(({ cells }) => cells[at] ?? '').map(reader(column, form));
    return { ...column, trend: trendOf(numbers, (row) => table.rows[row]!.cells[sensorAt] ?? '') };
  });
}

/** The same for the quantities of a table with a row for each reading. */
export function withQuantityTrends(
  quantities: readonly SampleColumn[],
  table: FoundTable,
  form: NumberForm,
  [sensorColumn, quantityColumn, valueColumn]: readonly [string, string, string],
): SampleColumn[] {
  const [sensorAt, quantityAt, valueAt] = [sensorColumn, quantityColumn, valueColumn].map((label) =>
    table.labels.indexOf(label),
  ) as [number, number, number];
  return quantities.map((column) => {
    if (column.kind !== 'number') return column;
    const rows = table.rows.filter(({ cells }) => cells[quantityAt] === column.label);
    const numbers = rows.map(({ cells }) => cells[valueAt] ?? '').map(reader(column, form));
    return { ...column, trend: trendOf(numbers, (row) => rows[row]!.cells[sensorAt] ?? '') };
  });
}

function reader({ cellUnits, nulls }: SampleColumn, form: NumberForm): (cell: string) => number {
  return (cell) => (nulls.includes(cell) ? Number.NaN : (numberInForm(cell, { ...form, cellUnits }) ?? Number.NaN));
}

/** @param series that a row belongs to */
function trendOf(numbers: readonly number[], series: (row: number) => string): Trend {
  const last = new Map<string, number>();
  let [rises, falls, resets, step] = [0, 0, 0, 0];
  for (const [row, number] of numbers.entries()) {
    if (Number.isNaN(number)) continue;
    const key = series(row);
    const before = last.get(key);
    last.set(key, number);
    if (before === undefined || number === before) continue;
    if (number > before) {
      rises++;
      step = Math.max(step, number - before);
    } else {
      falls++;
      if (number <= before / 10) resets++;
    }
  }
  return { rises, falls, resets, step };
}

/** What several samples show of one column. */
export function trendOfAll(one: Trend, other: Trend): Trend {
  return {
    rises: one.rises + other.rises,
    falls: one.falls + other.falls,
    resets: one.resets + other.resets,
    step: Math.max(one.step, other.step),
  };
}
