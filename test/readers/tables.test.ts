import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { DuckDBConnection } from '@duckdb/node-api';
import { loadConfiguration } from '@sensor-warehouse/model/seeds/configuration';
import { publicTables } from '@sensor-warehouse/warehouse/dataset/tables';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Building, newBuilding } from '../support/building';
import { root } from '../support/command-line';

const OLD = join(root, 'test', 'moving-in', 'sm2_public_dataset.parquet');
const READ_TABLES = join(import.meta.dirname, 'read-tables.py');
const TYPES = {
  instant: 'timestamp[ms, tz=UTC]',
  date: 'date32[day]',
  text: 'string',
  number: 'double',
  integer: 'int32',
  flag: 'bool',
};

interface ReadTable {
  /** Whether a column may be null, if the reader says it. */
  readonly columns: readonly (readonly [name: string, type: string, nullable: boolean | null])[];
  readonly rows: number;
  readonly nulls: readonly number[];
  readonly sums: readonly (number | null)[];
}

describe.skipIf(!process.env.PANDAS_PYTHON)('every table of a dataset', () => {
  let building: Building;
  let duckdb: DuckDBConnection;
  const READERS = ['pyarrow', 'polars'] as const;
  const readBy: Partial<Record<(typeof READERS)[number], Readonly<Record<string, ReadTable>>>> = {};
  const folder = () => join(building.warehouse, 'public');

  beforeAll(async () => {
    building = await newBuilding();
    duckdb = await DuckDBConnection.create();
    const { code, stderr } = await building.run('import-legacy', [OLD, '--label', 'start', '--zone', 'UTC']);
    if (code !== 0) throw new Error(stderr);
    for (const reader of READERS) {
      const { stdout } = await promisify(execFile)(process.env.PANDAS_PYTHON!, [READ_TABLES, reader, folder()]);
      readBy[reader] = JSON.parse(stdout);
    }
  });
  afterAll(async () => {
    duckdb.closeSync();
    await building.remove();
  });

  test.each(READERS)('has the columns, types and nulls that are described, for %s', async (reader) => {
    const read = readBy[reader]!;
    const described = publicTables(await loadConfiguration(join(root, 'seeds')), true);
    for (const [file, { columns }] of Object.entries(read)) {
      const table = described.find(({ name }) => new RegExp(`^${name}(_\\d{4})?\\.parquet$`).test(file))!;
      const nullable = (one: (typeof table.columns)[number]) => (reader === 'polars' ? null : one.nullable);
      expect([file, columns]).toEqual([file, table.columns.map((one) => [one.name, TYPES[one.type], nullable(one)])]);
    }
    expect(Object.keys(read).length).toBeGreaterThan(6);
  });

  test.each(READERS)('has the rows, nulls and numbers for %s that DuckDB reads', async (reader) => {
    for (const [file, { columns, rows, nulls, sums }] of Object.entries(readBy[reader]!)) {
      const cells = columns.flatMap(([name, type]) => [
        `count(*) filter ("${name}" is null)::int`,
        type === 'double' || type === 'int32' ? `sum("${name}")::double` : `count(distinct "${name}")::int`,
      ]);
      const query = `select count(*)::int, ${cells.join(', ')} from '${join(folder(), file)}'`;
      const [count, ...found] = (await duckdb.runAndReadAll(query)).getRowsJson()[0]!;
      expect([file, count]).toEqual([file, rows]);
      for (const [index, [name]] of columns.entries()) {
        expect([file, name, found[2 * index]]).toEqual([file, name, nulls[index]]);
        const [theirs, ours] = [found[2 * index + 1], sums[index]];
        expect([file, name, theirs === null ? null : Number(theirs)]).toEqual([
          ...[file, name, ours === null || ours === undefined ? null : expect.closeTo(ours, 5)],
        ]);
      }
    }
  });
});
