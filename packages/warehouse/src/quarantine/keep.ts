import { readFileSync } from 'node:fs';
import { copyFile, link, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ExportReport } from '@sensor-warehouse/intake/report/report';
import { copyLines } from '@sensor-warehouse/intake/text/copy-lines';
import { withPlainFile } from '@sensor-warehouse/intake/text/plain-file';
import type { Datasource } from '@sensor-warehouse/model/seeds/configuration';
import { sha256OfFile } from '@sensor-warehouse/storage/file-hash';
import { entryNames, type QuarantineReport, quarantineFolder } from '../layout/quarantine-entry';
import { writeDocument } from '../layout/write-document';
import { inWork } from '../run/in-work';
import type { IngestedFile } from '../run/ingested-file';
import type { Law } from '../run/law';
import { reportText } from './report-text';

/** An upload that has something in the quarantine of the work folder. */
export interface KeptUpload {
  readonly report: QuarantineReport;
  /** Path of its bytes. */
  readonly kept: string;
  readonly encoding: string;
}

/** Keeps refused data as received, with a report: the whole file, or the rows that could not be read. */
export async function keepInQuarantine(
  work: string,
  file: IngestedFile,
  { verdict, counts, findings, rejected, headerLine }: ExportReport,
  { encoding, type, limits }: Datasource,
): Promise<KeptUpload> {
  const { datasource, name, sha256, local } = file;
  const folder = inWork(work, quarantineFolder(datasource));
  await mkdir(folder, { recursive: true });
  const whole = verdict === 'refused' || type !== 'csv';
  const names = entryNames(file, whole);
  const kept = join(folder, names.kept);
  // A second name costs no room; not every disk knows one.
  if (whole) await link(local, kept).catch(() => copyFile(local, kept));
  else
    await withPlainFile({ path: local, name }, limits, async (path) =>
      copyLines(path, kept, encoding, headerLine, rejected),
    );
  const report: QuarantineReport = {
    format: 2,
    datasource,
    file: name,
    sha256,
    verdict,
    counts,
    findings,
    rows: rejected,
    headerLine,
    whole,
  };
  await writeDocument(join(folder, names.report), report);
  await writeFile(join(folder, names.text), reportText(report, names));
  return { report, kept, encoding };
}

/**
 * Reads the quarantine again: every refused file is there with its bytes, of every other one the opening and the rows, and
 * together they are what the stage's equation counts as quarantined.
 */
export async function everyRefusedRow(uploads: readonly KeptUpload[], quarantined: number): Promise<Law> {
  let counted = 0;
  for (const { report, kept, encoding } of uploads) {
    if (report.whole) {
      const isThere = (await sha256OfFile(kept)) === report.sha256;
      counted += isThere ? report.counts.quarantined : 0;
      continue;
    }
    const lines = report.rows.reduce((total, { line, lastLine }) => total + lastLine - line + 1, report.headerLine);
    if (linesOf(readFileSync(kept), encoding) === lines) counted += report.rows.length;
  }
  const equation = `quarantined ${quarantined} = kept in the quarantine ${counted}`;
  return { equation, left: quarantined, right: counted };
}

/** Lines of text; the last may lack its line end. What was copied was cut in another way. */
function linesOf(bytes: Buffer, encoding: string): number {
  const lines = new TextDecoder(encoding, { ignoreBOM: true }).decode(bytes).split(/\r\n|\n|\r/);
  return lines.at(-1) === '' ? lines.length - 1 : lines.length;
}
