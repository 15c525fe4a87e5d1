import { readParquetTable } from '@sensor-warehouse/storage/read-parquet-table';
import { fetchWhole } from '../layout/fetch-whole';
import type { Pointed } from '../layout/pointed-files';
import type { OpenWarehouse } from '../run/context';
import { LEFT_OUT } from '../tables/flag';
import { readFlags, readHours } from '../tables/partition-files';

export interface OtherCount {
  readonly what: string;
  readonly found: number;
  readonly expected: number;
}

/**
 * Compares the rows of a Parquet file with what the pointer says and, of aggregates, Σ n with the readings of the archive
 * that count.
 * @returns undefined if all are equal, or the file is not a table
 */
export async function countRows(
  context: OpenWarehouse,
  { kind, file, partition }: Pointed,
  local: string,
): Promise<OtherCount | undefined> {
  if (!file.path.endsWith('.parquet')) return undefined;
  const table = await readParquetTable(local, {});
  if (table.fileRows !== file.rows)
    return { what: 'a table has the wrong number of rows', found: table.fileRows, expected: file.rows };
  if (kind !== 'aggregates') return undefined;
  const archive = await fetchWhole(context, partition!.archive);
  // A damaged archive is named where archives are looked at.
  if (archive === undefined) return undefined;
  const expected = (await readFlags(archive)).reduce((total, flag) => total + (flag & LEFT_OUT ? 0 : 1), 0);
  const found = (await readHours(local)).n.reduce((total, n) => total + n, 0);
  return found === expected ? undefined : { what: 'Σ n of the hours is not the number of readings', found, expected };
}
