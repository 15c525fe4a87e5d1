import { type Data, tableFromIPC } from 'apache-arrow';
import { withParquetFile } from './open-parquet';
import type { Column } from './write-parquet-table';

/** A text column as it was read: a code per row and what the codes stand for. */
export interface ParquetTextColumn {
  readonly codes: Int32Array;
  readonly dictionary: readonly string[];
}

/** Local days and flags stand in public tables alone, which others read. */
type Kind = Exclude<Column['kind'], 'date' | 'flag'>;

/** What a column becomes: instants are milliseconds; a number that is missing is NaN, a text that is missing is ''. */
type ReadColumn<K extends Kind> = K extends 'text'
  ? ParquetTextColumn
  : K extends 'integer'
    ? Int32Array
    : Float64Array;

export type ReadColumns<Kinds extends Readonly<Record<string, Kind>>> = {
  readonly [Name in keyof Kinds]: ReadColumn<Kinds[Name]>;
};

/** Rows `[start, end)` of a table. */
export interface RowRange {
  readonly start: number;
  readonly end: number;
}

/**
 * Reads the named columns of a Parquet file, one row group after the other, so that no second copy of the whole is
 * ever in memory.
 * @param range the rows to read; all of them if it is not given
 * @throws RangeError if the file is not Parquet, or a column is missing, of another kind, or has gaps where an instant or
 *   an integer must stand
 */
export async function readParquetTable<const Kinds extends Readonly<Record<string, Kind>>>(
  path: string,
  kinds: Kinds,
  range?: RowRange,
): Promise<{ readonly rows: number; readonly fileRows: number; readonly columns: ReadColumns<Kinds> }> {
  const names = Object.keys(kinds);
  return withParquetFile(path, async (file) => {
    const metadata = file.metadata();
    const fileRows = metadata.fileMetadata().numRows();
    const { start, end } = range ?? { start: 0, end: fileRows };
    if (end > fileRows) throw new RangeError(`${fileRows} rows, expected at least ${end}`);
    const rows = end - start;
    const collectors = names.map((name) => [name, collect(name, kinds[name]!, rows)] as const);
    let next = 0;
    for (let group = 0; group < metadata.numRowGroups(); group++) {
      const first = next;
      next += metadata.rowGroup(group).numRows();
      if (next <= start || first >= end) continue;
      const read = await file.read({ rowGroups: [group], columns: names, batchSize: 1 << 20 });
      const table = tableFromIPC(read.intoIPCStream());
      if (table.numRows !== next - first && names.length > 0)
        throw new RangeError(`${table.numRows} rows in group ${group}, expected ${next - first}`);
      for (const [name, collector] of collectors) {
        const vector = table.getChild(name)!.slice(Math.max(0, start - first), Math.min(next, end) - first);
        for (const chunk of vector.data) collector.add(chunk);
      }
    }
    if (next !== fileRows) throw new RangeError(`${next} rows in its groups, expected ${fileRows}`);
    const columns = Object.fromEntries(collectors.map(([name, collector]) => [name, collector.column]));
    return { rows, fileRows, columns: columns as unknown as ReadColumns<Kinds> };
  });
}

interface Collector {
  readonly column: Float64Array | Int32Array | ParquetTextColumn;
  add(chunk: Data): void;
}

function collect(name: string, kind: Kind, rows: number): Collector {
  switch (kind) {
    case 'instant':
      return collectInstants(name, rows);
    case 'number':
      return collectNumbers(name, rows);
    case 'integer':
      return collectIntegers(name, rows);
    case 'text':
      return collectTexts(name, rows);
  }
}

const HIGH = 4_294_967_296;
/** Arrow's TimeUnit: second, millisecond, microsecond, nanosecond. */
const UNITS_PER_MILLISECOND = [0.001, 1, 1000, 1_000_000];

function collectInstants(name: string, rows: number): Collector {
  const column = new Float64Array(rows);
  let at = 0;
  return {
    column,
    add(chunk) {
      requireWhole(name, chunk);
      const unit = (chunk.type as { unit?: number }).unit;
      if (unit === undefined || !(chunk.values instanceof BigInt64Array)) throw otherKind(name, chunk, 'a timestamp');
      const units = UNITS_PER_MILLISECOND[unit]!;
      // By halves: a BigInt per instant takes longer than everything else that is done with it.
      const halves = new Int32Array(chunk.values.buffer, chunk.values.byteOffset, 2 * chunk.length);
      for (let i = 0; i < chunk.length; i++) {
        column[at++] = (halves[2 * i + 1]! * HIGH + (halves[2 * i]! >>> 0)) / units;
      }
    },
  };
}

