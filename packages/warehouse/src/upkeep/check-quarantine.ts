import { basename } from 'node:path';
import { Failure } from '@sensor-warehouse/model/findings/failure';
import { type Finding, printable } from '@sensor-warehouse/model/findings/finding';
import { type CheckedFile, checkFile, doubt, type Stored, withoutHealing } from '../layout/check-file';
import { entryNamesAt, REPORT } from '../layout/quarantine-entry';
import { parseReport } from '../quarantine/read-entry';
import type { OpenWarehouse } from '../run/context';

/** Checks refused uploads: each entry has a readable report, one for people, and the refused data. */
export async function checkQuarantine(
  context: OpenWarehouse,
  stored: Stored,
  everyByte: boolean,
): Promise<CheckedFile> {
  const reports = [...stored.keys()].filter((path) => /^quarantine\/[^/]+\//.test(path) && path.endsWith(REPORT));
  const findings: Finding[] = [];
  for (const path of reports) findings.push(...(await checkEntry(context, path, stored, everyByte)));
  for (const path of stored.keys()) {
    // The note that `replay` leaves next to an entry belongs to it.
    const entry = path.replace(/\.replayed-[0-9a-f]{8}\.json$/, '');
    const stem = /^(quarantine\/[^/]+\/[0-9a-f]{12}_.*?)(\.rows|\.report\.md)?$/.exec(entry)?.[1];
    if (stem === undefined || /\.(unmapped\.(json|md)|report\.json)$/.test(path) || stored.has(`${stem}${REPORT}`))
      continue;
    const message = 'no report says why this was refused';
    findings.push(doubt({ code: 'quarantine-doubtful', file: path, message, fix: READ_AGAIN }));
  }
  return { checked: reports.length, findings };
}

const READ_AGAIN =
  'restore it from the remote’s version history; an upload that is still in its folder is reported again by the next Refresh';

async function checkEntry(
  context: OpenWarehouse,
  path: string,
  stored: Stored,
  everyByte: boolean,
): Promise<Finding[]> {
  const text = (await context.warehouse.readText(path)) ?? '';
  const report = parsed(() => parseReport(text, path));
  const wrong = (message: string) => doubt({ code: 'quarantine-doubtful', file: path, message, fix: READ_AGAIN });
  if (typeof report === 'string') return [wrong(`a report of the quarantine cannot be read: ${report}`)];
  const names = entryNamesAt(report, path);
  const folder = path.slice(0, -basename(path).length);
  if (names.report !== basename(path) || folder !== `quarantine/${report.datasource}/`)
    return [
      wrong(`a report of the quarantine is about a different upload than its name says: ${printable(report.file)}`),
    ];
  const findings: Finding[] = [];
  const kept = stored.get(`${folder}${names.kept}`);
  if (report.whole && kept !== undefined) {
    const found = await checkFile(context, { ...report, path: kept.path, bytes: kept.bytes ?? 0 }, stored, everyByte);
    if (found !== undefined) findings.push(withoutHealing(found));
  }
  for (const name of [names.kept, names.text]) {
    const file = stored.get(`${folder}${name}`);
    if (file !== undefined && file.bytes !== 0) continue;
    findings.push(
      doubt({ code: 'file-absent', file: `${folder}${name}`, message: 'a file is missing, or empty', fix: READ_AGAIN }),
    );
  }
  return findings;
}

function parsed<T>(parse: () => T): T | string {
  try {
    return parse();
  } catch (error) {
    if (error instanceof Failure && error.details.code === 'quarantine-entry') return error.details.found ?? '';
    throw error;
  }
}
