import { join } from 'node:path';
import { DuckDBConnection } from '@duckdb/node-api';
import { besideKept, type Kept, type KeptName } from '../support/kept';

type Row = readonly unknown[];

/** The hours of a copy beside those that 0.1.0 published, and readings as its archive had them, asked in SQL. */
export interface Comparison {
  /** Asks about the tables `before`, `after` (hours) and `readings` (of the kept archive). */
  rows(sql: string): Promise<Row[]>;
  close(): void;
}

const HOURS = 'sm2_public_dataset.parquet';

/** @param kept a copy, after something was done to it */
export async function compareWithKept(name: KeptName, kept: Kept): Promise<Comparison> {
  const duckdb = await DuckDBConnection.create();
  await duckdb.run("set timezone = 'UTC'");
  const old = besideKept(name, 'drive/Warehouse');
  await duckdb.run(`
    create view before as select * from '${join(old, 'public', HOURS)}';
    create view after as select * from '${join(kept.warehouse, 'public', HOURS)}';
    create view readings as select * from '${old}/archive/*/*.parquet'`);
  return {
    rows: async (sql) => (await duckdb.runAndReadAll(sql)).getRowsJson(),
    close: () => duckdb.closeSync(),
  };
}
