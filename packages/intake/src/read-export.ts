import { fstatSync } from 'node:fs';
import { type Finding, hasErrors, quoted } from '@sensor-warehouse/model/findings/finding';
import { systemError } from '@sensor-warehouse/model/findings/io-failure';
import type { Datasource } from '@sensor-warehouse/model/seeds/configuration';
import { onDriftOf } from '@sensor-warehouse/model/seeds/drift-policy';
import { acceptedReport, type RowsOfFile } from './accepted-report';
import { afterAcceptance } from './drift/after-acceptance';
import { changedEncoding, encodedTwice } from './drift/changed-encoding';
import { newHeader } from './drift/known-header';
import { type Diagnosis, explainMismatches } from './drift/mismatches';
import { explainOtherDelimiter } from './drift/other-delimiter';
import { causesOfRejections } from './drift/rejected-rows';
import { type Header, matchHeader } from './header/header';
import type { RowPlan } from './header/row-plan';
import { sensorOfName } from './header/sensor-of-name';
import { unitProblems } from './header/unit-row';
import { tableForm, withJsonTable } from './json/json-table';
import { landRows } from './land-rows';
import { decideFormat } from './opening/decide-format';
import { type Opening, readOpening } from './opening/opening';
import { openingAgain } from './opening/opening-again';
import { fewFindings } from './report/few-findings';
import {
  type ExportFile,
  type ExportReport,
  type Problem,
  type ReadReport,
  refusedCounts,
  UnreadableFile,
} from './report/report';
import { countLines } from './text/count-lines';
import { formProblem } from './text/form';
import { withPlainFile } from './text/plain-file';
import { closeTextFile, formOf, openTextFile, type Room, type TextFile, type TextForm } from './text/text-file';

/**
 * Reads one export against its datasource's contract and writes its landing, if it is accepted.
 *
 * @param landing path of the landing's Parquet files without `-000.parquet`; nothing is left there of a refused file
 * @param now the run's clock in milliseconds: rows more than a day after it are not believed
 * @param room where the bytes are read; no other export may be read in it meanwhile
 */
export async function readExport(
  file: ExportFile,
  datasource: Datasource,
  landing: string,
  now: number,
  room: Room,
): Promise<ExportReport> {
  room.mayPass = false;
  const report = await readUpload(file, datasource, landing, now, room);
  return {
    ...report,
    mayPass: room.mayPass,
    holds: report.verdict === 'refused' && holdsSource(report.findings, datasource),
    findings: fewFindings(report.findings, room.limits.findings, { datasource: datasource.id, file: file.name }),
  };
}

/** One change that holds is enough. */
function holdsSource(findings: readonly Finding[], { onDrift }: Datasource): boolean {
  return findings.some(({ severity, code }) => severity === 'error' && onDriftOf(onDrift, code) === 'hold');
}

async function readUpload(
  file: ExportFile,
  datasource: Datasource,
  landing: string,
  now: number,
  room: Room,
): Promise<ReadReport> {
  try {
    return await withPlainFile(file, room.limits, async (path) => {
      if (datasource.type === 'csv')
        return readTable(path, formOf(datasource), room, (text) => readText(text, file, datasource, landing, now));
      return withJsonTable({ path, name: file.name }, datasource, async (table) => {
        const report = await readTable(table.path, tableForm(table.datasource), room, (text) =>
          readText(text, file, table.datasource, landing, now),
        );
        const base = { datasource: datasource.id, file: file.name, severity: 'warning' } as const;
        const notes = table.notes.map(({ problem, count }): Finding => ({ ...base, count, ...problem }));
        const told = report.findings.map((finding) => withPointer(finding, datasource));
        return { ...report, findings: report.verdict === 'refused' ? told : [...notes, ...told] };
      });
    });
  } catch (error) {
    const problem = error instanceof UnreadableFile ? error.problem : withoutRoom(error);
    if (problem === undefined) throw error;
    room.mayPass ||= !(error instanceof UnreadableFile);
    // An archive that cannot be opened has no lines that could be counted.
    const finding: Finding = {
      datasource: datasource.id,
      file: file.name,
      severity: 'error',
      count: 1,
      ...problem,
    };
    return refusedReport([finding], 0, 0, '');
  }
}

/** Reading an export may fill the disk or exceed the largest file size; that must not stop the others. */
function withoutRoom(error: unknown): Problem | undefined {
  const errno = systemError(error)?.errno ?? '';
  const room = { code: 'upload-without-room', expected: 'room for the export as it is read' } as const;
  if (errno === 'EFBIG') {
    return {
      ...room,
      found: 'a limit of file sizes',
      message: 'reading the export needs a larger file than may be written here; none of it was taken',
      fix: 'raise the limit of file sizes (ulimit -f), use disks that hold larger files, or upload it in pieces',
    };
  }
  if (errno !== 'ENOSPC' && errno !== 'EDQUOT') return undefined;
  return {
    ...room,
    found: 'a full disk',
    message: 'the disk filled up while the export was read; none of it was taken',
    fix: 'free space on the disks of the work folder and of TMPDIR, or upload it in pieces',
  };
}

/** A finding about a document names values by their pointers, and has no line if it is about all records. */
function withPointer({ line, column, ...finding }: Finding, { pointers }: Datasource): Finding {
  const named = (words: string) =>
    words.replace(/"[^"]*"/g, (name) => {
      const pointer = pointers.get(name.slice(1, -1));
      return pointer === undefined ? name : quoted(pointer);
    });
  return {
    ...finding,
    message: named(finding.message),
    ...(finding.expected === undefined ? {} : { expected: named(finding.expected) }),
    ...(line === undefined || line === 0 ? {} : { line }),
    ...(column === undefined ? {} : { column: pointers.get(column) ?? column }),
  };
}

