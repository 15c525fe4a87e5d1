import { type Data, type DataType, tableFromIPC, type Vector } from 'apache-arrow';
import { withParquetFile } from './open-parquet';

/** A column of any of the kinds that a public table has. */
export type WholeColumn =
  /** Milliseconds of a timestamp, days of a date, numbers, 0 and 1 for false and true; NaN where there is none. */
  | { readonly kind: 'instant' | 'date' | 'number'; readonly values: Float64Array }
  /** A code for each row; -1 where there is none. */
  | { readonly kind: 'text'; readonly codes: Int32Array; readonly dictionary: readonly string[] };

export interface WholeTable {
  readonly rows: number;
  /** In the order of the file. */
  readonly columns: ReadonlyMap<string, WholeColumn>;
}

/**
 * Reads every column of a Parquet file, whatever it has: for those who compare tables and do not know their columns.
 * @throws RangeError if the file is not Parquet, or has a column of another kind (nested, binary)
 */
export function readWholeTable(path: string): Promise<WholeTable> {
  return withParquetFile(path, async (file) => {
    const table = tableFromIPC((await file.read()).intoIPCStream());
    const columns = new Map<string, WholeColumn>();
    for (const field of table.schema.fields) {
      columns.set(field.name, columnOf(field.name, table.getChild(field.name)!));
    }
    return { rows: table.numRows, columns };
  });
}

function columnOf(name: string, vector: Vector): WholeColumn {
  const { type } = vector as { readonly type: DataType };
  const text = String(type);
  if (/^(Utf8|LargeUtf8|Dictionary<)/.test(text)) return textColumn(vector);
  const scale = scaleOf(text);
  if (scale === undefined) throw new RangeError(`the column ${name} is ${text}, which no public table has`);
  const values = new Float64Array(vector.length).fill(Number.NaN);
  let at = 0;
  for (const chunk of vector.data as readonly Data[]) {
    for (let row = 0; row < chunk.length; row++, at++) {
      if (chunk.nullCount === 0 || chunk.getValid(row)) values[at] = scale.read(chunk, row);
    }
  }
  return { kind: scale.kind, values };
}

interface Scale {
  readonly kind: 'instant' | 'date' | 'number';
  readonly read: (chunk: Data, row: number) => number;
}

const PER_MILLISECOND: Readonly<Record<string, number>> = {
  SECOND: 0.001,
  MILLISECOND: 1,
  MICROSECOND: 1000,
  NANOSECOND: 1_000_000,
};

/** How the values of a type of Arrow become numbers; undefined for types that are none. */
function scaleOf(type: string): Scale | undefined {
  const timestamp = /^Timestamp<(\w+)/.exec(type)?.[1];
  if (timestamp !== undefined) {
    const units = PER_MILLISECOND[timestamp]!;
    return { kind: 'instant', read: ({ values }, row) => Number((values as BigInt64Array)[row]!) / units };
  }
  if (type.startsWith('Date32')) return { kind: 'date', read: ({ values }, row) => (values as Int32Array)[row]! };
  if (type === 'Bool')
    return { kind: 'number', read: ({ values }, row) => ((values as Uint8Array)[row >> 3]! >> (row & 7)) & 1 };
  if (/^(Float(32|64)|U?[Ii]nt(8|16|32|64))$/.test(type))
    return { kind: 'number', read: ({ values }, row) => Number((values as Float64Array)[row]!) };
  return undefined;
}

function textColumn(vector: Vector): WholeColumn {
  const codes = new Int32Array(vector.length);
  const dictionary: string[] = [];
  const known = new Map<string | null, number>([[null, -1]]);
  const intern = (value: string | null) => {
    let code = known.get(value);
    if (code === undefined) {
      code = dictionary.push(value!) - 1;
      known.set(value, code);
    }
    return code;
  };
  let at = 0;
  for (const chunk of vector.data as readonly Data[]) {
    if (chunk.dictionary) {
      const words = Array.from({ length: chunk.dictionary.length }, (_, i) =>
        intern((chunk.dictionary as Vector).get(i) as string | null),
      );
      const keys = chunk.values as Int32Array;
      for (let row = 0; row < chunk.length; row++, at++)
        codes[at] = chunk.nullCount === 0 || chunk.getValid(row) ? words[keys[row]!]! : -1;
    } else {
      for (let row = 0; row < chunk.length; row++, at++) codes[at] = intern(vector.get(at) as string | null);
    }
  }
  return { kind: 'text', codes, dictionary };
}
