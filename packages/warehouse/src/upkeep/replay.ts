import { appendFile, copyFile, mkdir } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { readExport } from '@sensor-warehouse/intake/read-export';
import type { ExportReport } from '@sensor-warehouse/intake/report/report';
import { withPlainFile } from '@sensor-warehouse/intake/text/plain-file';
import { newRoom } from '@sensor-warehouse/intake/text/text-file';
import { Failure } from '@sensor-warehouse/model/findings/failure';
import { printable, quoted } from '@sensor-warehouse/model/findings/finding';
import type { Configuration, Datasource } from '@sensor-warehouse/model/seeds/configuration';
import { sha256OfFile } from '@sensor-warehouse/storage/file-hash';
import type { Store } from '@sensor-warehouse/storage/store';
import { globToTest } from '../ingest/file-patterns';
import { seenHashes } from '../ingest/seen-uploads';
import { uploadsOf } from '../ingest/uploads';
import { entryNamesAt, type QuarantineReport, quarantineFolder } from '../layout/quarantine-entry';
import { type Entry, readEntry } from '../quarantine/read-entry';
import type { Change, Clock, OpenWarehouse, Seeds, UploadFolders } from '../run/context';
import { inWork } from '../run/in-work';
import { writeJson } from '../run/run-record';

/**
 * What became of an entry: `replayed`, it is in its upload folder again; `waiting`, it lay there already; `seen`, its facts
 * were handed over before; `refused`, it is not right yet.
 */
export type Outcome = 'replayed' | 'waiting' | 'seen' | 'refused';

export interface Replayed {
  readonly datasource: string;
  readonly entry: string;
  /** The upload's name, which for rows is a new one. */
  readonly name: string;
  readonly sha256: string;
  readonly outcome: Outcome;
  /** How it is read today. */
  readonly report: ExportReport;
}

/**
 * Puts what the quarantine keeps back through the same path: it is read against the contract of today, and, if it is right,
 * laid into the upload folder of its source, from where the next run takes it as any other upload.
 *
 * @param named the entry (see readEntry)
 * @param corrected a file of this machine that is uploaded instead of what the entry kept
 * @throws Failure (input) if there is no such entry, no pattern takes its name, or another upload has that name
 * @throws Failure (config) if the entry's source is no longer configured
 */
export async function replay(
  context: UploadFolders & Seeds & Clock & Change,
  named: string,
  corrected: string | undefined,
): Promise<Replayed> {
  const entry = await readEntry(context, named);
  const datasource = requireSource(context.configuration, entry.report);
  const path = corrected ?? (await ownUpload(context.work, entry, datasource));
  const sha256 = await sha256OfFile(path);
  const name = uploadName(entry.report, sha256);
  requirePattern(name, datasource);
  const report = await readExport(
    { path, name, ordinal: 1 },
    datasource,
    inWork(context.work, 'replay', 'landing'),
    context.now,
    newRoom(datasource.limits),
  );
  const told = { datasource: datasource.id, entry: entry.path, name, sha256, report };
  // If a document is read no better than before, all of it would come back.
  const known = corrected === undefined && entry.report.whole ? entry.report.counts.landed : 0;
  if (report.verdict === 'refused' || report.counts.landed <= known) return { ...told, outcome: 'refused' };
  const seen = await seenHashes(context.warehouse);
  if (await seen({ datasource: datasource.id, sha256 }, datasource)) return { ...told, outcome: 'seen' };
  const uploads = uploadsOf(context, datasource);
  if (await isThere(context.work, uploads, name, sha256, entry.report)) return { ...told, outcome: 'waiting' };
  if (!context.dryRun) await putBack(context, uploads, entry, { path, name, sha256 });
  return { ...told, outcome: 'replayed' };
}

/**
 * Prepares the upload. A document of which some records were read gets a line end at its end: the JSON is the same, but
 * the bytes differ from those already handed over. The records read before count as repeated.
 */
async function ownUpload(work: string, { report, kept }: Entry, { limits }: Datasource): Promise<string> {
  if (report.verdict === 'refused' || !report.whole) return kept;
  const path = inWork(work, 'replay', 'again');
  await withPlainFile({ path: kept, name: report.file }, limits, (plain) => copyFile(plain, path));
  await appendFile(path, '\n');
  return path;
}

function requireSource(configuration: Configuration, { datasource, file }: QuarantineReport): Datasource {
  const found = configuration.datasources.find(({ id }) => id === datasource);
  if (found !== undefined) return found;
  throw new Failure({
    stage: 'replay',
    what: `the source of ${quoted(file)} is not configured, or switched off`,
    found: quoted(datasource),
    expected: configuration.datasources.map(({ id }) => id).join(', '),
    consequence: 'nothing was changed',
    fix: 'add or enable its row in seeds/datasources_config.csv',
    class: 'config',
    code: 'datasource-unknown',
  });
}

/** A refused file keeps its name. What is left of another is an upload of its own, or it would pass for the file that it is from. */
function uploadName({ file, verdict }: QuarantineReport, sha256: string): string {
  if (verdict === 'refused') return file;
  const extension = extname(file);
  return `${file.slice(0, file.length - extension.length)}.replayed-${sha256.slice(0, 8)}${extension}`;
}

function requirePattern(name: string, { id, filePatterns }: Datasource): void {
  if (filePatterns.some((pattern) => globToTest(pattern)(name))) return;
  throw new Failure({
    stage: 'replay',
    what: `no file_pattern of ${id} matches ${quoted(name)}`,
    found: quoted(name),
    expected: filePatterns.map(printable).join(' or '),
    consequence: 'nothing was changed',
    fix: `add a pattern that matches it to file_pattern of ${id} in seeds/datasources_config.csv`,
    class: 'input',
    code: 'file-unmatched',
  });
}

/** Whether the upload lies there already; what was refused under its name gives way to a corrected file. */
async function isThere(
  work: string,
  uploads: Store,
  name: string,
  sha256: string,
  report: QuarantineReport,
): Promise<boolean> {
  if (!(await uploads.listHere('')).some(({ path }) => path === name)) return false;
  const copy = inWork(work, 'replay', 'there');
  await uploads.download(name, copy);
  const there = await sha256OfFile(copy);
  if (there === sha256) return true;
  if (there === report.sha256) return false;
  throw new Failure({
    stage: 'replay',
    what: `another file is at ${printable(uploads.name)}/${printable(name)}`,
    found: `SHA-256 ${there}`,
    expected: `no such file, or the one that was refused, SHA-256 ${report.sha256}`,
    consequence: 'nothing was changed',
    fix: 'wait until it is taken, or remove it, and run the command again',
    class: 'input',
    code: 'upload-in-the-way',
  });
}

async function putBack(
  { work, warehouse }: OpenWarehouse,
  uploads: Store,
  { report, path: entry }: Entry,
  { path, name, sha256 }: { readonly path: string; readonly name: string; readonly sha256: string },
): Promise<void> {
  const folder = inWork(work, 'replay', 'upload');
  await mkdir(folder, { recursive: true });
  const local = join(folder, basename(name));
  await copyFile(path, local);
  await uploads.upload(local, name);
  if (!entry.startsWith('quarantine/')) return;
  // For people who look at the quarantine later; the program does not read it.
  const { kept } = entryNamesAt(report, entry);
  const note = inWork(work, 'replay', 'note.json');
  await writeJson(note, { replayed: name, sha256 });
  await warehouse.upload(note, `${quarantineFolder(report.datasource)}/${kept}.replayed-${sha256.slice(0, 8)}.json`);
}
