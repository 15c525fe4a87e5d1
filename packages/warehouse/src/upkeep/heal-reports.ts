import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Finding } from '@sensor-warehouse/model/findings/finding';
import { entryNamesAt, REPORT } from '../layout/quarantine-entry';
import { parseReport } from '../quarantine/read-entry';
import { reportText } from '../quarantine/report-text';
import type { Change, OpenWarehouse } from '../run/context';
import { inWork } from '../run/in-work';

const FOR_PEOPLE = '.report.md';

/** Writes the reports for people again that are missing or empty: what they say is in the reports for programs. */
export async function healReports(context: OpenWarehouse & Change, doubts: readonly Finding[]): Promise<Finding[]> {
  const { warehouse, work, dryRun } = context;
  const absent = doubts.flatMap(({ code, file }) =>
    code === 'file-absent' && file?.startsWith('quarantine/') && file.endsWith(FOR_PEOPLE) ? [file] : [],
  );
  const findings: Finding[] = [];
  for (const path of absent) {
    const source = `${path.slice(0, -FOR_PEOPLE.length)}${REPORT}`;
    const report = parseReport((await warehouse.readText(source)) ?? '', source);
    const local = inWork(work, 'remade', path);
    await mkdir(dirname(local), { recursive: true });
    await writeFile(local, reportText(report, entryNamesAt(report, source)));
    if (!dryRun) await warehouse.upload(local, path);
    findings.push({
      code: 'report-healed',
      severity: 'warning',
      file: path,
      count: 1,
      message: 'a report of the quarantine was missing or empty, and was written again',
      fix: 'find out who changed it; nothing is lost',
    });
  }
  return findings;
}
