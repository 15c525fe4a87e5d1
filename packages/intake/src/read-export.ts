import type { Datasource } from '@sensor-warehouse/model/configuration';
import type { DatetimeFormat } from '@sensor-warehouse/model/datetime-format';
import type { Finding } from '@sensor-warehouse/model/finding';
import { openZone } from '@sensor-warehouse/model/zone';
import { acceptedReport, type RowsOfFile } from './accepted-report';
import { newChunk } from './chunk';
import { countLines } from './count-lines';
import { decideFormat } from './decide-format';
import { formProblem } from './form';
import { type Header, matchHeader } from './header';
import { openLandingParts } from './landing-parts';
import { readOpening, truncated } from './opening';
import { openRowReader } from './read-rows';
import { collectRejections } from './rejections';
import { type ExportFile, type ExportReport, type Problem, refusedCounts, UnreadableFile } from './report';
import { isBlankRow, rowText } from './rows';
import { sensorOfName } from './sensor-of-name';
import { closeTextFile, openTextFile, type Room, type TextFile } from './text-file';
import { visitRows } from './visit-rows';

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
  const form = { encoding: datasource.encoding, delimiter: datasource.delimiter.charCodeAt(0) };
  const text = openTextFile(file.path, form, room);
  try {
    return await readText(text, file, datasource, landing, now);
  } finally {
    closeTextFile(text);
  }
}

async function readText(
  text: TextFile,
  file: ExportFile,
  datasource: Datasource,
  landing: string,
  now: number,
): Promise<ExportReport> {
  const base = { datasource: datasource.id, file: file.name };
  const findings: Finding[] = [];
  const refuse = (problem: Problem) => findings.push({ ...base, severity: 'error', count: 1, ...problem });
  let headerLine = 0;
  let sensor = '';
  const refusal = (lines = countLines(text, headerLine)): ExportReport => {
    return { verdict: 'refused', counts: refusedCounts(lines), findings, rejected: [], sensor, period: undefined };
  };

  const notText = formProblem(text, datasource);
  if (notText !== undefined) {
    refuse(notText);
    return refusal(0);
  }
  try {
    const opening = await readOpening(text, datasource);
    headerLine = opening.headerLine;
    sensor = sensorOfName(file.name, datasource, refuse);
    const header = matchHeader(opening.labels, datasource, (problem) => refuse({ line: headerLine, ...problem }));
    if (header === undefined || findings.length > 0) return refusal();
    const format = await decideFormat(text, file.name, datasource, opening, header);
    const rows = await readRows(text, file, datasource, headerLine, header, format, landing, now);
    if (rows.rejections.counted > datasource.rejectLimit) {
      findings.push(...rows.rejections.findings(base, overTheLimit(rows, datasource)));
      return refusal();
    }
    return acceptedReport(base, datasource, header, sensor, rows);
  } catch (error) {
    if (!(error instanceof UnreadableFile)) throw error;
    refuse(error.problem);
    return refusal();
  }
}

/** Reads the rows in chunks of bounded size, each of which becomes a part of the landing. */
async function readRows(
  text: TextFile,
  file: ExportFile,
  datasource: Datasource,
  headerLine: number,
  header: Header,
  format: DatetimeFormat,
  landing: string,
  now: number,
): Promise<RowsOfFile> {
  const zone = openZone(datasource.timezone);
  const labels = header.roles.flatMap((role) => (role.kind === 'value' ? [role.label] : []));
  const parts = openLandingParts(landing, file.ordinal, datasource, labels, zone);
  const reader = openRowReader(datasource, header, format, zone, now);
  const rejections = collectRejections(datasource.rejectLimit);
  const chunk = newChunk(labels.length);
  const lineEnds = { lf: 0, crlf: 0, cr: 0 };
  let total = 0;
  try {
    await visitRows(text, (row, cells) => {
      if (row.line <= headerLine || isBlankRow(row, text.delimiter)) return true;
      if (row.lineEnd === 'none') throw new UnreadableFile(truncated(row.line, rowText(row)));
      total++;
      if (row.lineEnd === 'crlf') lineEnds.crlf++;
      else if (row.lineEnd === 'lf') lineEnds.lf++;
      else lineEnds.cr++;
      const outcome = reader.read(row, cells, chunk);
      if (outcome !== 'read') {
        if (outcome.excused) rejections.excuse(row, outcome.problem);
        else rejections.reject(row, outcome.problem);
        return true;
      }
      return chunk.count < chunk.most || parts.write(chunk, false);
    });
    if (rejections.counted > datasource.rejectLimit) await parts.discard();
    else await parts.write(chunk, true);
  } catch (error) {
    await parts.discard();
    throw error;
  }
  const { landed, period, undecided } = parts;
  const { empty, trailing } = reader;
  return { total, landed, period, undecided, rejections, empty, trailing, lineEnds };
}

function overTheLimit({ rejections, total }: RowsOfFile, { rejectLimit }: Datasource): string {
  return `${rejections.counted} of ${total} rows cannot be read, the reject_limit is ${rejectLimit}`;
}
