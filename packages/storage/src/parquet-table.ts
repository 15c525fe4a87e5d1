import { readFile, writeFile } from 'node:fs/promises';
import {
  type Data,
  type DataType,
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
  tableFromIPC,
  tableToIPC,
  Utf8,
  vectorFromArray,
} from 'apache-arrow';
import {
  Compression,
  EnabledStatistics,
  Encoding,
  readParquet,
  Table as WasmTable,
  WriterPropertiesBuilder,
  writeParquet,
} from 'parquet-wasm';

/** A column to write. Arrays may be longer than the table. */
export type Column =
  | { readonly name: string; readonly kind: 'instant'; readonly values: Float64Array }
  | { readonly name: string; readonly kind: 'number'; readonly values: Float64Array; readonly nullable?: boolean }
  | { readonly name: string; readonly kind: 'integer'; readonly values: Int32Array }
  | {
      readonly name: string;
      readonly kind: 'text';
      readonly codes: Int32Array;
      readonly dictionary: readonly string[];
    };

export interface ParquetOptions {
  /** The landing lives for a night: fast, neither compressed nor coded. Archive and dataset are kept: small. */
  readonly compression: 'fast' | 'small';
  readonly rowGroup?: number;
  /** Minimum and maximum of each row group, with which readers skip what they do not need. */
  readonly statistics?: boolean;
}

/**
 * Writes one table. The same rows give the same bytes: no clock, fixed settings, one writer.
 * Instants are milliseconds and become timestamps adjusted to UTC; NaN in a nullable number is a null.
 */
export async function writeParquetTable(
  path: string,
  rows: number,
  columns: readonly Column[],
  options: ParquetOptions,
): Promise<void> {
  const fields = columns.map((column) => [column, dataOf(column, rows)] as const);
  const schema = new Schema(fields.map(([column, data]) => new Field(column.name, data.type, isNullable(column))));
  const struct = makeData({
    type: new Struct(schema.fields),
    length: rows,
    nullCount: 0,
    children: fields.map(([, data]) => data),
  });
  const table = new Table(schema, [new RecordBatch(schema, struct)]);
  let properties = new WriterPropertiesBuilder()
    .setCompression(options.compression === 'fast' ? Compression.UNCOMPRESSED : Compression.ZSTD)
    .setStatisticsEnabled(options.statistics ? EnabledStatistics.Chunk : EnabledStatistics.None)
    .setMaxRowGroupSize(options.rowGroup ?? 1 << 20)
    .setCreatedBy('sensor-warehouse');
  for (const column of columns) {
    if (column.kind === 'instant' || column.kind === 'integer') {
      properties = properties
        .setColumnDictionaryEnabled(column.name, false)
        .setColumnEncoding(column.name, Encoding.DELTA_BINARY_PACKED);
    } else if (column.kind === 'number' && options.compression === 'fast') {
      properties = properties.setColumnDictionaryEnabled(column.name, false);
    }
  }
  await writeFile(path, writeParquet(WasmTable.fromIPCStream(tableToIPC(table, 'stream')), properties.build()));
}

function isNullable(column: Column): boolean {
  return column.kind === 'number' && column.nullable === true;
}

function dataOf(column: Column, rows: number): Data<DataType> {
  switch (column.kind) {
    case 'instant': {
      return makeData({
        type: new TimestampMillisecond('UTC'),
        length: rows,
        nullCount: 0,
        data: int64s(column.values, rows),
      });
    }
    case 'integer':
      return makeData({ type: new Int32(), length: rows, nullCount: 0, data: column.values.slice(0, rows) });
    case 'number':
      return column.nullable
        ? nullableNumbers(column.values, rows)
        : makeData({ type: new Float64(), length: rows, nullCount: 0, data: column.values.slice(0, rows) });
    case 'text':
      return makeData({
        type: new Dictionary(new Utf8(), new Int32()),
        length: rows,
        nullCount: 0,
        // A copy of its own: Arrow's writer confuses columns that share one buffer.
        data: column.codes.slice(0, rows),
        dictionary: vectorFromArray(column.dictionary.length > 0 ? [...column.dictionary] : [''], new Utf8()),
      });
  }
}

/**
 * Whole numbers as 64-bit integers, written as halves: making a BigInt for each takes ten times as long.
 * @throws RangeError for anything else than a whole number, as BigInt would
 */
function int64s(values: Float64Array, rows: number): BigInt64Array<ArrayBuffer> {
  const halves = new Int32Array(2 * rows);
  for (let i = 0; i < rows; i++) {
    const value = values[i]!;
    if (!Number.isInteger(value)) throw new RangeError(`${value} is not an instant`);
    const high = Math.floor(value / 4_294_967_296);
    halves[2 * i] = value - high * 4_294_967_296;
    halves[2 * i + 1] = high;
  }
  return new BigInt64Array(halves.buffer);
}

