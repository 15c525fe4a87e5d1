import { readParquetTable } from '@sensor-warehouse/storage/read-parquet-table';
import { addReading, type OpenSeries, openSeries, type SeriesTable } from './timed-series';

/**
 * Reads the six columns of a public dataset, ours or an older one.
 * @throws RangeError if the file is not a Parquet file with these columns
 */
export async function readDatasetParquet(path: string): Promise<SeriesTable> {
  const { rows, columns } = await readParquetTable(path, {
    time: 'instant',
    location: 'text',
    source: 'text',
    measurement: 'text',
    data_key: 'text',
    data_value: 'number',
  });
  const { time, location, source, measurement, data_key: dataKey, data_value: value } = columns;
  const texts = [location, source, measurement, dataKey] as const;
  const known = new Map<number, OpenSeries>();
  let unreadable = 0;
  for (let row = 0; row < rows; row++) {
    let code = 0;
    for (const { codes, dictionary } of texts) code = code * dictionary.length + codes[row]!;
    let series = known.get(code);
    if (series === undefined) {
      const [place, system, kind, key] = texts.map(({ codes, dictionary }) => dictionary[codes[row]!]!);
      series = openSeries({ location: place!, source: system!, measurement: kind!, dataKey: key! });
      known.set(code, series);
    }
    if (Number.isFinite(value[row]!)) addReading(series, time[row]!, value[row]!);
    else unreadable++;
  }
  return { rows, series: [...known.values()], unreadable };
}