async function readTable(
  path: string,
  form: TextForm,
  room: Room,
  read: (text: TextFile) => Promise<ReadReport>,
): Promise<ReadReport> {
  const text = openTextFile(path, form, room);
  try {
    return await read(text);
  } finally {
    closeTextFile(text);
  }
}

function refusedReport(findings: readonly Finding[], lines: number, headerLine: number, sensor: string): ReadReport {
  return {
    verdict: 'refused',
    counts: refusedCounts(lines),
    findings,
    rejected: [],
    headerLine,
    sensor,
    period: undefined,
  };
}

async function readText(
  text: TextFile,
  file: ExportFile,
  datasource: Datasource,
  landing: string,
  now: number,
): Promise<ReadReport> {
  const base = { datasource: datasource.id, file: file.name };
  const findings: Finding[] = [];
  const refuse = (problem: Problem) => findings.push({ ...base, severity: 'error', count: 1, ...problem });
  let headerLine = 0;
  let sensor = '';
  const refusal = (lines = countLines(text, headerLine)): ReadReport => {
    // Mere oddities of the header follow from its problems, or can wait until those are fixed.
    const errors = findings.filter(({ severity }) => severity === 'error');
    return refusedReport(errors, lines, headerLine, sensor);
  };

  const tooMany = tooManyBytes(text);
  if (tooMany !== undefined) {
    refuse(tooMany);
    return refusal();
  }
  const notText = formProblem(text, datasource);
  if (notText !== undefined) {
    refuse(await diagnosed(text, notText, datasource));
    return refusal(0);
  }
  try {
    const opening = await readOpening(text, datasource);
    const table: TextFile = { ...text, openingAgain: openingAgain(opening, datasource) };
    headerLine = opening.headerLine;
    sensor = sensorOfName(file.name, datasource, refuse);
    const { header, doubts } = await checkHeader(table, file.name, opening, datasource);
    findings.push(...doubts.map((doubt) => ({ ...base, line: headerLine, count: 1, ...doubt })));
    if (opening.units !== undefined)
      for (const problem of unitProblems(opening.units, header, datasource)) refuse(problem);
    if (hasErrors(findings)) return refusal();
    const format = await decideFormat(table, file.name, datasource, opening, header);
    const plan: RowPlan = { datasource, headerLine, header, format };
    const rows = await landRows(table, file, plan, landing, now);
    if (rows.unknown.length > 0) {
      findings.push(
        ...rows.unknown.map(({ problem, count }) => ({ ...base, severity: 'error' as const, count, ...problem })),
      );
      return refusal();
    }
    if (rows.rejections.counted > datasource.rejectLimit) {
      const causes = await causesOfRejections(table, plan);
      if (causes.length === 0) findings.push(...rows.rejections.findings(base, overTheLimit(rows, datasource)));
      else
        findings.push(
          ...causes.map(({ problem, count }) => ({ ...base, severity: 'error' as const, count, ...problem })),
        );
      return refusal();
    }
    const report = acceptedReport(base, plan, sensor, rows);
    return { ...report, findings: [...findings, ...report.findings] };
  } catch (error) {
    if (!(error instanceof UnreadableFile)) throw error;
    refuse(await diagnosed(text, error.problem, datasource));
    return refusal();
  }
}

function tooManyBytes({ descriptor, room }: TextFile): Problem | undefined {
  const { size } = fstatSync(descriptor);
  if (size <= room.limits.bytes) return undefined;
  return {
    code: 'file-too-large',
    found: `${size} bytes`,
    expected: `at most ${room.limits.bytes}`,
    message: 'the file is larger than allowed',
    fix: 'export less at a time, or raise bytes in seeds/limits.csv',
  };
}

/** Bytes outside the encoding may be the whole file in another one. */
async function diagnosed(text: TextFile, problem: Problem, datasource: Datasource): Promise<Problem> {
  return problem.code === 'encoding-error' ? ((await changedEncoding(text, datasource)) ?? problem) : problem;
}

/** The header, with its problems, or with what is new about it. */
async function checkHeader(
  text: TextFile,
  fileName: string,
  opening: Opening,
  datasource: Datasource,
): Promise<{ readonly header: Header; readonly doubts: readonly Diagnosis[] }> {
  const { labels, headerLine } = opening;
  const match = matchHeader(labels, datasource);
  const error = (problem: Problem): Diagnosis => ({ severity: 'error', ...problem });
  const doubts = match.problems.map(error);
  if (match.unknown.length > 0) {
    const encoding = encodedTwice(labels, datasource) ?? (await changedEncoding(text, datasource));
    if (encoding !== undefined) return { header: match.header, doubts: [...doubts, error(encoding)] };
  }
  const otherwise =
    labels.length === 1 && match.unknown.length === 1
      ? await explainOtherDelimiter(text, fileName, opening, datasource)
      : undefined;
  if (otherwise !== undefined) return { header: match.header, doubts: [...doubts, ...otherwise] };
  if (match.unknown.length > 0 || match.missing.length > 0)
    doubts.push(...(await explainMismatches(text, headerLine, labels, match, datasource)));
  else if (doubts.length === 0) doubts.push(...newHeader(labels, datasource));
  doubts.push(...(await afterAcceptance(text, fileName, opening, doubts, datasource)));
  return { header: match.header, doubts };
}

function overTheLimit({ rejections, total }: RowsOfFile, { rejectLimit }: Datasource): string {
  return `${rejections.counted} of ${total} rows cannot be read, the reject_limit is ${rejectLimit}`;
}
