import { type Column, writeParquetTable } from '@sensor-warehouse/storage/write-parquet-table';

/** Rows of one export, typed: one per line, in the order of the file. */
export interface LandingRows {
  readonly count: number;
  /** Instants in milliseconds, UTC. */
  readonly time: Float64Array;
  readonly line: Int32Array;
  /** Label → values, NaN where the cell was empty. Labels that the file lacks are left out. */
  readonly values: ReadonlyMap<string, Float64Array>;
  readonly file: string;
  readonly ordinal: number;
  readonly sensor: string;
}

/**
 * Writes the landing of one export. Every landing of a source has the same columns, whatever its files held:
 * `_time`, `_file`, `_ordinal`, `_line`, `_sensor`, then the mapped labels.
 */
export async function writeLanding(path: string, labels: readonly string[], rows: LandingRows): Promise<void> {
  const { count } = rows;
  const nothing = new Float64Array(count).fill(Number.NaN);
  const one = new Int32Array(count);
  const columns: Column[] = [
    { name: '_time', kind: 'instant', values: rows.time },
    { name: '_file', kind: 'text', codes: one, dictionary: [rows.file] },
    { name: '_ordinal', kind: 'integer', values: new Int32Array(count).fill(rows.ordinal) },
    { name: '_line', kind: 'integer', values: rows.line },
    { name: '_sensor', kind: 'text', codes: one, dictionary: [rows.sensor] },
    ...labels.map(
      (label): Column => ({ name: label, kind: 'number', nullable: true, values: rows.values.get(label) ?? nothing }),
    ),
  ];
  await writeParquetTable(path, count, columns, { compression: 'fast' });
}