function nullableNumbers(values: Float64Array, rows: number): Data<DataType> {
  const data = values.slice(0, rows);
  const bits = new Uint8Array((rows + 7) >> 3);
  let nulls = 0;
  for (let i = 0; i < rows; i++) {
    if (Number.isNaN(data[i]!)) nulls++;
    else bits[i >> 3]! |= 1 << (i & 7);
  }
  return makeData({ type: new Float64(), length: rows, nullCount: nulls, nullBitmap: bits, data });
}

/** A text column as it was read: a code per row and what the codes stand for. */
export interface TextColumn {
  readonly codes: Int32Array;
  readonly dictionary: readonly string[];
}

/** A table as it was read, by columns. */
export interface ParquetTable {
  readonly rows: number;
  readonly columns: readonly string[];
  /** Instants in milliseconds. @throws RangeError if the column is missing or not a timestamp */
  instants(name: string): Float64Array;
  numbers(name: string): Float64Array;
  integers(name: string): Int32Array;
  texts(name: string): TextColumn;
}

/** @throws Error if the bytes are not a Parquet file */
export async function readParquetTable(path: string, columns?: readonly string[]): Promise<ParquetTable> {
  const bytes = await readFile(path);
  const read = readParquet(bytes, { batchSize: 1 << 20, ...(columns === undefined ? {} : { columns: [...columns] }) });
  const table = tableFromIPC(read.intoIPCStream());
  const rows = table.numRows;
  const chunksOf = (name: string): readonly Data[] => {
    const vector = table.getChild(name);
    if (vector === null) throw new RangeError(`the column ${name} is missing in ${path}`);
    return vector.data;
  };
  const gather = <T extends Float64Array | Int32Array>(name: string, into: T, scale: (chunk: Data) => number): T => {
    let at = 0;
    for (const chunk of chunksOf(name)) {
      const source = chunk.values as Float64Array | Int32Array | BigInt64Array;
      const divisor = scale(chunk);
      for (let i = 0; i < chunk.length; i++) into[at++] = Number(source[i]) / divisor;
    }
    return into;
  };
  return {
    rows,
    columns: table.schema.fields.map((field) => field.name),
    instants: (name) => gather(name, new Float64Array(rows), unitsPerMillisecond),
    numbers: (name) => {
      const chunks = chunksOf(name);
      if (chunks.length === 1 && chunks[0]!.values instanceof Float64Array && chunks[0]!.nullCount === 0) {
        return (chunks[0]!.values as Float64Array).subarray(0, rows);
      }
      const values = gather(name, new Float64Array(rows), () => 1);
      const vector = table.getChild(name)!;
      if (vector.nullCount > 0) for (let i = 0; i < rows; i++) if (!vector.isValid(i)) values[i] = Number.NaN;
      return values;
    },
    integers: (name) => gather(name, new Int32Array(rows), () => 1),
    texts: (name) => textColumn(chunksOf(name), rows),
  };
}

function unitsPerMillisecond(chunk: Data): number {
  const unit = (chunk.type as { unit?: number }).unit;
  // Arrow's TimeUnit: 0 second, 1 millisecond, 2 microsecond, 3 nanosecond.
  if (unit === undefined) throw new RangeError('the column is not a timestamp');
  return [0.001, 1, 1000, 1_000_000][unit]!;
}

function textColumn(chunks: readonly Data[], rows: number): TextColumn {
  const codes = new Int32Array(rows);
  const dictionary: string[] = [];
  const codeOf = new Map<string, number>();
  const intern = (text: string): number => {
    let code = codeOf.get(text);
    if (code === undefined) {
      code = dictionary.length;
      dictionary.push(text);
      codeOf.set(text, code);
    }
    return code;
  };
  let at = 0;
  for (const chunk of chunks) {
    if (chunk.dictionary) {
      const translated = Array.from({ length: chunk.dictionary.length }, (_, i) =>
        intern(String(chunk.dictionary!.get(i) ?? '')),
      );
      const keys = chunk.values as Int32Array;
      for (let i = 0; i < chunk.length; i++) codes[at++] = translated[Number(keys[i])]!;
      continue;
    }
    // Plain text: neighbours are mostly alike, so compare with the row before first.
    const bytes = Buffer.from(chunk.values.buffer, chunk.values.byteOffset, chunk.values.byteLength);
    const offsets = chunk.valueOffsets as Int32Array;
    let code = -1;
    let start = 0;
    let end = -1;
    for (let i = 0; i < chunk.length; i++) {
      const from = offsets[i]!;
      const to = offsets[i + 1]!;
      let same = to - from === end - start;
      for (let k = from, j = start; same && k < to; k++, j++) same = bytes[k] === bytes[j];
      if (!same) {
        code = intern(bytes.toString('utf8', from, to));
        start = from;
        end = to;
      }
      codes[at++] = code;
    }
  }
  return { codes, dictionary };
}
