import { basename } from 'node:path';
import type { Datasource } from '@sensor-warehouse/model/seeds/configuration';
import { sha256OfFile } from '@sensor-warehouse/storage/file-hash';
import { boundUploadsOf } from '../ingest/uploads';
import { type QuarantineReport, quarantineFolder, REPORT } from '../layout/quarantine-entry';
import type { UploadFolders } from '../run/context';
import { inWork } from '../run/in-work';
import { jsonOrEmpty } from './held';

/** A source's entries in the quarantine. */
export interface Quarantined {
  /** Whole uploads, and uploads with rows left out. */
  readonly uploads: number;
  readonly rows: number;
  /** Uploads with readings that fit no mapping. */
  readonly unmapped: number;
  /** A report that `replay` takes, the newest; undefined if there is none. */
  readonly entry: string | undefined;
  /** Refused uploads that still are in the upload folder, with their reports for people. */
  readonly refused: readonly { readonly name: string; readonly report: string }[];
  /** Whether the upload folder could be looked at: its remote may not be bound here. */
  readonly looked: boolean;
}

/** Counts the entries of a source, and finds which refused uploads the next run will meet again. */
export async function readQuarantined(context: UploadFolders, source: Datasource): Promise<Quarantined> {
  const files = await context.warehouse.listHere(quarantineFolder(source.id));
  const paths = files.sort((a, b) => a.modified - b.modified).map(({ path }) => path);
  const ending = (end: string) => paths.filter((path) => path.endsWith(end));
  const reports = ending(REPORT);
  const rows = ending('.rows').length;
  const unmapped = ending('.unmapped.json').length;
  const counts = { uploads: reports.length - rows, rows, unmapped, entry: reports.at(-1) };
  if (counts.uploads === 0) return { ...counts, refused: [], looked: true };
  const uploads = boundUploadsOf(context, source);
  if (uploads === undefined) return { ...counts, refused: [], looked: false };
  const names = new Set((await uploads.listHere('')).map(({ path }) => path));
  const refused: { name: string; report: string }[] = [];
  for (const path of reports) {
    const report = jsonOrEmpty<QuarantineReport>(await context.warehouse.readText(path));
    if (report.verdict !== 'refused' || report.file === undefined || !names.has(report.file)) continue;
    // A corrected export may have come under the same name.
    const local = inWork(context.work, 'uploads', source.id, basename(report.file));
    await uploads.download(report.file, local);
    if ((await sha256OfFile(local)) !== report.sha256) continue;
    refused.push({ name: report.file, report: `${path.slice(0, -REPORT.length)}.report.md` });
  }
  return { ...counts, refused, looked: true };
}
