import { stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Failure } from '@sensor-warehouse/model/findings/failure';
import { withScratch } from '@sensor-warehouse/model/scratch-folder';
import type { Store } from '@sensor-warehouse/storage/store';
import type { DatasetFile } from '../dataset/dataset-file';
import type { ChangedPartition } from '../layout/changed-partition';
import { FILE_LIST } from '../layout/file-list';
import { pathOf } from '../layout/names';
import {
  POINTER,
  type Pointer,
  pointerDigest,
  pointerText,
  readPointer,
  requireSamePointer,
  type WrittenPointer,
} from '../layout/pointer';
import { keepPointerCopy, requireUnchanged } from '../layout/pointer-copies';
import type { OpenWarehouse } from '../run/context';
import { inWork } from '../run/in-work';

/** Uploads everything new under names that nothing points to yet, and compares what arrived. */
export async function uploadNew(
  warehouse: Store,
  changed: readonly ChangedPartition[],
  dataset: readonly DatasetFile[],
  version: string,
  say: (line: string) => void,
): Promise<void> {
  for (const [index, partition] of changed.entries()) {
    if (index % 10 === 9) say(`publish-parquet: ${index + 1} of ${changed.length} partitions uploaded`);
    await uploadPartition(warehouse, partition);
  }
  const pathIn = (name: string) => pathOf({ kind: 'version file', version, name });
  await uploadVersion(warehouse, dataset, dirname(pathIn(FILE_LIST)));
  const expected = [
    ...changed.flatMap(({ archive, aggregates, levels }) => [archive, aggregates, ...Object.values(levels ?? {})]),
    ...dataset.map(({ name, bytes }) => ({ path: pathIn(name), bytes })),
  ];
  await requireArrived(warehouse, expected);
}

/** Uploads the files of a version that were made here, and copies those that are taken over. */
async function uploadVersion(warehouse: Store, dataset: readonly DatasetFile[], folder: string): Promise<void> {
  const made = dataset.filter(({ local }) => local !== undefined);
  // A run that was cut short, or one that this one repeats, has left files there: those are written once.
  if ((await warehouse.listHere(folder)).length > 0)
    for (const { local, name } of made) await warehouse.uploadOnce(local!, `${folder}/${name}`);
  else
    for (const [from, names] of byFolder(made, ({ local }) => local!)) await warehouse.uploadAll(from, folder, names);
  const carried = dataset.filter(({ carriedFrom }) => carriedFrom !== undefined);
  for (const [from, names] of byFolder(carried, ({ carriedFrom }) => carriedFrom!))
    await warehouse.copyAll(from, folder, names);
}

/** Names of files by the folder that they are in. */
function byFolder(files: readonly DatasetFile[], pathOfFile: (file: DatasetFile) => string): Map<string, string[]> {
  const folders = new Map<string, string[]>();
  for (const file of files) {
    const folder = dirname(pathOfFile(file));
    folders.set(folder, [...(folders.get(folder) ?? []), file.name]);
  }
  return folders;
}

/** Uploads a partition's files, if they lie here. */
export async function uploadPartition(warehouse: Store, partition: ChangedPartition): Promise<void> {
  const { archive, aggregates, localArchive, localAggregates, localLevels = {} } = partition;
  if (localArchive !== undefined) await warehouse.uploadOnce(localArchive, archive.path);
  if (localAggregates !== undefined) await warehouse.uploadOnce(localAggregates, aggregates.path);
  for (const [path, local] of Object.entries(localLevels)) await warehouse.uploadOnce(local, path);
}

/** What arrived is compared with what was sent before anything points to it. */
export async function requireArrived(
  warehouse: Store,
  expected: readonly { readonly path: string; readonly bytes: number }[],
): Promise<void> {
  const sizes = new Map<string, number | undefined>();
  for (const folder of new Set(expected.map(({ path }) => dirname(path)))) {
    for (const { path, bytes } of await warehouse.listHere(folder === '.' ? '' : folder)) sizes.set(path, bytes);
  }
  for (const { path, bytes } of expected) {
    const isUnknown = sizes.has(path) && sizes.get(path) === undefined;
    const found = isUnknown ? await downloadedSize(warehouse, path) : sizes.get(path);
    if (found === bytes) continue;
    throw new Failure({
      stage: 'publish-parquet',
      what: 'a file did not arrive whole',
      where: `${warehouse.name}/${path}`,
      found: found === undefined ? 'nothing' : `${found} bytes`,
      expected: `${bytes} bytes`,
      fix: 'run it again',
      class: 'remote-temporary',
      code: 'byte-count',
    });
  }
}

/** Bytes of a file whose size the remote does not say. */
async function downloadedSize(warehouse: Store, path: string): Promise<number> {
  return withScratch('work', async (scratch) => {
    const here = join(scratch, 'arrived');
    await warehouse.download(path, here);
    return (await stat(here)).size;
  });
}

/**
 * Moves the pointer in place, if it is still the one that the run began with, and reads it back.
 * @returns the pointer as it was read back
 * @throws Failure (remote-temporary) if another run published meanwhile
 */
export async function movePointer(
  context: OpenWarehouse,
  pointer: Pointer,
  textBefore: string | undefined,
): Promise<WrittenPointer> {
  const { warehouse, work } = context;
  const again = await readPointer(warehouse);
  requireSamePointer('publish-parquet', again.text, pointerDigest(textBefore), `${warehouse.name}/${POINTER}`);
  // A run that was killed right after it moved the pointer made no copy: the next pointer must not be two ahead of the copies.
  if ((await requireUnchanged(warehouse, again.pointer, again.text)) === 'uncopied')
    await keepPointerCopy(context, again.pointer, again.text!);
  const text = pointerText(pointer);
  const local = inWork(work, POINTER);
  await writeFile(local, text);
  await warehouse.upload(local, POINTER);
  if ((await readPointer(warehouse)).text !== text) {
    throw new Failure({
      stage: 'publish-parquet',
      what: 'the pointer could not be read back as written',
      where: `${warehouse.name}/${POINTER}`,
      consequence: 'the new version may be published or not',
      fix: 'run it again',
      class: 'remote-temporary',
      code: 'pointer-unconfirmed',
    });
  }
  return { pointer, text };
}
