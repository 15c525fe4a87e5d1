import type { Measurement } from '@sensor-warehouse/model/readings';
import { type Column, readParquetTable, writeParquetTable } from '@sensor-warehouse/storage/parquet-table';
import type { Hours } from './hours';
import { compareKeys, type KeySegment, type ReadingTable } from './read-facts';

/** `archive/<datasource>/<month>…parquet`: every accepted reading, with its flags. */
export async function writeArchive(path: string, readings: ReadingTable, flags: Int32Array): Promise<void> {
  const { segments, time, value, sensor, sensors } = readings;
  await writeParquetTable(
    path,
    time.length,
    [
      { name: 'time', kind: 'instant', values: time },
      ...keyColumns(segments, time.length),
      { name: 'data_value', kind: 'number', values: value },
      { name: 'sensor', kind: 'text', codes: sensor, dictionary: sensors },
      { name: 'flags', kind: 'integer', values: flags },
    ],
    { compression: 'small' },
  );
}

export async function readArchive(path: string): Promise<ReadingTable & { readonly flags: Int32Array }> {
  const table = await readParquetTable(path);
  const { codes, dictionary } = table.texts('sensor');
  return {
    time: table.instants('time'),
    value: table.numbers('data_value'),
    sensor: codes,
    sensors: dictionary,
    flags: table.integers('flags'),
    segments: readSegments(table),
  };
}

/** `aggregates/<datasource>/<month>…parquet`: its hours. */
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
  const table = await readParquetTable(path);
  return {
    count: table.rows,
    hour: table.instants('time'),
    n: table.integers('n'),
    sum: table.numbers('sum'),
    min: table.numbers('min'),
    max: table.numbers('max'),
    flagged: table.integers('flagged'),
    segments: readSegments(table),
  };
}

const KEY = ['location', 'source', 'measurement', 'data_key'] as const;

function keyColumns(segments: readonly KeySegment[], rows: number): Column[] {
  return KEY.map((name) => {
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

function readSegments(table: Awaited<ReturnType<typeof readParquetTable>>): KeySegment[] {
  const [location, source, measurement, dataKey] = KEY.map((name) => table.texts(name));
  const segments: KeySegment[] = [];
  let start = 0;
  for (let row = 1; row <= table.rows; row++) {
    const same =
      row < table.rows &&
      location!.codes[row] === location!.codes[start] &&
      dataKey!.codes[row] === dataKey!.codes[start] &&
      source!.codes[row] === source!.codes[start];
    if (same) continue;
    segments.push({
      location: location!.dictionary[location!.codes[start]!]!,
      source: source!.dictionary[source!.codes[start]!]!,
      measurement: measurement!.dictionary[measurement!.codes[start]!]! as Measurement,
      dataKey: dataKey!.dictionary[dataKey!.codes[start]!]!,
      start,
      end: row,
    });
    start = row;
  }
  return segments.sort(compareKeys);
}
