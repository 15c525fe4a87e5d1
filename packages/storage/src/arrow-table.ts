import {
  Bool,
  type Data,
  type DataType,
  DateDay,
  Dictionary,
  Field,
  Float64,
  Int32,
  makeData,
  RecordBatch,
  Schema,
  Struct,
  Table,
  TimestampMillisecond,
  Utf8,
  vectorFromArray,
} from 'apache-arrow';

/** A column to write. Arrays may be longer than the table. */
export type Column =
  /** Milliseconds since 1970; NaN in a nullable one is a null. */
  | { readonly name: string; readonly kind: 'instant'; readonly values: Float64Array; readonly nullable?: boolean }
  /** Days since 1970. */
  | { readonly name: string; readonly kind: 'date'; readonly values: Int32Array; readonly nullAt?: number }
  | { readonly name: string; readonly kind: 'number'; readonly values: Float64Array; readonly nullable?: boolean }
  | {
      readonly name: string;
      readonly kind: 'integer';
      readonly values: Int32Array;
      /** The number that stands for a null; without it the column has none. */
      readonly nullAt?: number;
    }
  | {
      readonly name: string;
      readonly kind: 'text';
      /** Places in the dictionary; -1 in a nullable column is a null. */
      readonly codes: Int32Array;
      readonly dictionary: readonly string[];
      readonly nullable?: boolean;
    }
  /** 1 is true, 0 false. */
  | { readonly name: string; readonly kind: 'flag'; readonly values: Uint8Array };

/** Rows `[start, end)` of a column. */
export function partOf(column: Column, start: number, end: number): Column {
  if (column.kind === 'text') return { ...column, codes: column.codes.subarray(start, end) };
  return { ...column, values: column.values.subarray(start, end) } as Column;
}

/** A table of Arrow's, and how many of its cells are nulls. */
export function arrowTable(
  columns: readonly Column[],
  rows: number,
): { readonly table: Table; readonly nulls: number } {
  const fields = columns.map((column) => [column, dataOf(column, rows)] as const);
  const schema = new Schema(fields.map(([column, data]) => new Field(column.name, data.type, isNullable(column))));
  const struct = makeData({
    type: new Struct(schema.fields),
    length: rows,
    nullCount: 0,
    children: fields.map(([, data]) => data),
  });
  const nulls = fields.reduce((total, [, { nullCount }]) => total + nullCount, 0);
  return { table: new Table(schema, [new RecordBatch(schema, struct)]), nulls };
}

function isNullable(column: Column): boolean {
  if (column.kind === 'integer' || column.kind === 'date') return column.nullAt !== undefined;
  return column.kind !== 'flag' && column.nullable === true;
}

function dataOf(column: Column, rows: number): Data<DataType> {
  switch (column.kind) {
    case 'instant':
      return makeData({
        type: new TimestampMillisecond('UTC'),
        length: rows,
        data: wholeNumbers(column.name, column.nullable ? zeroForNaN(column.values) : column.values, rows),
        ...nullsWhere(rows, column.nullable ? (row) => Number.isNaN(column.values[row]) : undefined),
      });
    case 'flag':
      return makeData({ type: new Bool(), length: rows, nullCount: 0, data: bits(column.values, rows) });
    case 'date':
      return makeData({
        type: new DateDay(),
        length: rows,
        data: column.values.slice(0, rows),
        ...nullsWhere(rows, column.nullAt === undefined ? undefined : (row) => column.values[row] === column.nullAt),
      });
    case 'integer':
      return makeData({
        type: new Int32(),
        length: rows,
        data: column.values.slice(0, rows),
        ...nullsWhere(rows, column.nullAt === undefined ? undefined : (row) => column.values[row] === column.nullAt),
      });
    case 'number':
      return column.nullable
        ? nullableNumbers(column.values, rows)
        : makeData({ type: new Float64(), length: rows, nullCount: 0, data: column.values.slice(0, rows) });
    case 'text':
      return makeData({
        type: new Dictionary(new Utf8(), new Int32()),
        length: rows,
        // A copy of its own: Arrow's writer confuses columns that share one buffer.
        data: column.nullable
          ? column.codes.slice(0, rows).map((code) => Math.max(0, code))
          : column.codes.slice(0, rows),
        ...nullsWhere(rows, column.nullable ? (row) => column.codes[row]! < 0 : undefined),
        dictionary: vectorFromArray(column.dictionary.length > 0 ? [...column.dictionary] : [''], new Utf8()),
      });
  }
}

function nullableNumbers(values: Float64Array, rows: number): Data<DataType> {
  const data = values.slice(0, rows);
  return makeData({
    type: new Float64(),
    length: rows,
    data,
    ...nullsWhere(rows, (row) => Number.isNaN(data[row]!)),
  });
}

function zeroForNaN(values: Float64Array): Float64Array {
  return values.map((value) => (Number.isNaN(value) ? 0 : value));
}

/** Arrow's bitmap of the rows that are true. */
function bits(values: Uint8Array, rows: number): Uint8Array {
  const bitmap = new Uint8Array((rows + 7) >> 3);
  for (let row = 0; row < rows; row++) if (values[row] === 1) bitmap[row >> 3]! |= 1 << (row & 7);
  return bitmap;
}

/** Arrow's bitmap of the rows that hold a value. */
function nullsWhere(
  rows: number,
  isNull: ((row: number) => boolean) | undefined,
): { readonly nullCount: number; readonly nullBitmap?: Uint8Array } {
  if (isNull === undefined) return { nullCount: 0 };
  const nullBitmap = new Uint8Array((rows + 7) >> 3);
  let nullCount = 0;
  for (let row = 0; row < rows; row++) {
    if (isNull(row)) nullCount++;
    else nullBitmap[row >> 3]! |= 1 << (row & 7);
  }
  return { nullCount, nullBitmap };
}

const HIGH = 4_294_967_296;

/** 64-bit integers, by halves: one BigInt per instant takes longer than everything else that is done with it. */
function wholeNumbers(name: string, values: Float64Array, rows: number): BigInt64Array<ArrayBuffer> {
  const whole = new BigInt64Array(rows);
  const halves = new Int32Array(whole.buffer);
  for (let i = 0; i < rows; i++) {
    const value = values[i]!;
    if (!Number.isSafeInteger(value)) throw new RangeError(`${value} in the column ${name} is not an instant`);
    const high = Math.floor(value / HIGH);
    halves[2 * i] = value - high * HIGH;
    halves[2 * i + 1] = high;
  }
  return whole;
}
