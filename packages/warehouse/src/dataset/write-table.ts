import { basename } from 'node:path';
import { Failure } from '@sensor-warehouse/model/findings/failure';
import { printable } from '@sensor-warehouse/model/findings/finding';
import { differenceFromWritten } from '@sensor-warehouse/storage/read-back';
import { type Column, type ParquetOptions, writeParquetTable } from '@sensor-warehouse/storage/write-parquet-table';
import type { ColumnSummary } from '../layout/file-list';
import { columnSummary } from './column-summary';
import type { TableColumn, TableDescription } from './tables';

/** Texts as places in a dictionary; -1 is a null. */
export interface CodedTexts {
  readonly codes: Int32Array;
  readonly dictionary: readonly string[];
}

/** Values of a column, by its type: instants and numbers (NaN is a null), dates and integers (NO_INTEGER), texts, flags. */
export type ColumnValues = Float64Array | Int32Array | Uint8Array | CodedTexts;

/** Stands for a null in a column of integers or dates. */
export const NO_INTEGER = -(2 ** 31);

/** The file's metadata. */
export interface TableTerms {
  /** As SPDX writes it. */
  readonly license: string;
}

/** Format of the public tables: raised when their columns, their order or their bytes change. */
export const TABLES_FORMAT = 1;

/**
 * A series of a year, 8,760 rows, touches two groups of a year's file, which is read by ranges over the network: each group is
 * one request. The flat table is read as a whole.
 */
const ROWS_OF_YEAR = 16_384;
const ROWS_OF_ALL = 250_000;

/**
 * Writes a public table by its description: columns in order, REQUIRED if never null. Then a second reader reads it: a file
 * that others would read differently is never published.
 * @param values by column name; arrays may be longer than the table
 * @returns a summary of each column
 * @throws RangeError if a column lacks its values, or has values of another type; Failure (bug) if the file is not what was
 *   to be written
 */
export async function writeTable(
  path: string,
  table: TableDescription,
  rows: number,
  values: Readonly<Record<string, ColumnValues>>,
  { license }: TableTerms,
): Promise<readonly ColumnSummary[]> {
  const columns = table.columns.map((column) => written(table, column, values[column.name]));
  const says = JSON.stringify({ format: TABLES_FORMAT, table: table.name, license });
  const options: ParquetOptions = {
    compression: 'small',
    rowGroup: table.perYear === undefined ? ROWS_OF_ALL : ROWS_OF_YEAR,
    statistics: 'pages',
    metadata: { key: 'sensor-warehouse', value: says },
  };
  await writeParquetTable(path, rows, columns, options);
  const difference = await differenceFromWritten(path, rows, columns, options);
  if (difference !== undefined) throw differs(path, difference);
  return columns.map((column) => columnSummary(column, rows));
}

function differs(path: string, found: string): Failure {
  return new Failure({
    stage: 'publish-parquet',
    what: 'a second reader reads something else than was written',
    where: basename(path),
    found: printable(found),
    consequence: 'no new version is published',
    fix: 'run it again; if that does not help, report it with run.json',
    class: 'bug',
    code: 'read-back-differs',
  });
}

function written(table: TableDescription, column: TableColumn, values: ColumnValues | undefined): Column {
  const { name, type, nullable } = column;
  const nullAt = nullable ? { nullAt: NO_INTEGER } : {};
  if ((type === 'instant' || type === 'number') && values instanceof Float64Array)
    return { name, kind: type, values, nullable };
  if ((type === 'date' || type === 'integer') && values instanceof Int32Array)
    return { name, kind: type, values, ...nullAt };
  if (type === 'flag' && values instanceof Uint8Array) return { name, kind: 'flag', values };
  if (type === 'text' && values !== undefined && 'codes' in values) return { name, kind: 'text', nullable, ...values };
  throw new RangeError(`no values of the type ${type} for the column ${name} of ${table.name}`);
}

/** Texts of a small table, one a row; undefined is a null. */
export function textValues(texts: readonly (string | undefined)[]): CodedTexts {
  const places = new Map<string, number>();
  for (const text of texts) if (text !== undefined && !places.has(text)) places.set(text, places.size);
  return {
    codes: Int32Array.from(texts, (text) => (text === undefined ? -1 : places.get(text)!)),
    dictionary: [...places.keys()],
  };
}

/** Numbers or instants of a small table, one a row; undefined is a null. */
export function numberValues(numbers: readonly (number | undefined)[]): Float64Array {
  return Float64Array.from(numbers, (number) => number ?? Number.NaN);
}

/** Integers or dates of a small table, one a row; undefined is a null. */
export function integerValues(numbers: readonly (number | undefined)[]): Int32Array {
  return Int32Array.from(numbers, (number) => number ?? NO_INTEGER);
}
