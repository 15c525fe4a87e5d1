import { monthOf } from '@sensor-warehouse/model/month';
import { readParquetTable } from '@sensor-warehouse/storage/read-parquet-table';
import { KEY_COLUMNS } from '../aggregate/read-facts';
import type { FactsManifest } from '../facts-manifest';

/**
 * Compares facts with the series that their manifest says they hold. A reader takes keys from the manifest alone, so a
 * series that is called otherwise there would be published under another name.
 * @param local the facts, whose bytes are those that the manifest names
 * @returns the first difference; undefined if there is none
 */
export async function otherSeries(local: string, { series, files }: FactsManifest): Promise<string | undefined> {
  const { columns, fileRows } = await readParquetTable(local, {
    ...KEY_COLUMNS,
    datasource_id: 'text',
    time: 'instant',
    file: 'text',
    ordinal: 'integer',
  });
  const textAt = (column: Exclude<keyof typeof columns, 'time' | 'ordinal'>, row: number) =>
    columns[column].dictionary[columns[column].codes[row]!];
  const uploads = new Set(files.map(({ datasource, name, ordinal }) => `${datasource} ${ordinal} ${name}`));
  let end = 0;
  for (const one of series) {
    const start = end;
    end += one.facts;
    for (let row = start; row < Math.min(end, fileRows); row++) {
      const isSame =
        textAt('datasource_id', row) === one.datasource &&
        textAt('location', row) === one.location &&
        textAt('source', row) === one.source &&
        textAt('measurement', row) === one.measurement &&
        textAt('data_key', row) === one.dataKey &&
        monthOf(columns.time[row]!) === one.month;
      if (!isSame) return `row ${row + 1} is not of ${one.datasource} ${one.month} ${one.location} ${one.dataKey}`;
      const upload = `${one.datasource} ${columns.ordinal[row]!} ${textAt('file', row)}`;
      if (!uploads.has(upload)) return `row ${row + 1} is of an upload that is not named: ${upload}`;
    }
  }
  return end === fileRows ? undefined : `${fileRows} rows, and ${end} in its series`;
}
