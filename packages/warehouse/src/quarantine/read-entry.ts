import { copyFile, mkdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Failure } from '@sensor-warehouse/model/findings/failure';
import { printable, quoted } from '@sensor-warehouse/model/findings/finding';
import { isAbsence, unlessAbsent } from '@sensor-warehouse/model/findings/io-failure';
import { sha256OfFile } from '@sensor-warehouse/storage/file-hash';
import { entryNamesAt, type QuarantineReport, REPORT } from '../layout/quarantine-entry';
import { mistakesText, readWhole } from '../layout/read-document';
import type { OpenWarehouse } from '../run/context';
import { inWork } from '../run/in-work';

/** An entry of the quarantine, brought to this machine. */
export interface Entry {
  readonly report: QuarantineReport;
  /** The report's name below its folder, or its path here. */
  readonly path: string;
  /** Local path of the part of the upload that was left out. */
  readonly kept: string;
}

/**
 * Reads an entry by its report or by the file next to it: `quarantine/<source>/<name>` in the warehouse, or a local
 * path, such as a downloaded folder.
 * @throws Failure (input) if there is no such entry, or its file does not match its report; (config) if a newer program
 *   wrote the report
 */
export async function readEntry({ warehouse, work }: OpenWarehouse, named: string): Promise<Entry> {
  const path = reportOf(named);
  const folder = inWork(work, 'replay');
  await mkdir(folder, { recursive: true });
  const inWarehouse = path.startsWith('quarantine/');
  const text = inWarehouse ? await warehouse.readText(path) : await readFile(path, 'utf8').catch(unlessAbsent);
  if (text === undefined) throw noEntry(path, 'no such report', 'the name of a report in the quarantine');
  const report = parseReport(text, path);
  const { kept } = entryNamesAt(report, path);
  const local = join(folder, kept);
  const beside = `${dirname(path)}/${kept}`;
  try {
    if (inWarehouse) await warehouse.download(beside, local);
    else await copyFile(beside, local);
  } catch (cause) {
    if (!isNotThere(cause)) throw cause;
    throw noEntry(path, `no ${printable(kept)} beside it`, 'the file that the report is about', cause);
  }
  if (report.whole) {
    const found = await sha256OfFile(local);
    if (found !== report.sha256) throw noEntry(path, `SHA-256 ${found}`, `SHA-256 ${report.sha256}`);
  }
  return { report, path, kept: local };
}

/** Whichever file of an entry is named, its report. */
function reportOf(named: string): string {
  const path = named.replaceAll('\\', '/');
  if (path.endsWith(REPORT)) return path;
  return `${path.replace(/(\.report\.md|\.rows)$/, '')}${REPORT}`;
}

/** @throws Failure (input) if it is not a report of the quarantine; (config) if a newer program wrote it */
export function parseReport(text: string, path: string): QuarantineReport {
  const { document, mistakes } = readWhole('quarantine report', text, path);
  if (document === undefined) throw noEntry(path, mistakesText(mistakes), 'a report of the quarantine');
  return document;
}

/** A full disk or an unreachable remote says nothing about the entry. */
function isNotThere(thrown: unknown): boolean {
  if (!(thrown instanceof Failure)) return isAbsence(thrown);
  return thrown.details.code === 'remote-not-found' || isAbsence(thrown.cause);
}

function noEntry(path: string, found: string, expected: string, cause?: unknown): Failure {
  return new Failure({
    stage: 'replay',
    what: `${quoted(path)} is not an entry of the quarantine`,
    found,
    expected,
    consequence: 'nothing was changed',
    fix: 'name a report under quarantine/ of the warehouse, as the report itself says',
    class: 'input',
    code: 'quarantine-entry',
    cause,
  });
}
