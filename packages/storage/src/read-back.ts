import { decompress } from 'fzstd';
import { asyncBufferFromFile, type ColumnData, parquetMetadataAsync, parquetRead, type SchemaElement } from 'hyparquet';
import type { Column, ParquetOptions } from './write-parquet-table';

/** Cells stay what they are in the file: no object for each instant and day. */
const PARSERS = { timestampFromMilliseconds: Number, dateFromDays: (days: number) => days };

const COMPRESSORS = { ZSTD: (bytes: Uint8Array, length: number) => decompress(bytes, new Uint8Array(length)) };

/**
 * Reads a Parquet file with a reader that shares no code with the writer, and compares it with what was to be written: number
 * of rows, columns and their types, and every cell. It holds one row group at a time.
 * @returns the first difference in words; undefined if there is none
 */
export async function differenceFromWritten(
  path: string,
  rows: number,
  columns: readonly Column[],
  { metadata: entry }: Pick<ParquetOptions, 'metadata'> = {},
): Promise<string | undefined> {
  try {
    const file = await asyncBufferFromFile(path);
    const metadata = await parquetMetadataAsync(file);
    const found = metadata.schema.slice(1).map(typeOf).join(', ');
    const expected = columns.map(writtenType).join(', ');
    if (found !== expected) return `the columns ${found}; expected ${expected}`;
    if (Number(metadata.num_rows) !== rows) return `${metadata.num_rows} rows; expected ${rows}`;
    if (entry !== undefined) {
      const said = metadata.key_value_metadata?.find(({ key }) => key === entry.key)?.value;
      if (said !== entry.value) return `${said ?? 'nothing'} as ${entry.key}; expected ${entry.value}`;
    }
    const cells = compareCells(columns);
    let start = 0;
    for (const group of metadata.row_groups) {
      const end = start + Number(group.num_rows);
      await parquetRead({
        ...{ file, metadata, rowStart: start, rowEnd: end },
        ...{ compressors: COMPRESSORS, parsers: PARSERS, onChunk: cells.compare },
      });
      start = end;
    }
    return cells.difference(rows);
  } catch (error) {
    return `a file that cannot be read: ${error instanceof Error ? error.message : String(error)}`;
  }
}

/** A column as the file describes it: physical type, what it stands for, and whether it may be null. */
function typeOf({ name, type, logical_type: logical, converted_type: converted, repetition_type: may }: SchemaElement) {
  const meaning = logical?.type === 'TIMESTAMP' ? `${logical.unit}${logical.isAdjustedToUTC ? ' UTC' : ''}` : undefined;
  return `${name} ${[type, meaning ?? logical?.type ?? converted, may].filter(Boolean).join(' ')}`;
}

const TYPES: Readonly<Record<Column['kind'], string>> = {
  instant: 'INT64 MILLIS UTC',
  date: 'INT32 DATE',
  number: 'DOUBLE',
  integer: 'INT32',
  text: 'BYTE_ARRAY STRING',
  flag: 'BOOLEAN',
};

function writtenType(column: Column): string {
  return `${column.name} ${TYPES[column.kind]} ${mayBeNull(column) ? 'OPTIONAL' : 'REQUIRED'}`;
}

function mayBeNull(column: Column): boolean {
  return 'nullAt' in column ? column.nullAt !== undefined : 'nullable' in column && column.nullable === true;
}

/** Compares cells as they arrive. Nothing is thrown: the reader lets nobody catch it. */
function compareCells(columns: readonly Column[]) {
  const named = new Map(columns.map((column) => [column.name, { column, isCell: cellOf(column), compared: 0 }]));
  let first: string | undefined;
  const compare = ({ columnName, columnData, rowStart }: ColumnData): void => {
    const one = named.get(columnName)!;
    one.compared += columnData.length;
    if (first !== undefined) return;
    for (let i = 0; i < columnData.length; i++) {
      if (one.isCell(columnData[i], rowStart + i)) continue;
      first = `${String(columnData[i])} in row ${rowStart + i + 1} of the column ${columnName}`;
      return;
    }
  };
  const difference = (rows: number): string | undefined => {
    for (const [name, { compared }] of named)
      if (compared !== rows) first ??= `${compared} cells in the column ${name}; expected ${rows}`;
    return first;
  };
  return { compare, difference };
}

/** Whether a cell that was read is what was to be written in a row. */
function cellOf(column: Column): (cell: unknown, row: number) => boolean {
  switch (column.kind) {
    case 'text': {
      const { codes, dictionary } = column;
      return (cell, row) => (codes[row]! < 0 ? cell == null : cell === dictionary[codes[row]!]);
    }
    case 'flag':
      return (cell, row) => cell === (column.values[row] === 1);
    case 'date':
    case 'integer': {
      const { values, nullAt } = column;
      return (cell, row) => (values[row] === nullAt ? cell == null : cell === values[row]);
    }
    default: {
      const { values, nullable } = column;
      return (cell, row) => (nullable && Number.isNaN(values[row]) ? cell == null : Object.is(cell, values[row]));
    }
  }
}
