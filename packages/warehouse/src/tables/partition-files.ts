import { stat } from 'node:fs/promises';
import { sha256OfFile } from '@sensor-warehouse/storage/file-hash';
import { readParquetTable } from '@sensor-warehouse/storage/read-parquet-table';
import { type Column, writeParquetTable } from '@sensor-warehouse/storage/write-parquet-table';
import type { Hours } from './hours';
import { KEY_COLUMNS, type KeySegment, type ReadingTable, segmentsOf } from './read-facts';

/** `archive/<datasource>/<month>…parquet`: every accepted reading, with its flags. */
export async function writeArchive(path: string, readings: ReadingTable, flags: Int32Array): Promise<void> {
  const { segments, time, value } = readings;
  await writeParquetTable(
    path,
    time.length,
    [
      { name: 'time', kind: 'instant', values: time },
      ...keyColumns(segments, time.length),
      { name: 'data_value', kind: 'number', values: value },
      { name: 'sensor', kind: 'text', ...sensorsInOrder(readings) },
      { name: 'flags', kind: 'integer', values: flags },
    ],
    { compression: 'small' },
  );
}

/**
 * The sensors in the order of the rows, without those that no row has any longer: the same readings give the same bytes,
 * whatever deliveries they came in.
 */
function sensorsInOrder({ sensor, sensors }: ReadingTable): {
  readonly codes: Int32Array;
  readonly dictionary: string[];
} {
  const dictionary: string[] = [];
  const codeOf = new Int32Array(sensors.length).fill(-1);
  const codes = sensor.map((old) => {
    if (codeOf[old]! < 0) codeOf[old] = dictionary.push(sensors[old]!) - 1;
    return codeOf[old]!;
  });
  return { codes, dictionary };
}

/** The readings of an archived month; their flags follow from the seeds, and are rebuilt. */
export async function readArchive(path: string): Promise<ReadingTable> {
  const { rows, columns } = await readParquetTable(path, {
    ...KEY_COLUMNS,
    time: 'instant',
    data_value: 'number',
    sensor: 'text',
  });
  const { time, data_value, sensor } = columns;
  return {
    time,
    value: data_value,
    sensor: sensor.codes,
    sensors: sensor.dictionary,
    segments: segmentsOf(columns, 0, rows),
  };
}

/** The flags of an archived month, as they were when it was published. */
export async function readFlags(path: string): Promise<Int32Array> {
  return (await readParquetTable(path, { flags: 'integer' })).columns.flags;
}

/** `aggregates/<datasource>/<month>…parquet`: its hours, or the windows of a level. */
export async function writeHours(path: string, hours: Hours): Promise<void> {
  await writeParquetTable(
    path,
    hours.count,
    [
      { name: 'time', kind: 'instant', values: hours.hour },
      ...keyColumns(hours.segments, hours.count),
      { name: 'n', kind: 'integer', values: hours.n },
      { name: 'sum', kind: 'number', values: hours.sum },
      { name: 'min', kind: 'number', values: hours.min },
      { name: 'max', kind: 'number', values: hours.max },
      { name: 'flagged', kind: 'integer', values: hours.flagged },
    ],
    { compression: 'small' },
  );
}

export async function readHours(path: string): Promise<Hours> {
  const { rows, columns } = await readParquetTable(path, {
    ...KEY_COLUMNS,
    time: 'instant',
    n: 'integer',
    sum: 'number',
    min: 'number',
    max: 'number',
    flagged: 'integer',
  });
  const { time, n, sum, min, max, flagged } = columns;
  return { count: rows, hour: time, n, sum, min, max, flagged, segments: segmentsOf(columns, 0, rows) };
}

/** What the pointer records about a file besides its path and rows. */
export async function digested(local: string): Promise<{ readonly sha256: string; readonly bytes: number }> {
  return { sha256: await sha256OfFile(local), bytes: (await stat(local)).size };
}

function keyColumns(segments: readonly KeySegment[], rows: number): Column[] {
  return (Object.keys(KEY_COLUMNS) as (keyof typeof KEY_COLUMNS)[]).map((name) => {
    const dictionary: string[] = [];
    const codes = new Int32Array(rows);
    for (const segment of segments) {
      const text = name === 'data_key' ? segment.dataKey : segment[name];
      let code = dictionary.indexOf(text);
      if (code < 0) code = dictionary.push(text) - 1;
      codes.fill(code, segment.start, segment.end);
    }
    return { name, kind: 'text', codes, dictionary };
  });
}
