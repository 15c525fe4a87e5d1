/** Readers of what is published that share no code with the writers. */

import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { parquetMetadata, parquetReadObjects } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';

export interface PublishedRow {
  readonly time: string;
  readonly location: string;
  readonly source: string;
  readonly measurement: string;
  readonly data_key: string;
  readonly data_value: number;
  readonly n: number;
  readonly minimum: number;
  readonly maximum: number;
}

/** The dataset under its stable name, as hyparquet reads it. */
export async function readDataset(warehouse: string): Promise<PublishedRow[]> {
  const rows = await readParquet(join(warehouse, 'public', 'sm2_public_dataset.parquet'));
  return rows.map((row) => ({ ...row, time: instantText(row.time as Date) }) as unknown as PublishedRow);
}

export async function readParquet(path: string): Promise<Record<string, unknown>[]> {
  return parquetReadObjects({ file: await arrayBuffer(path), compressors });
}

/** A monthly CSV; no value of ours holds a comma. */
export async function readNormalized(warehouse: string, name: string): Promise<Record<string, string>[]> {
  const [header, ...lines] = (await readFile(join(warehouse, 'normalized', name), 'utf8')).trimEnd().split('\n');
  const labels = header!.split(',');
  return lines.map((line) => Object.fromEntries(line.split(',').map((cell, at) => [labels[at]!, cell])));
}

/** Every file below a folder with its SHA-256. */
export async function fileTree(folder: string): Promise<Record<string, string>> {
  const tree: Record<string, string> = {};
  for (const file of await filesBelow(folder)) tree[relative(folder, file)] = await sha256(file);
  return tree;
}

/** Every file below a folder with the time of its last writing: it tells apart what was kept and what was written again. */
export async function timesWritten(folder: string): Promise<Record<string, number>> {
  const times: Record<string, number> = {};
  for (const file of await filesBelow(folder)) times[relative(folder, file)] = (await stat(file)).mtimeMs;
  return times;
}

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  return entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

interface Pointed {
  readonly path: string;
  readonly sha256: string;
  readonly bytes: number;
  readonly rows: number;
}

interface Pointer {
  readonly generation: number;
  readonly consumed: Readonly<Record<string, number>>;
  readonly generations: readonly string[];
  readonly partitions: readonly {
    readonly datasource: string;
    readonly month: string;
    readonly revision: number;
    readonly archive: Pointed;
    readonly aggregates: Pointed;
    readonly levels?: Readonly<Record<string, Pointed>>;
  }[];
  readonly public: { readonly version: string; readonly files: readonly Pointed[] };
}

/**
 * What a careful reader of the dataset does: follow the pointer, and believe a version only if every file of it is
 * there, with the stated bytes, hash and rows.
 * @throws Error that names the first file that is not as stated
 */
export async function readWholeVersion(warehouse: string): Promise<Pointer> {
  const pointer = JSON.parse(await readFile(join(warehouse, 'warehouse.json'), 'utf8')) as Pointer;
  const files = [
    ...pointer.public.files,
    ...pointer.partitions.flatMap(({ archive, aggregates, levels = {} }) => [
      archive,
      aggregates,
      ...Object.values(levels),
    ]),
  ];
  for (const { path, sha256: stated, bytes, rows } of files) {
    const buffer = await arrayBuffer(join(warehouse, path));
    if (buffer.byteLength !== bytes) throw new Error(`${path} has ${buffer.byteLength} bytes, not ${bytes}`);
    if ((await sha256(join(warehouse, path))) !== stated) throw new Error(`${path} has another hash than stated`);
    if (!path.endsWith('.parquet')) continue;
    const read = await parquetReadObjects({ file: buffer, compressors });
    if (read.length !== rows || Number(parquetMetadata(buffer).num_rows) !== rows)
      throw new Error(`${path} has ${read.length} rows, not ${rows}`);
  }
  const hours = pointer.partitions.reduce((total, { aggregates }) => total + aggregates.rows, 0);
  const dataset = pointer.public.files.find(({ path }) => path.endsWith('dataset.parquet'));
  if ((dataset?.rows ?? 0) !== hours) throw new Error(`${dataset?.rows} rows, but the partitions have ${hours}`);
  return pointer;
}

export function instantText(time: Date): string {
  return `${time.toISOString().slice(0, 19)}Z`;
}

async function sha256(file: string): Promise<string> {
  return createHash('sha256')
    .update(await readFile(file))
    .digest('hex');
}

async function arrayBuffer(path: string): Promise<ArrayBuffer> {
  const { buffer, byteOffset, byteLength } = await readFile(path);
  return buffer.slice(byteOffset, byteOffset + byteLength) as ArrayBuffer;
}
