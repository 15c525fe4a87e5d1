import { readdir, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { readExport } from '@sensor-warehouse/intake/read-export';
import type { ExportReport } from '@sensor-warehouse/intake/report/report';
import { newRoom } from '@sensor-warehouse/intake/text/text-file';
import type { Finding } from '@sensor-warehouse/model/findings/finding';
import { findingLine } from '@sensor-warehouse/model/findings/finding-text';
import { asyncBufferFromFile, parquetMetadataAsync, parquetRead } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import type { Case } from './cases';
import { decoded, inventions, type LandedRow, linesAfter } from './recount';
import { recordFaults } from './recount-records';

/** What became of a case, and all that must not have. */
export interface Judgement {
  readonly verdict: ExportReport['verdict'] | 'crashed';
  readonly quarantined: number;
  readonly landed: number;
  readonly faults: readonly string[];
}

/** The run's clock: after the last reading of the exports. */
const NOW = Date.UTC(2024, 10, 29, 12);
const room = newRoom();

/**
 * Reads a case with the reader of validate-schema, and holds what it says and what landed against the bytes.
 * @param place path of files that may be made
 * @param read the reader; another one only to see whether its faults are found
 */
export async function judge(one: Case, place: string, read: typeof readExport): Promise<Judgement> {
  await writeFile(place, one.bytes);
  const landing = `${place}.landing`;
  try {
    const file = { path: place, name: one.name, ordinal: 7 };
    const report = await read(file, one.datasource, landing, NOW, room);
    const landed = await rowsOf(landing);
    const faults = [
      ...countFaults(report, landed),
      ...report.findings.flatMap(findingFaults),
      ...textFaults(report, landed, one),
    ];
    const { quarantined } = report.counts;
    return { verdict: report.verdict, quarantined, landed: landed.length, faults };
  } catch (error) {
    const said = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { verdict: 'crashed', quarantined: 0, landed: 0, faults: [`crash: ${said}`] };
  } finally {
    for (const part of await partsOf(landing)) await rm(part);
  }
}

function countFaults({ verdict, counts, findings, rejected }: ExportReport, landed: readonly LandedRow[]): string[] {
  const values = landed.reduce((total, row) => total + row.values.size, 0);
  const rejectedLines = new Set(rejected.map(({ line }) => line));
  const isRefused = verdict === 'refused';
  return [
    ...fault(counts.landed + counts.quarantined === counts.lines, 'lines are not landed + quarantined'),
    ...fault(counts.landed === landed.length, `${counts.landed} rows were reported, ${landed.length} landed`),
    ...fault(counts.readings === values, `${counts.readings} readings were reported, ${values} landed`),
    ...fault(
      counts.cells === counts.readings + counts.empty + counts.ignored + counts.cellsQuarantined,
      'cells are not readings + empty + ignored + quarantined',
    ),
    ...fault(!isRefused || landed.length === 0, 'something landed of a refused export'),
    ...fault(isRefused || rejectedLines.size === counts.quarantined, 'not every quarantined row is named'),
    ...fault(!landed.some(({ line }) => rejectedLines.has(line)), 'a quarantined row landed'),
    ...fault(new Set(landed.map(({ line }) => line)).size === landed.length, 'a line landed twice'),
    ...fault(
      isRefused === findings.some(({ severity }) => severity === 'error'),
      'an error is found exactly in what is refused: not so',
    ),
  ];
}

/** A finding says what is wrong, where, and one thing to do, in letters that a terminal may show. */
function findingFaults(finding: Finding): string[] {
  const line = findingLine(finding);
  return [
    ...fault(finding.file !== '' && finding.message !== '' && finding.fix !== '', `a finding says too little: ${line}`),
    ...fault(
      finding.severity !== 'error' || Boolean(finding.found && finding.expected),
      `an error does not say what was found and expected: ${line}`,
    ),
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
    ...fault(!/[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/.test(line), `printed raw: ${JSON.stringify(line)}`),
  ];
}

function textFaults(report: ExportReport, landed: readonly LandedRow[], one: Case): string[] {
  const text = textOf(one, report.verdict);
  if (text === undefined) return [];
  if (one.datasource.type !== 'csv')
    return report.verdict === 'accepted' ? recordFaults(text, report.counts.lines, landed, one.datasource) : [];
  // Quoted cells are cut by no plain rule.
  if (report.headerLine === 0 || text.includes('"')) return [];
  const lines = linesAfter(text, report.headerLine, one.datasource);
  return [
    ...fault(lines === report.counts.lines, `${report.counts.lines} lines were counted, ${lines} are there`),
    ...inventions(text, report.headerLine, landed, one.datasource),
  ];
}

/** The text of a case, if it can be counted again; of a gzip that was changed as such, only if it was accepted. */
function textOf({ text, bytes }: Case, verdict: ExportReport['verdict']): string | undefined {
  if (text !== undefined) return decoded(text);
  // What is named as a gzip and is none is read as the text it is.
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return decoded(bytes);
  return verdict === 'accepted' ? decoded(gunzipSync(bytes)) : undefined;
}

function fault(holds: boolean, words: string): string[] {
  return holds ? [] : [words];
}

async function partsOf(landing: string): Promise<string[]> {
  const names = await readdir(dirname(landing));
  return names
    .filter((name) => name.startsWith(basename(landing)))
    .sort()
    .map((name) => join(dirname(landing), name));
}

async function rowsOf(landing: string): Promise<LandedRow[]> {
  const landed: LandedRow[] = [];
  for (const path of await partsOf(landing)) {
    const file = await asyncBufferFromFile(path);
    const names = (await parquetMetadataAsync(file)).schema.slice(1).map(({ name }) => name);
    let rows: unknown[][] = [];
    await parquetRead({ file, compressors, rowFormat: 'array', onComplete: (all) => (rows = all) });
    for (const row of rows) {
      const values = new Map<string, number>();
      let time = new Date(Number.NaN);
      let line = 0;
      names.forEach((name, i) => {
        if (name === '_time') time = row[i] as Date;
        else if (name === '_line') line = Number(row[i]);
        else if (!name.startsWith('_') && typeof row[i] === 'number') values.set(name, row[i]);
      });
      landed.push({ time, line, values });
    }
  }
  return landed;
}
