import { mkdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Failure } from '@sensor-warehouse/model/findings/failure';
import type { Finding } from '@sensor-warehouse/model/findings/finding';
import { unlessAbsent } from '@sensor-warehouse/model/findings/io-failure';
import type { StoredFile } from '@sensor-warehouse/storage/store';
import type { Progress, Scratch } from '../run/context';
import { inWork } from '../run/in-work';
import type { UploadFolder } from './look-at-folder';
import { requireOfOneSource } from './one-source';
import { cutShortFinding, noRoomFinding, noTimeFinding, notFetchedFinding, tooLargeFinding } from './upload-findings';

/** An upload in the work folder. */
export interface FetchedFile extends StoredFile {
  readonly bytes: number;
  readonly local: string;
  /** Order of arrival within the source, from 1. */
  readonly ordinal: number;
}

export interface FetchedFolder {
  readonly files: readonly FetchedFile[];
  /** Findings about uploads that were not fetched; each holds the source. */
  readonly findings: readonly Finding[];
}

/**
 * Milliseconds that fetching one source's uploads may take, and that reading them may take: a folder full of slow files
 * costs a night no more than this.
 */
export const SOURCE_DEADLINE = 15 * 60_000;

/** Uploads fetched at a time: between two lots the remaining time is checked. */
const LOT = { files: 100, bytes: 256 * 2 ** 20 };

/**
 * Fetches the uploads of one source. An upload that does not arrive, is too large, or does not fit on the disk is
 * reported and left where it is; all others are fetched.
 * @param leftOut uploads that do not fit on the disk
 */
export async function fetchUploads(
  context: Scratch & Progress,
  folder: UploadFolder,
  leftOut: ReadonlySet<StoredFile>,
): Promise<FetchedFolder> {
  const { datasource, uploads, wanted } = folder;
  const { limits } = datasource;
  const findings: Finding[] = [];
  const target = inWork(context.work, 'raw', datasource.id);
  // In a permanent work folder, a file of an earlier run would be mistaken for a fetched one.
  await rm(target, { recursive: true, force: true });
  await mkdir(target, { recursive: true });
  const known = wanted.map((file, index) => ({
    ...file,
    ordinal: index + 1,
    local: join(target, String(index + 1).padStart(6, '0')),
    listed: file,
  }));
  const fitting = known.filter((file) => {
    if ((file.bytes ?? 0) > limits.bytes) findings.push(tooLargeFinding(datasource, file, limits.bytes));
    else if (leftOut.has(file.listed)) findings.push(noRoomFinding(datasource, file));
    else return true;
    return false;
  });
  if (fitting.length > 0) context.say(`ingest: ${fitting.length} uploads of ${datasource.id} from ${uploads.name}`);
  const end = performance.now() + SOURCE_DEADLINE;
  const files: FetchedFile[] = [];
  for (const lot of lotsOf(fitting)) {
    if (performance.now() > end) {
      findings.push(...lot.map((file) => noTimeFinding(datasource, file, SOURCE_DEADLINE)));
      continue;
    }
    const failures = await fetchLot(folder, lot, end);
    for (const { listed, ...file } of lot) {
      const failure = failures.get(file.path);
      const bytes = await sizeOf(file.local);
      if (failure !== undefined || bytes === undefined) findings.push(notFetchedFinding(datasource, file, failure));
      else if (file.bytes !== undefined && file.bytes !== bytes)
        findings.push(cutShortFinding(datasource, { ...file, bytes: file.bytes }, bytes));
      else {
        files.push({ ...file, bytes });
        continue;
      }
      // Other uploads need the space.
      await rm(file.local, { force: true });
    }
  }
  return { files, findings };
}

/**
 * Fetches a lot at once; if that fails, one upload at a time, to find out which one failed.
 * @returns path → why it was not fetched
 */
async function fetchLot(
  { uploads }: UploadFolder,
  lot: readonly { readonly path: string; readonly local: string }[],
  end: number,
): Promise<ReadonlyMap<string, Failure>> {
  const failures = new Map<string, Failure>();
  const first = await uploads
    .downloadAll(new Map(lot.map(({ path, local }) => [path, local])))
    .then(() => undefined, requireOfOneSource);
  if (first === undefined) return failures;
  for (const { path, local } of lot) {
    if ((await sizeOf(local)) !== undefined) continue;
    if (lot.length === 1 || performance.now() > end) {
      failures.set(path, first);
      continue;
    }
    await uploads.download(path, local).catch((error: unknown) => failures.set(path, requireOfOneSource(error)));
  }
  return failures;
}

function* lotsOf<T extends StoredFile>(files: readonly T[]): Generator<readonly T[]> {
  let lot: T[] = [];
  let bytes = 0;
  for (const file of files) {
    if (lot.length > 0 && (lot.length === LOT.files || bytes + (file.bytes ?? 0) > LOT.bytes)) {
      yield lot;
      lot = [];
      bytes = 0;
    }
    lot.push(file);
    bytes += file.bytes ?? 0;
  }
  if (lot.length > 0) yield lot;
}

async function sizeOf(path: string): Promise<number | undefined> {
  return (await stat(path).catch(unlessAbsent))?.size;
}
