import { Failure } from '@sensor-warehouse/model/findings/failure';
import type { Finding } from '@sensor-warehouse/model/findings/finding';
import { sha256OfFile } from '@sensor-warehouse/storage/file-hash';
import { readRefusals } from '../quarantine/stored-refusals';
import type { Context } from '../run/context';
import type { IngestedFile } from '../run/ingested-file';
import type { Law } from '../run/law';
import type { NoInput, Stage, StageOutcome } from '../run/run-stage';
import { everyUpload, sumOf, type UploadCounts } from './conserve';
import { fetchAnswers } from './fetch-answers';
import { type FetchedFolder, fetchUploads } from './fetch-uploads';
import { INGESTED, type Ingested } from './ingested';
import { lookAgain, lookAtFolder, type UploadFolder } from './look-at-folder';
import { angleFindings } from './mean-of-angles';
import { requireOfOneSource } from './one-source';
import { roomFor, withoutRoom } from './room-on-disk';
import { seenHashes } from './seen-uploads';
import { ABSENT, folderFinding } from './upload-findings';
import { uploadsOf } from './uploads';

/**
 * Lists the upload folders of all datasources, downloads what fits their patterns, hashes it, orders it by
 * (modification time, name) and distinguishes the new from the seen. A problem with one folder or upload affects only
 * its source. An API that gives no answer stops nothing: the manifest records it, and the run that publishes the others
 * ends red.
 * @throws Failure if no upload folder at all can be listed: that is not the same as empty folders
 */
async function ingest(context: Context): Promise<StageOutcome<{ readonly ingested: Ingested }>> {
  const { work, warehouse } = context;
  const told: Told = { findings: [], untaken: [] };
  const undelivered: Record<string, string> = {};
  const isSeen = await seenHashes(warehouse);
  const folders = await lookAtFolders(context, undelivered, told);
  const leftOut = withoutRoom(folders, roomFor(work));
  const fetched = new Map<UploadFolder, FetchedFolder>();
  for (const folder of folders) fetched.set(folder, await fetchUploads(context, folder, leftOut));
  const files: IngestedFile[] = [];
  const seen: IngestedFile[] = [];
  const counts: UploadCounts[] = [];
  const laws: Law[] = [];
  for (const [folder, came] of fetched) {
    const { listed, aside, datasource } = folder;
    const taken = await takeUploads(folder, came, told);
    for (const file of taken.files) ((await isSeen(file, datasource)) ? seen : files).push(file);
    const isOwn = (file: IngestedFile) => file.datasource === datasource.id;
    const [fresh, known] = [files.filter(isOwn).length, seen.filter(isOwn).length];
    counts.push({ listed, fresh, seen: known, aside, untaken: taken.left });
    laws.push(everyUpload(counts.at(-1)!, datasource.id));
  }
  const absent = told.findings.filter(({ code }) => code === ABSENT).map(({ datasource }) => datasource!);
  const refusals = await readRefusals(context, files);
  const total = folders.reduce((sum, { wanted }) => sum + wanted.length, 0);
  const all = sumOf(counts);
  return {
    output: { ingested: { files, seen, absent, undelivered, untaken: told.untaken, refusals } },
    counts: { files: total, in: total, out: files.length, quarantined: all.untaken, repeated: seen.length },
    laws: [...laws, everyUpload(all)],
    findings: [...told.findings, ...told.untaken],
  };
}

export const ingestStage: Stage<NoInput, { readonly ingested: Ingested }> = {
  name: 'ingest',
  reads: {},
  writes: { ingested: INGESTED },
  run: ingest,
};

/** The findings of a run about its uploads; an upload that cannot be taken is an error, and holds its source. */
interface Told {
  readonly findings: Finding[];
  readonly untaken: Finding[];
}

function tell({ findings, untaken }: Told, some: readonly Finding[]): void {
  for (const finding of some) (finding.severity === 'error' ? untaken : findings).push(finding);
}

/** Asks the APIs, and lists the upload folders. A folder that cannot be listed is reported and left out. */
async function lookAtFolders(
  context: Context,
  undelivered: Record<string, string>,
  told: Told,
): Promise<UploadFolder[]> {
  const folders: UploadFolder[] = [];
  const failures: Failure[] = [];
  for (const datasource of context.configuration.datasources) {
    const uploads = uploadsOf(context, datasource);
    if (datasource.type === 'api') {
      const problem = await fetchAnswers(context, datasource, uploads, told.findings);
      if (problem !== undefined) undelivered[datasource.id] = problem;
    }
    told.findings.push(...angleFindings(datasource, context.configuration));
    const looked = await lookAtFolder(datasource, uploads).catch(requireOfOneSource);
    if (looked instanceof Failure) {
      failures.push(looked);
      tell(told, [folderFinding(datasource, uploads.name, looked)]);
    } else {
      folders.push(looked);
      tell(told, looked.findings);
    }
  }
  if (folders.length === 0 && failures.length > 0) throw failures[0];
  return folders;
}

/** Hashes the uploads of a source that arrived and did not change meanwhile. */
async function takeUploads(
  folder: UploadFolder,
  came: FetchedFolder,
  told: Told,
): Promise<{ readonly files: readonly IngestedFile[]; readonly left: number }> {
  const { datasource, uploads, wanted } = folder;
  const now = await lookAgain(folder).catch(requireOfOneSource);
  if (now instanceof Failure) {
    tell(told, [folderFinding(datasource, uploads.name, now)]);
    return { files: [], left: wanted.length };
  }
  const unchanged = new Set(now.wanted.map(({ path }) => path));
  // An upload that is still being written need not arrive whole.
  const failed = came.findings.filter(({ file }) => unchanged.has(file!));
  tell(told, [...now.findings, ...failed]);
  const files: IngestedFile[] = [];
  for (const { path, bytes, modified, ordinal, local } of came.files) {
    if (!unchanged.has(path)) continue;
    const sha256 = await sha256OfFile(local);
    files.push({ datasource: datasource.id, name: path, bytes, modified, sha256, ordinal, local });
  }
  return { files, left: now.findings.length + failed.length };
}
