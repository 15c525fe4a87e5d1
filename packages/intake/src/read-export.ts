import type { Datasource } from '@sensor-warehouse/model/configuration';
import type { Finding } from '@sensor-warehouse/model/finding';
import { openZone } from '@sensor-warehouse/model/zone';
import { acceptedReport, type RowsOfFile } from './accepted-report';
import { newChunk } from './chunk';
import { countLines } from './count-lines';
import { decideFormat } from './decide-format';
import { formProblem } from './form';
import { type Header, matchHeader } from './header';
import { openLandingParts } from './landing-parts';
import { type Opening, readOpening, truncated } from './opening';
import { openRowReader } from './read-rows';
import { collectRejections } from './rejections';
import { type ExportFile, type ExportReport, type Problem, refusedCounts, UnreadableFile } from './report';
import { isBlankRow, newRowCells, rowText } from './rows';
import { sensorOfName } from './sensor-of-name';
import { type TextForm, visitRows } from './visit-rows';

/**
 * Reads one export against its datasource's contract and writes its landing, if it is accepted.
 *
 * @param landing path of the landing's Parquet files without `-000.parquet`; nothing is left there of a refused file
 * @param now the run's clock in milliseconds: rows more than a day after it are not believed
 */
export async function readExport(
  file: ExportFile,
  datasource: Datasource,
  landing: string,
  now: number,
): Promise<ExportReport> {
  const base = { datasource: datasource.id, file: file.name };
  const form: TextForm = { encoding: datasource.encoding, delimiter: datasource.delimiter.charCodeAt(0) };
  const findings: Finding[] = [];
  const refuse = (problem: Problem) => findings.push({ ...base, severity: 'error', count: 1, ...problem });
  let headerLine = 0;
  let sensor = '';
  const refusal = async (): Promise<ExportReport> => {
    const lines = await countLines(file.path, form, headerLine);
    return { verdict: 'refused', counts: refusedCounts(lines), findings, rejected: [], sensor };
  };

  const notText = await formProblem(file.path, datasource);
  if (notText !== undefined) {
    refuse(notText);
    return { verdict: 'refused', counts: refusedCounts(0), findings, rejected: [], sensor };
  }
  try {
    const opening = await readOpening(file.path, datasource, form);
    headerLine = opening.headerLine;
    sensor = sensorOfName(file.name, datasource, refuse);
    const header = matchHeader(opening.labels, datasource, (problem) => refuse({ line: headerLine, ...problem }));
    if (header === undefined || findings.length > 0) return await refusal();
    const rows = await readRows(file, datasource, form, opening, header, sensor, landing, now);
    if (rows.rejections.counted > datasource.rejectLimit) {
      findings.push(...rows.rejections.findings(base, overTheLimit(rows, datasource)));
      return await refusal();
    }
    return acceptedReport(base, datasource, header, sensor, rows);
  } catch (error) {
    if (!(error instanceof UnreadableFile)) throw error;
    refuse(error.problem);
    return await refusal();
  }
}

/** Reads the rows in chunks of bounded size, each of which becomes a part of the landing. */
async function readRows(
  file: ExportFile,
  datasource: Datasource,
  form: TextForm,
  opening: Opening,
  header: Header,
  sensor: string,
  landing: string,
  now: number,
): Promise<RowsOfFile> {
  const format = await decideFormat(file, datasource, form, opening, header);
  const zone = openZone(datasource.timezone);
  const labels = header.roles.flatMap((role) => (role.kind === 'value' ? [role.label] : []));
  const parts = openLandingParts(landing, file, sensor, datasource, labels, zone);
  const cells = newRowCells();
  const reader = openRowReader(datasource, header, format, zone, now, cells);
  const rejections = collectRejections(datasource.rejectLimit);
  const chunk = newChunk(labels.length);
  const lineEnds = { lf: 0, crlf: 0, cr: 0 };
  let total = 0;
  try {
    await visitRows(file.path, form, cells, (row) => {
      if (row.line <= opening.headerLine) return true;
      if (isBlankRow(row, form.delimiter)) return true;
      if (row.lineEnd === 'none') throw new UnreadableFile(truncated(row.line, rowText(row)));
      total++;
      lineEnds[row.lineEnd]++;
      const outcome = reader.read(row, chunk);
      if (outcome !== 'read') {
        if (outcome.excused) rejections.excuse(row, outcome.problem);
        else rejections.reject(row, outcome.problem);
        return true;
      }
      return chunk.count < chunk.most || parts.write(chunk, false);
    });
    const refused = rejections.counted > datasource.rejectLimit;
    if (refused) await parts.discard();
    else await parts.write(chunk, true);
  } catch (error) {
    await parts.discard();
    throw error;
  }
  const { landed, undecided } = parts;
  const { empty, trailing } = reader;
  return { total, landed, undecided, rejections, empty, trailing, lineEnds };
}

function overTheLimit({ rejections, total }: RowsOfFile, { rejectLimit }: Datasource): string {
  return `${rejections.counted} of ${total} rows cannot be read, the reject_limit is ${rejectLimit}`;
}
