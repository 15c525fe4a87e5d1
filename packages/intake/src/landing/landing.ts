import type { Datasource } from '@sensor-warehouse/model/seeds/configuration';
import { valueLabels } from '@sensor-warehouse/model/seeds/long-layout';
import { type Column, writeParquetTable } from '@sensor-warehouse/storage/write-parquet-table';

/** Rows of one export, typed: one per line, in the order of the file. */
export interface LandingRows {
  readonly count: number;
  /** Instants in milliseconds, UTC. */
  readonly time: Float64Array;
  readonly line: Int32Array;
  /** Label → values, NaN where the cell was empty. Labels that the file lacks are left out. */
  readonly values: ReadonlyMap<string, Float64Array>;
  /** Label → texts, as places in a dictionary. */
  readonly texts: ReadonlyMap<string, { readonly codes: Int32Array; readonly dictionary: readonly string[] }>;
  readonly ordinal: number;
}

export const NO_ROWS: LandingRows = {
  count: 0,
  time: new Float64Array(0),
  line: new Int32Array(0),
  values: new Map(),
  texts: new Map(),
  ordinal: 0,
};

/** The columns of a source's landing besides `_time`, `_ordinal` and `_line`. */
export interface LandingColumns {
  /** The name under which the instants are repeated, because models written by people use the export's name. */
  readonly time: string | undefined;
  readonly texts: readonly string[];
  readonly values: readonly string[];
}

/**
 * The columns of a source's landing: its texts, and what its mapping seeds map. A source without mapping seeds has models of
 * its own, which find the columns that it requires; one that is ignored is there and empty.
 */
export function landingColumns(datasource: Datasource): LandingColumns {
  const { seeds, timeColumns, textColumns: texts, columns, ignoredColumns, requiredColumns } = datasource;
  if (seeds.length > 0) return { time: undefined, texts, values: valueLabels(datasource) };
  const values = requiredColumns.filter((label) => columns.has(label) || ignoredColumns.has(label));
  return { time: timeColumns[0], texts, values };
}

/**
 * Writes rows of one export. Every landing of a source has the same columns, whatever its files held: `_time`,
 * `_ordinal`, `_line`, then those of the source. Values that all rows of a file share are in the landed files.
 * @returns how many cells were written with a value: only those of `values` may be without one
 */
export async function writeLanding(
  path: string,
  { time, texts, values }: LandingColumns,
  rows: LandingRows,
): Promise<number> {
  const { count } = rows;
  const nothing = new Float64Array(count).fill(Number.NaN);
  const unnamed = { codes: new Int32Array(count), dictionary: [''] };
  const columns: Column[] = [
    { name: '_time', kind: 'instant', values: rows.time },
    { name: '_ordinal', kind: 'integer', values: new Int32Array(count).fill(rows.ordinal) },
    { name: '_line', kind: 'integer', values: rows.line },
    ...(time === undefined ? [] : [{ name: time, kind: 'instant', values: rows.time } as const]),
    ...texts.map((label): Column => ({ name: label, kind: 'text', ...(rows.texts.get(label) ?? unnamed) })),
    ...values.map(
      (label): Column => ({ name: label, kind: 'number', nullable: true, values: rows.values.get(label) ?? nothing }),
    ),
  ];
  const nulls = await writeParquetTable(path, count, columns, { compression: 'fast' });
  return count * values.length - nulls;
}

/** An export that has landed. */
export interface LandedFile {
  readonly datasource: string;
  /** The name of the datasource. */
  readonly source: string;
  readonly ordinal: number;
  readonly name: string;
  readonly sensor: string;
}

/** Writes what `_ordinal` stands for: `datasource_id`, `_ordinal`, `_file`, `_sensor`, `_source`. */
export async function writeLandedFiles(path: string, files: readonly LandedFile[]): Promise<void> {
  const text = (name: string, values: readonly string[]): Column => {
    const dictionary = [...new Set(values)];
    return { name, kind: 'text', codes: Int32Array.from(values, (value) => dictionary.indexOf(value)), dictionary };
  };
  const columns: Column[] = [
    text(
      'datasource_id',
      files.map(({ datasource }) => datasource),
    ),
    { name: '_ordinal', kind: 'integer', values: Int32Array.from(files, ({ ordinal }) => ordinal) },
    text(
      '_file',
      files.map(({ name }) => name),
    ),
    text(
      '_sensor',
      files.map(({ sensor }) => sensor),
    ),
    text(
      '_source',
      files.map(({ source }) => source),
    ),
  ];
  await writeParquetTable(path, files.length, columns, { compression: 'fast' });
}