function collectNumbers(name: string, rows: number): Collector {
  const column = new Float64Array(rows);
  let at = 0;
  return {
    column,
    add(chunk) {
      if (!(chunk.values instanceof Float64Array)) throw otherKind(name, chunk, 'a number');
      column.set(chunk.values.subarray(0, chunk.length), at);
      if (chunk.nullCount > 0) {
        for (let i = 0; i < chunk.length; i++) if (!chunk.getValid(i)) column[at + i] = Number.NaN;
      }
      at += chunk.length;
    },
  };
}

function collectIntegers(name: string, rows: number): Collector {
  const column = new Int32Array(rows);
  let at = 0;
  return {
    column,
    add(chunk) {
      requireWhole(name, chunk);
      if (!(chunk.values instanceof Int32Array)) throw otherKind(name, chunk, 'a 32-bit integer');
      column.set(chunk.values.subarray(0, chunk.length), at);
      at += chunk.length;
    },
  };
}

function collectTexts(name: string, rows: number): Collector {
  const codes = new Int32Array(rows);
  const dictionary: string[] = [];
  const codeOf = new Map<string, number>();
  let at = 0;
  const intern = (text: string): number => {
    const known = codeOf.get(text);
    if (known !== undefined) return known;
    codeOf.set(text, dictionary.length);
    return dictionary.push(text) - 1;
  };
  return {
    column: { codes, dictionary },
    add(chunk) {
      if (chunk.dictionary) {
        const translated = Int32Array.from({ length: chunk.dictionary.length }, (_, i) =>
          intern(String(chunk.dictionary!.get(i) ?? '')),
        );
        const keys = chunk.values as Int32Array;
        for (let i = 0; i < chunk.length; i++) codes[at++] = translated[keys[i]!]!;
        return;
      }
      const offsets = narrowOffsets(chunk.valueOffsets);
      if (!(chunk.values instanceof Uint8Array) || !(offsets instanceof Int32Array)) {
        throw otherKind(name, chunk, 'text');
      }
      const bytes = Buffer.from(chunk.values.buffer, chunk.values.byteOffset, chunk.values.byteLength);
      for (let row = 0; row < chunk.length; ) {
        const end = endOfEqualTexts(bytes, offsets, row, chunk.length);
        codes.fill(intern(bytes.toString('utf8', offsets[row]!, offsets[row + 1]!)), at, at + end - row);
        at += end - row;
        row = end;
      }
    },
  };
}

/** The offsets of LargeUtf8, which pandas writes, are 64 bits wide; none of our row groups is that large. */
function narrowOffsets(offsets: Int32Array | BigInt64Array): Int32Array {
  return offsets instanceof BigInt64Array ? Int32Array.from(offsets, Number) : offsets;
}

const BLOCK = 4096;

/**
 * Where the rows end that have the same text as `row`; it may stop early. Texts of one length are the same if what is one
 * text further on is the same throughout: neighbours are mostly alike, and that is one comparison for many.
 */
function endOfEqualTexts(bytes: Buffer, offsets: Int32Array, row: number, rows: number): number {
  const start = offsets[row]!;
  const length = offsets[row + 1]! - start;
  const most = Math.min(rows, row + BLOCK);
  let end = row + 1;
  while (end < most && offsets[end + 1]! - offsets[end]! === length) end++;
  const same = (until: number) =>
    bytes.compare(bytes, start + length, offsets[until]!, start, offsets[until]! - length) === 0;
  while (end > row + 1 && !same(end)) end = row + ((end - row) >> 1);
  return end;
}

function requireWhole(name: string, chunk: Data): void {
  if (chunk.nullCount > 0) throw new RangeError(`the column ${name} has ${chunk.nullCount} gaps`);
}

function otherKind(name: string, chunk: Data, expected: string): RangeError {
  return new RangeError(`the column ${name} is ${String(chunk.type)}, expected ${expected}`);
}
