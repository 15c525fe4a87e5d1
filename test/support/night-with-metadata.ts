import { spawn } from 'node:child_process';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { DuckDBConnection } from '@duckdb/node-api';
import { type Configuration, loadConfiguration } from '@sensor-warehouse/model/seeds/configuration';
import type { DescribedDataset } from '@sensor-warehouse/warehouse/dataset/described-dataset';
import { metadataFiles } from '@sensor-warehouse/warehouse/dataset/metadata-files';
import { root } from './command-line';
import { describedStar } from './described-star';

/** A night of 0.1.0 with hours of an earlier pipeline: the longest history that lies here ready. */
const NIGHT = join(root, 'test', 'warehouses', '0.1.0', 'moved-in', 'drive', 'Warehouse', 'public');

/** Public files that are not described, whose names README lists. */
export const OTHERS = ['schema.json', 'LICENSE', 'CHANGELOG.md', 'files.json'];

/** Documents are changed in every way that a mistake could. */
// biome-ignore lint/suspicious/noExplicitAny: whatever JSON holds.
export type Document = any;

/** The dataset of a night in a folder of its own, with its metadata. */
export interface NightWithMetadata {
  readonly folder: string;
  readonly duckdb: DuckDBConnection;
  readonly configuration: Configuration;
  readonly described: DescribedDataset;
  /** Name → text, as in the folder. */
  readonly files: ReadonlyMap<string, string>;
  json(name: string): Document;
  rows(sql: string): Promise<readonly (readonly unknown[])[]>;
  remove(): Promise<void>;
}

export async function nightWithMetadata(): Promise<NightWithMetadata> {
  const folder = await mkdtemp(join(tmpdir(), 'metadata-'));
  const configuration = await loadConfiguration(join(root, 'seeds'));
  for (const name of ['sm2_public_dataset.parquet', 'sm2_public_dataset.csv.gz'])
    await cp(join(NIGHT, name), join(folder, name));
  const duckdb = await DuckDBConnection.create();
  await duckdb.run(`set file_search_path = '${folder}'`);
  const described = await describedStar(duckdb, folder, configuration);
  const files = metadataFiles(described, OTHERS);
  for (const [name, content] of files) await writeFile(join(folder, name), content);
  return {
    folder,
    duckdb,
    configuration,
    described,
    files,
    json: (name) => JSON.parse(files.get(name)!),
    rows: async (sql) => (await duckdb.runAndReadAll(sql)).getRowsJson(),
    remove: async () => {
      duckdb.closeSync();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Runs the Python of the readers in a folder. */
export async function python(args: readonly string[], cwd: string, input = '') {
  const child = spawn(process.env.PANDAS_PYTHON!, args, { cwd, stdio: 'pipe' });
  child.stdin.end(input);
  const ended = new Promise<number>((resolve) => child.on('close', resolve));
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { code: await ended, out, err };
}
