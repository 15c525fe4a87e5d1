import { readParquetTable } from '@sensor-warehouse/storage/read-parquet-table';
import type { FactsManifest } from '../layout/facts-manifest';

/**
 * Compares the uploads of facts with those that their manifest names. Nothing that is published follows from them, so no
 * night waits for it.
 * @param local facts that can be read (see differingSeries)
 * @returns the first row that is of another; undefined if there is none
 */
export async function unnamedUpload(local: string, { files }: FactsManifest): Promise<string | undefined> {
  const kinds = { datasource_id: 'text', file: 'text', ordinal: 'integer' } as const;
  const { columns, rows } = await readParquetTable(local, kinds);
  const uploads = new Set(files.map(({ datasource, ordinal, name }) => `${datasource} ${ordinal} ${name}`));
  const textAt = (column: 'datasource_id' | 'file', row: number) =>
    columns[column].dictionary[columns[column].codes[row]!];
  for (let row = 0; row < rows; row++) {
    const upload = `${textAt('datasource_id', row)} ${columns.ordinal[row]!} ${textAt('file', row)}`;
    if (!uploads.has(upload)) return `row ${row + 1} is of an upload that is not named: ${upload}`;
  }
  return undefined;
}
