import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { DuckDBConnection } from '@duckdb/node-api';
import { type Configuration, loadConfiguration } from '@sensor-warehouse/model/seeds/configuration';
import { columnSummary, type WrittenColumn } from '@sensor-warehouse/warehouse/dataset/column-summary';
import { describeDataset } from '@sensor-warehouse/warehouse/dataset/describe-dataset';
import type { DescribedDataset, PublicFile } from '@sensor-warehouse/warehouse/dataset/described-dataset';
import { metadataFiles } from '@sensor-warehouse/warehouse/dataset/metadata-files';
import type { PublicRun, PublicTable } from '@sensor-warehouse/warehouse/dataset/public-table';
import { publicTables, type TableDescription } from '@sensor-warehouse/warehouse/dataset/tables';
import type { ListedFile } from '@sensor-warehouse/warehouse/layout/file-list';
import { root } from './command-line';
import { keptWarehouse } from './kept';

/** Public files that are made after all others, whose names README lists. */
export const OTHERS = ['index.html', 'files.json'];

const METADATA = [
  'README.md',
  'DATA_DICTIONARY.md',
  'COVERAGE.md',
  'datapackage.json',
  'croissant.json',
  'CITATION.cff',
];

/** Documents are changed in every way that a mistake could. */
// biome-ignore lint/suspicious/noExplicitAny: whatever JSON holds.
export type Document = any;

/** The public folder of a warehouse, and the metadata of what is in it. */
export interface NightWithMetadata {
  readonly folder: string;
  readonly duckdb: DuckDBConnection;
  readonly configuration: Configuration;
  readonly described: DescribedDataset;
  /** Name → text, from what DuckDB reads in the folder. */
  readonly files: ReadonlyMap<string, string>;
  json(name: string): Document;
  rows(sql: string): Promise<readonly (readonly unknown[])[]>;
  remove(): Promise<void>;
}

/** Publishes computed hours of 0.1.0 again, with hours of an earlier pipeline before them. */
export async function nightWithMetadata(): Promise<NightWithMetadata> {
  const kept = await keptWarehouse('example');
  const old = join(root, 'test', 'moving-in', 'sm2_public_dataset.parquet');
  const { code, stderr } = await kept.run('import-legacy', [old, '--label', 'start', '--zone', 'UTC']);
  if (code !== 0) throw new Error(stderr);
  const folder = join(kept.warehouse, 'public');
  const configuration = await loadConfiguration(join(kept.project, 'seeds'));
  const duckdb = await DuckDBConnection.create();
  await duckdb.run(`set file_search_path = '${folder}'`);
  const tables = publicTables(configuration, true);
  const list = JSON.parse(await readFile(join(folder, 'files.json'), 'utf8'));
  const files: PublicFile[] = [];
  for (const { columns: _, madeFrom: __, ...file } of list.files as ListedFile[]) {
    if ([...METADATA, ...OTHERS].includes(file.name)) continue;
    if (!file.name.endsWith('.parquet')) files.push(file);
    else {
      const cells = await cellsOf(duckdb, file.name, tables.find(({ name }) => name === file.table)!);
      files.push({ ...file, columns: cells.map((column) => columnSummary(column, file.rows)) });
    }
  }
  const flat = publicTableOf(await cellsOf(duckdb, `${configuration.dataset.name}.parquet`, tables[0]!));
  const labels = [{ label: 'start', zone: 'UTC' }] as const;
  const described = describeDataset(flat, files, configuration, { version: list.version, held: [], labels });
  const texts = metadataFiles(described, OTHERS);
  return {
    folder,
    duckdb,
    configuration,
    described,
    files: texts,
    json: (name) => JSON.parse(texts.get(name)!),
    rows: async (sql) => (await duckdb.runAndReadAll(sql)).getRowsJson(),
    remove: async () => {
      duckdb.closeSync();
      await kept.remove();
    },
  };
}

/** Columns of a file as its writer had them. */
async function cellsOf(duckdb: DuckDBConnection, name: string, table: TableDescription): Promise<WrittenColumn[]> {
  const selected = table.columns.map((column) => {
    if (column.type === 'instant') return `epoch_ms(${column.name})::double`;
    if (column.type === 'date') return `datediff('day', date '1970-01-01', ${column.name})`;
    return column.type === 'flag' ? `${column.name}::int` : column.name;
  });
  const reader = name.endsWith('.parquet') ? 'read_parquet' : 'read_csv';
  const read = await duckdb.runAndReadAll(`select ${selected.join()} from ${reader}('${name}')`);
  return table.columns.map(({ name: column, type }, at) => {
    const values = read.getColumns()[at]!;
    if (type !== 'text')
      return { name: column, kind: type, values: Float64Array.from(values, (one) => Number(one ?? Number.NaN)) };
    const dictionary = [...new Set(values.filter((one) => one !== null).map(String))];
    const codes = Int32Array.from(values, (one) => dictionary.indexOf(String(one)));
    return { name: column, kind: type, codes, dictionary };
  });
}

function publicTableOf(cells: readonly WrittenColumn[]): Pick<PublicTable, 'rows' | 'time' | 'value' | 'n' | 'runs'> {
  const column = (name: string) => cells.find((one) => one.name === name)!;
  const numbers = (name: string) => Float64Array.from(column(name).values!);
  const textOf = (name: string, row: number) => column(name).dictionary![column(name).codes![row]!]!;
  const time = numbers('time');
  const runs: PublicRun[] = [];
  for (let row = 0; row < time.length; row++) {
    const key = {
      ...{ location: textOf('location', row), source: textOf('source', row), dataKey: textOf('data_key', row) },
      ...{ measurement: textOf('measurement', row), origin: textOf('origin', row) },
    } as Omit<PublicRun, 'start' | 'end'>;
    const last = runs.at(-1);
    const same = last !== undefined && Object.entries(key).every(([name, value]) => Reflect.get(last, name) === value);
    if (same) runs[runs.length - 1] = { ...last, end: row + 1 };
    else runs.push({ ...key, start: row, end: row + 1 });
  }
  const n = Int32Array.from(numbers('n'), (one) => (Number.isNaN(one) ? 0 : one));
  return { rows: time.length, time, value: numbers('data_value'), n, runs };
}

/** Runs the Python of the readers in a folder. */
export async function python(args: readonly string[], cwd: string, input = '') {
  const child = spawn(process.env.PANDAS_PYTHON!, args, { cwd, stdio: 'pipe' });
  child.stdin.end(input);
  const ended = new Promise<number>((resolve) => child.on('close', resolve));
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { code: await ended, out, err };
}
