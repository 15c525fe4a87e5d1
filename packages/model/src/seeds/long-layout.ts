import { quoted } from '../findings/finding';
import { type Complain, listOf } from './seed-findings';
import type { SeedRow } from './seed-table';

/** The columns of a long export that say which sensor and which quantity a row belongs to. */
export interface LongColumns {
  /** Names the sensor, or the location itself where no mapping seed has sensors. */
  readonly sensorColumn: string | undefined;
  /** Names the quantity of a row that holds one reading, in `valueColumn`. Without it each value column is a quantity. */
  readonly quantityColumn: string | undefined;
  readonly valueColumn: string | undefined;
}

const FIELDS = ['sensor_column', 'quantity_column', 'value_column'] as const;

export function longColumnsOf(row: SeedRow): LongColumns {
  const [sensorColumn, quantityColumn, valueColumn] = FIELDS.map((field) => String(row[field] ?? '') || undefined);
  return { sensorColumn, quantityColumn, valueColumn };
}

/** The columns that hold names instead of numbers. */
export function namesOfLong({ sensorColumn, quantityColumn }: LongColumns): string[] {
  return [sensorColumn, quantityColumn].filter((label) => label !== undefined);
}

/** The columns of an export that hold its numbers. */
export function valueLabels(source: LongColumns & { readonly columns: ReadonlyMap<string, unknown> }): string[] {
  return source.valueColumn === undefined ? [...source.columns.keys()] : [source.valueColumn];
}

export function checkLongColumns(row: SeedRow, complain: Complain): void {
  const { sensorColumn, quantityColumn, valueColumn } = longColumnsOf(row);
  const isLong = row.layout === 'long';
  const wrong = (column: (typeof FIELDS)[number] | 'layout', message: string, expected: string, fix: string) =>
    complain({
      seed: 'datasources_config',
      line: row.line,
      column,
      found: quoted(String(row[column] ?? '')),
      expected,
      message,
      fix,
    });
  if (!isLong) {
    for (const field of FIELDS) {
      if (row[field])
        wrong(field, `${field} belongs to the layout long`, 'nothing', `remove it, or set layout to long`);
    }
    return;
  }
  if (sensorColumn === undefined)
    wrong('sensor_column', 'no column names the sensor of a row', 'the label of a column', 'name the column');
  if ((quantityColumn === undefined) !== (valueColumn === undefined)) {
    const missing = quantityColumn === undefined ? 'quantity_column' : 'value_column';
    wrong(missing, 'quantity_column and value_column belong together', 'both labels, or neither', 'name both columns');
  }
  const times = listOf(row.time_columns);
  const named = [sensorColumn, quantityColumn, valueColumn, ...times].filter((label) => label !== undefined);
  const twice = named.find((label, at) => named.indexOf(label) < at);
  if (twice !== undefined)
    wrong(
      'sensor_column',
      `the column ${quoted(twice)} is named for two purposes`,
      'a column for each',
      'name another column',
    );
}
