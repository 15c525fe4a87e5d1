import { open, rm } from 'node:fs/promises';
import type { Datasource } from '@sensor-warehouse/model/configuration';
import { type Finding, printable, quoted } from '@sensor-warehouse/model/finding';
import { openZone } from '@sensor-warehouse/model/zone';
import { type Block, countLines, LineTooLong, readBlocks, UndecodableBytes } from './blocks';
import { ownDayOf, watchFormats } from './date-order';
import { compileFormat, type DatetimeFormat } from './datetime-format';
import { readDecimal } from './decimal';
import { type Header, matchHeader } from './header';
import { writeLanding } from './landing';
import { localise } from './localise';
import { otherFormat, wideEncoding } from './not-tabular';
import { newRowCells, type RowFault, type RowVisit, visitRows } from './rows';

/** One downloaded upload. */
export interface ExportFile {
  readonly path: string;
  readonly name: string;
  readonly ordinal: number;
}

/** What became of the lines and cells of one file: lines = landed + quarantined, cells = the sum of the four. */
export interface FileCounts {
  readonly lines: number;
  readonly landed: number;
  readonly quarantined: number;
  readonly cells: number;
  readonly readings: number;
  readonly empty: number;
  readonly ignored: number;
  readonly cellsQuarantined: number;
}

export interface RejectedRow {
  readonly line: number;
  readonly code: string;
  /** The row as received. */
  readonly text: string;
}

export interface ExportReport {
  readonly verdict: 'accepted' | 'refused';
  readonly counts: FileCounts;
  readonly findings: readonly Finding[];
  /** Rows that could not be read, of an accepted file; a refused file is quarantined whole. */
  readonly rejected: readonly RejectedRow[];
  readonly sensor: string;
}

const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;
const TAB = 0x09;
const EARLIEST = Date.UTC(2000, 0, 1);
const DAY = 86_400_000;
/** More rows than this are not kept for the report; such a file is refused anyway. */
const MOST_REJECTED = 10_000;

/**
 * Reads one export against its datasource's contract and writes its landing, if it is accepted.
 *
 * @param landing where to write the Parquet file; nothing is left there if the file is refused
 * @param now the run's clock in milliseconds: rows more than a day after it are not believed
 */
export async function readExport(
  file: ExportFile,
  datasource: Datasource,
  landing: string,
  now: number,
): Promise<ExportReport> {
  const findings: Finding[] = [];
  const base = { datasource: datasource.id, file: file.name };
  const refuse = (finding: Omit<Finding, 'severity' | 'datasource' | 'file' | 'count'>): ExportReport => {
    findings.push({ ...base, severity: 'error', count: 1, ...finding });
    return refusal(0);
  };
  const refusal = (lines: number): ExportReport => ({
    verdict: 'refused',
    counts: { ...NO_COUNTS, lines, quarantined: lines },
    findings,
    rejected: [],
    sensor: '',
  });
  const sensor = sensorOf(file.name, datasource);
  if (sensor.problem !== undefined) return refuse(sensor.problem);
  const form = await lookAtForm(file, datasource);
  if (form !== undefined) return refuse(form);

  try {
    const opening = await readOpening(file, datasource);
    if ('problem' in opening) return refuse(opening.problem);
    const header = matchHeader(opening.labels, datasource, (finding) =>
      findings.push({ ...base, severity: 'error', line: opening.headerLine, count: 1, ...finding }),
    );
    if (header === undefined) return refusal(await countDataLines(file, datasource, opening.headerLine));
    const formats = datasource.datetimeFormats.map(compileFormat);
    const verdict =
      formats.length === 1
        ? { kind: 'decided' as const, format: formats[0]! }
        : await decideFormat(file, datasource, header, opening, formats);
    if (verdict.kind !== 'decided') {
      return refuse({
        code: verdict.kind === 'mixed' ? 'dateformat-mixed' : 'dateformat-ambiguous',
        line: opening.headerLine + 1,
        column: datasource.timeColumns[0]!,
        found: printable(verdict.evidence),
        expected: 'one order of day and month that the dates, their steps or the date of the export decide',
        message:
          verdict.kind === 'mixed'
            ? 'no declared date format reads the whole file'
            : 'the order of day and month cannot be told',
        fix: 'export a longer period, or declare one datetime_format',
      });
    }
    return await readRows(file, datasource, header, opening, verdict.format, sensor.id, landing, now, findings);
  } catch (error) {
    await rm(landing, { force: true });
    if (error instanceof UndecodableBytes) {
      return refuse({
        code: 'encoding-error',
        line: error.line,
        found: `a byte that is not ${datasource.encoding} at offset ${error.offset}`,
        expected: datasource.encoding,
        message: 'the file is not in the declared encoding',
        fix: 'export it as UTF-8, or declare its encoding (Czech Windows programs write windows-1250)',
      });
    }
    if (error instanceof LineTooLong) {
      return refuse({
        code: 'line-too-long',
        line: error.line,
        message: error.message,
        fix: 'check that the file is an export with line ends',
      });
    }
    throw error;
  }
}

const NO_COUNTS: FileCounts = {
  lines: 0,
  landed: 0,
  quarantined: 0,
  cells: 0,
  readings: 0,
  empty: 0,
  ignored: 0,
  cellsQuarantined: 0,
};

type Problem = Omit<Finding, 'severity' | 'datasource' | 'file' | 'count'>;

/** A file per sensor carries its id in the name: four hex digits after an underscore. */
function sensorOf(name: string, datasource: Datasource): { id: string; problem?: Problem } {
  if (datasource.layout !== 'file-per-sensor') return { id: '' };
  const id = /_([0-9A-Fa-f]{4})(?=[_.])/.exec(name)?.[1]?.toUpperCase();
  if (id === undefined) {
    return {
      id: '',
      problem: {
        code: 'sensor-missing',
        found: quoted(name),
        expected: 'a name such as ThermoProSensor_export_493D_20241031.csv',
        message: 'the file name holds no sensor id of four hex digits',
        fix: 'rename the file',
      },
    };
  }
  if (!datasource.sensors.has(id)) {
    return {
      id,
      problem: {
        code: 'sensor-unknown',
        found: quoted(id),
        expected: 'a sensor of the mapping seed',
        message: `the sensor ${quoted(id)} is not mapped to a location`,
        fix: `add ${id},<location> to the mapping of sensors`,
      },
    };
  }
  return { id };
}

/** Looks at the first bytes: is this delimited text in the declared encoding at all? */
async function lookAtForm(file: ExportFile, datasource: Datasource): Promise<Problem | undefined> {
  const handle = await open(file.path, 'r');
  const head = Buffer.alloc(4096);
  const { bytesRead } = await handle.read(head, 0, head.length, 0).finally(() => handle.close());
  const bytes = head.subarray(0, bytesRead);
  const text = bytes.toString('utf8').replace(/^\ufeff/, '');
  if (text.trim() === '') {
    return {
      code: 'empty-file',
      found: bytesRead === 0 ? 'a file of 0 bytes' : 'a file of white space',
      expected: 'a header and rows',
      message: 'the file is empty',
      fix: 'export it again',
    };
  }
  const other = otherFormat(bytes);
  if (other !== undefined) {
    return {
      code: 'not-tabular',
      line: 1,
      found: other.title === undefined ? other.name : `${other.name} titled ${quoted(other.title)}`,
      expected: 'delimited text',
      message: `the file is ${other.name}, not an export`,
      fix:
        other.title === undefined ? 'export the file again as CSV' : 'download it again while signed in, or share it',
    };
  }
  const wide = wideEncoding(bytes);
  if (wide !== undefined && wide !== datasource.encoding) {
    return {
      code: 'encoding-error',
      line: 1,
      found: wide,
      expected: datasource.encoding,
      message: `the file is encoded as ${wide}`,
      fix: `export it as UTF-8, or declare encoding ${wide}`,
    };
  }
  return undefined;
}

interface Opening {
  readonly labels: readonly string[];
  readonly headerLine: number;
  readonly headerText: string;
  readonly preamble: string;
  readonly delimiter: number;
}

/** Reads the preamble and the header. */
async function readOpening(file: ExportFile, datasource: Datasource): Promise<Opening | { problem: Problem }> {
  const delimiter = datasource.delimiter.charCodeAt(0);
  const cells = newRowCells();
  const preamble: string[] = [];
  let opening: Opening | { problem: Problem } | undefined;
  let skip = datasource.skipLines;
  for await (const block of readBlocks(file.path, datasource.encoding)) {
    visitRows(block, delimiter, cells, (row, fault) => {
      const text = row.bytes.subarray(row.start, row.end).toString('utf8');
      if (row.line === 1 && /^\ufeff?sep=.$/.test(text)) return true;
      if (skip > 0) {
        skip--;
        preamble.push(text);
        return true;
      }
      const labels = Array.from({ length: cells.count }, (_, i) => {
        const label = row.bytes.subarray(cells.starts[i]!, cells.ends[i]!).toString('utf8');
        return (i === 0 ? label.replace(/^\ufeff/, '') : label).trim().normalize('NFC');
      });
      opening = headerProblem(labels, text, row.line, fault, datasource) ?? {
        labels,
        headerLine: row.line,
        headerText: text.replace(/^\ufeff/, ''),
        preamble: preamble.join('\n'),
        delimiter,
      };
      return false;
    });
    if (opening !== undefined) break;
  }
  return (
    opening ?? {
      problem: {
        code: 'empty-file',
        expected: `a header in line ${datasource.skipLines + 1}`,
        message: 'the file has no header',
        fix: 'export it again',
      },
    }
  );
}

const DELIMITERS = [',', ';', '\t', '|'];

/** Reports the two ways in which a whole header is wrong at once, instead of a finding for each of its labels. */
function headerProblem(
  labels: readonly string[],
  text: string,
  line: number,
  fault: RowFault | undefined,
  datasource: Datasource,
): { problem: Problem } | undefined {
  if (fault !== undefined) {
    return {
      problem: {
        code: fault,
        line,
        found: quoted(text),
        message: 'the header cannot be read',
        fix: 'export the file again',
      },
    };
  }
  const known = (label: string) =>
    datasource.timeColumns.includes(label) ||
    datasource.columns.has(label) ||
    datasource.requiredColumns.includes(label);
  if (labels.some(known)) return undefined;
  const other = DELIMITERS.find(
    (mark) =>
      mark !== datasource.delimiter &&
      text
        .replace(/^\ufeff/, '')
        .split(mark)
        .some((label) => known(label.trim().replace(/^"|"$/g, '').normalize('NFC'))),
  );
  if (other !== undefined && text.includes(other)) {
    return {
      problem: {
        code: 'delimiter-changed',
        line,
        found: quoted(other),
        expected: quoted(datasource.delimiter),
        message: 'the columns are separated by another character',
        fix: `declare delimiter ${other === '\t' ? 'tab' : other}, or export the file as before`,
      },
    };
  }
  const formats = datasource.datetimeFormats.map(compileFormat);
  const first = Buffer.from(labels.slice(0, datasource.timeColumns.length).join(' '), 'utf8');
  if (formats.some((format) => !Number.isNaN(format.read(first, 0, first.length)))) {
    return {
      problem: {
        code: 'missing-header',
        line,
        found: quoted(text),
        expected: `a header with ${datasource.timeColumns.map(quoted).join(', ')}`,
        message: 'the first row is data, not a header',
        fix: 'export the file again with its header',
      },
    };
  }
  return undefined;
}

/** Visits every data row of the file, after its header, with where the time stands in one piece. */
async function visitData(
  file: ExportFile,
  datasource: Datasource,
  opening: Opening,
  visit: (row: RowVisit, fault: RowFault | undefined, block: Block) => boolean,
  cells = newRowCells(),
): Promise<void> {
  for await (const block of readBlocks(file.path, datasource.encoding)) {
    let stop = false;
    visitRows(block, opening.delimiter, cells, (row, fault) => {
      if (row.line <= opening.headerLine) return true;
      stop = !visit(row, fault, block);
      return !stop;
    });
    if (stop) return;
  }
}

const TIME_TEXT = Buffer.alloc(256);

/** Joins the time cells with one space and returns its length; the text is in TIME_TEXT unless there is one cell. */
function joinTime(
  row: RowVisit,
  cells: { starts: Int32Array; ends: Int32Array },
  positions: readonly number[],
): number {
  let length = 0;
  for (let i = 0; i < positions.length; i++) {
    if (i > 0) TIME_TEXT[length++] = SPACE;
    const start = cells.starts[positions[i]!]!;
    const end = Math.min(cells.ends[positions[i]!]!, start + 100);
    for (let at = start; at < end; at++) TIME_TEXT[length++] = row.bytes[at]!;
  }
  return length;
}

function timePositions(header: Header, datasource: Datasource): number[] {
  return datasource.timeColumns.map((label) => header.labels.indexOf(label));
}

async function decideFormat(
  file: ExportFile,
  datasource: Datasource,
  header: Header,
  opening: Opening,
  formats: readonly DatetimeFormat[],
) {
  const watch = watchFormats(formats);
  const positions = timePositions(header, datasource);
  const last = Math.max(...positions);
  const cells = newRowCells();
  await visitData(
    file,
    datasource,
    opening,
    (row, fault) => {
      if (fault === undefined && cells.count > last) {
        if (positions.length === 1) watch.see(row.bytes, cells.starts[last]!, cells.ends[last]!);
        else watch.see(TIME_TEXT, 0, joinTime(row, cells, positions));
      }
      return true;
    },
    cells,
  );
  return watch.decide(ownDayOf(opening.preamble, file.name));
}

/** Counts the rows of a refused file, so that the equation of lines holds for it too. */
async function countDataLines(file: ExportFile, datasource: Datasource, headerLine: number): Promise<number> {
  let lines = 0;
  for await (const block of readBlocks(file.path, datasource.encoding)) {
    lines += countLines(block.bytes);
    if (block.last && block.bytes.length > 0 && block.bytes[block.bytes.length - 1] !== LF) lines++;
  }
  return Math.max(0, lines - headerLine);
}

async function readRows(
  file: ExportFile,
  datasource: Datasource,
  header: Header,
  opening: Opening,
  format: DatetimeFormat,
  sensor: string,
  landing: string,
  now: number,
  findings: Finding[],
): Promise<ExportReport> {
  const base = { datasource: datasource.id, file: file.name };
  const width = header.labels.length;
  const unnamedLast = header.roles[width - 1]?.kind === 'unnamed';
  const positions = timePositions(header, datasource);
  const mark = datasource.decimal.charCodeAt(0);
  const nulls = datasource.nullValues.map((token) => Buffer.from(token, 'utf8'));
  const valueAt = header.roles.flatMap((role, position) =>
    role.kind === 'value' ? [{ position, label: role.label }] : [],
  );
  const ignoredCells = header.roles.filter((role) => role.kind === 'ignored').length;
  const cellsPerRow = valueAt.length + ignoredCells;

  let capacity = 1 << 14;
  let walls = new Float64Array(capacity);
  let lines = new Int32Array(capacity);
  let values = valueAt.map(() => new Float64Array(capacity));
  let kept = 0;
  let total = 0;
  let empty = 0;
  let crlf = 0;
  let bareLf = 0;
  let trailing = 0;
  const rejected: RejectedRow[] = [];
  const problems = new Map<string, { finding: Finding; count: number }>();
  let fatal: Problem | undefined;
  let rejectedCount = 0;

  const reject = (row: RowVisit, code: string, problem: Omit<Problem, 'code' | 'line'>) => {
    rejectedCount++;
    const key = `${code}/${problem.column ?? ''}`;
    const known = problems.get(key);
    if (known === undefined) {
      problems.set(key, {
        count: 1,
        finding: { ...base, severity: 'warning', count: 1, code, line: row.line, ...problem },
      });
    } else known.count++;
    if (rejected.length < MOST_REJECTED) {
      rejected.push({
        line: row.line,
        code,
        text: row.bytes.subarray(row.start, Math.min(row.end, row.start + 2000)).toString('utf8'),
      });
    }
  };

  const cells = newRowCells();
  const row_ = (row: RowVisit, fault: RowFault | undefined): boolean => {
    const { bytes } = row;
    if (row.end === row.start) return true;
    if (row.lineEnd === 'crlf') crlf++;
    else if (row.lineEnd === 'lf') bareLf++;
    if (isBlank(bytes, row.start, row.end, opening.delimiter)) return true;
    total++;
    if (bytes[row.start] === 0xef && bytes[row.start + 1] === 0xbb && bytes[row.start + 2] === 0xbf) {
      fatal = {
        code: 'concatenated-file',
        line: row.line,
        found: 'a byte order mark',
        message: 'a second file begins here',
        fix: 'upload the files one by one',
      };
      return false;
    }
    if (row.end - row.start === opening.headerText.length || cells.count === width) {
      const text = bytes.subarray(row.start, row.end);
      if (text.length === Buffer.byteLength(opening.headerText) && text.toString('utf8') === opening.headerText) {
        fatal = {
          code: 'repeated-header',
          line: row.line,
          found: 'the header again',
          message: 'a second table begins here',
          fix: 'upload the files one by one',
        };
        return false;
      }
    }
    if (row.lineEnd === 'none') {
      fatal = {
        code: 'truncated-file',
        line: row.line,
        found: quoted(bytes.subarray(row.start, row.end).toString('utf8')),
        expected: 'a line end after the last row',
        message: 'the last line is cut off',
        fix: 'export or upload the file again',
      };
      return false;
    }
    if (fault !== undefined) {
      if (fault === 'unclosed-quote') {
        fatal = {
          code: fault,
          line: row.line,
          message: 'a quotation mark is opened and never closed',
          fix: 'export the file again',
        };
        return false;
      }
      reject(row, fault, { message: 'the row cannot be cut into cells', fix: 'correct the row' });
      return true;
    }
    const count = cells.count;
    if (count !== width) {
      const extraEmpty = count === width + 1 && cells.starts[count - 1] === cells.ends[count - 1];
      const withoutLast = count === width - 1 && unnamedLast;
      if (!extraEmpty && !withoutLast) {
        reject(row, count < width ? 'missing-cell' : 'extra-cell', {
          found: `${count} cells`,
          expected: `${width}`,
          message: count < width ? 'the row has too few cells' : 'the row has too many cells',
          fix: 'correct the row, or export the file again',
        });
        return true;
      }
      if (extraEmpty) trailing++;
    } else if (unnamedLast && !isBlank(bytes, cells.starts[width - 1]!, cells.ends[width - 1]!, SPACE)) {
      reject(row, 'extra-cell', {
        found: quoted(bytes.subarray(cells.starts[width - 1]!, cells.ends[width - 1]!).toString('utf8')),
        expected: 'nothing after the last delimiter',
        message: 'the row has a cell without a column',
        fix: 'correct the row, or export the file again',
      });
      return true;
    }
    let wall: number;
    if (positions.length === 1) {
      const [start, end] = trimmed(bytes, cells.starts[positions[0]!]!, cells.ends[positions[0]!]!);
      wall = format.read(bytes, start, end);
    } else wall = format.read(TIME_TEXT, 0, joinTime(row, cells, positions));
    if (Number.isNaN(wall)) {
      reject(row, 'type-error', {
        column: datasource.timeColumns[0]!,
        found: quoted(
          positions.map((at) => bytes.subarray(cells.starts[at]!, cells.ends[at]!).toString('utf8')).join(' '),
        ),
        expected: `a date and time as ${format.text}`,
        message: 'the time cannot be read, or does not exist',
        fix: 'correct the row, or export the file again',
      });
      return true;
    }
    if (wall < EARLIEST || wall > now + 2 * DAY) {
      reject(row, 'implausible-time', {
        column: datasource.timeColumns[0]!,
        found: new Date(wall).toISOString().slice(0, 19),
        expected: 'a time since 2000 and not in the future',
        message: 'the clock of the sensor was wrong',
        fix: 'set the clock of the sensor, and remove the row',
      });
      return true;
    }
    if (kept === capacity) {
      capacity *= 2;
      walls = grown(walls, capacity);
      lines = grownInts(lines, capacity);
      values = values.map((column) => grown(column, capacity));
    }
    let emptyHere = 0;
    for (let v = 0; v < valueAt.length; v++) {
      const { position, label } = valueAt[v]!;
      let start = cells.starts[position]!;
      let end = cells.ends[position]!;
      let value = readDecimal(bytes, start, end, mark);
      if (Number.isNaN(value)) {
        [start, end] = trimmed(bytes, start, end);
        if (
          start === end ||
          nulls.some((token) => token.length === end - start && token.compare(bytes, start, end) === 0)
        ) {
          emptyHere++;
        } else {
          value = readDecimal(bytes, start, end, mark);
          if (Number.isNaN(value)) {
            reject(row, 'type-error', {
              column: label,
              found: quoted(bytes.subarray(start, end).toString('utf8')),
              expected: `a number with the decimal mark ${quoted(datasource.decimal)}`,
              message: `a cell of ${quoted(label)} is not a number`,
              fix: 'correct the cell, or add the text to null_values if it means «no value»',
            });
            return true;
          }
        }
      }
      values[v]![kept] = value;
    }
    empty += emptyHere;
    walls[kept] = wall;
    lines[kept++] = row.line;
    return true;
  };
  await visitData(
    file,
    datasource,
    opening,
    (row, fault, block) => {
      if (fatal === undefined && row.start === 0) fatal = controlCharacter(block);
      return fatal === undefined && row_(row, fault);
    },
    cells,
  );
  if (fatal !== undefined) {
    findings.push({ ...base, severity: 'error', count: 1, ...fatal });
    const rows = await countDataLines(file, datasource, opening.headerLine);
    return {
      verdict: 'refused',
      counts: { ...NO_COUNTS, lines: rows, quarantined: rows },
      findings,
      rejected: [],
      sensor,
    };
  }
  for (const { finding, count } of problems.values()) findings.push({ ...finding, count });
  if (rejectedCount > datasource.rejectLimit) {
    const refused = findings.map((finding) => ({
      ...finding,
      severity: 'error' as const,
      message: `${finding.message} (${rejectedCount} of ${total} rows cannot be read, the reject_limit is ${datasource.rejectLimit})`,
    }));
    return {
      verdict: 'refused',
      counts: { ...NO_COUNTS, lines: total, quarantined: total },
      findings: refused,
      rejected: [],
      sensor,
    };
  }

  const zone = openZone(datasource.timezone);
  const { instants, inGap, undecided } = localise(walls.subarray(0, kept), zone);
  let landed = 0;
  for (let i = 0; i < kept; i++) {
    if (Number.isNaN(instants[i]!)) {
      for (let v = 0; v < values.length; v++) if (Number.isNaN(values[v]![i]!)) empty--;
      if (rejected.length < MOST_REJECTED) {
        rejected.push({
          line: lines[i]!,
          code: 'timezone-nonexistent',
          text: new Date(walls[i]!).toISOString().slice(0, 19),
        });
      }
      continue;
    }
    instants[landed] = instants[i]!;
    lines[landed] = lines[i]!;
    for (const column of values) column[landed] = column[i]!;
    landed++;
  }
  if (inGap > 0) {
    const line = rejected.find((one) => one.code === 'timezone-nonexistent')?.line;
    findings.push({
      ...base,
      severity: 'warning',
      code: 'timezone-nonexistent',
      ...(line === undefined ? {} : { line }),
      column: datasource.timeColumns[0]!,
      count: inGap,
      expected: `times that exist in ${datasource.timezone}`,
      message: 'times inside the hour that the clocks skip in spring were quarantined',
      fix: 'set the clock of the device to follow daylight saving',
    });
  }
  if (undecided.length > 0) {
    findings.push({
      ...base,
      severity: 'warning',
      code: 'timezone-ambiguous',
      line: lines[undecided[0]!]!,
      column: datasource.timeColumns[0]!,
      count: undecided.length,
      message: 'times inside the doubled hour of autumn fit both passes; they were taken for the first',
      fix: 'export the night of the change again, without gaps',
    });
  }
  const warn = (code: string, count: number, message: string, fix: string) =>
    findings.push({ ...base, severity: 'warning', code, count, message, fix });
  if (crlf > 0 && bareLf > 0)
    warn('mixed-line-ends', Math.min(crlf, bareLf), 'the file mixes two kinds of line ends', 'export the file again');
  if (trailing > 0)
    warn(
      'trailing-delimiter',
      trailing,
      'rows end with one delimiter more than the header',
      'nothing is lost; export again to silence this',
    );
  if (total === 0) warn('no-rows', 1, 'the file has a header and no rows', 'check the period of the export');
  if (ignoredCells > 0 && landed > 0) {
    const ignored = header.roles.flatMap((role) => (role.kind === 'ignored' ? [role.label] : []));
    findings.push({
      ...base,
      severity: 'info',
      code: 'ignored-column',
      column: ignored.join(', '),
      count: landed * ignoredCells,
      message: 'cells of ignored columns were left out',
      fix: 'map the column to publish it',
    });
  }
  await writeLanding(landing, [...datasource.columns.keys()], {
    count: landed,
    time: instants,
    line: lines,
    values: new Map(valueAt.map(({ label }, v) => [label, values[v]!])),
    file: file.name,
    ordinal: file.ordinal,
    sensor,
  });
  const quarantined = rejectedCount + inGap;
  return {
    verdict: 'accepted',
    findings,
    rejected,
    sensor,
    counts: {
      lines: total,
      landed,
      quarantined,
      cells: total * cellsPerRow,
      readings: landed * valueAt.length - empty,
      empty,
      ignored: landed * ignoredCells,
      cellsQuarantined: quarantined * cellsPerRow,
    },
  };
}

function isBlank(bytes: Buffer, start: number, end: number, delimiter: number): boolean {
  for (let at = start; at < end; at++) {
    const byte = bytes[at]!;
    if (byte !== delimiter && byte !== SPACE && byte !== TAB && byte !== CR) return false;
  }
  return true;
}

function trimmed(bytes: Buffer, start: number, end: number): [number, number] {
  while (start < end && (bytes[start] === SPACE || bytes[start] === TAB)) start++;
  while (end > start && (bytes[end - 1] === SPACE || bytes[end - 1] === TAB)) end--;
  return [start, end];
}

/** NUL, Ctrl-Z and form feed do not occur in exports; they come with broken transfers and concatenations. */
function controlCharacter(block: Block): Problem | undefined {
  for (const byte of [0x00, 0x1a, 0x0c]) {
    const at = block.bytes.indexOf(byte);
    if (at < 0) continue;
    return {
      code: 'control-character',
      line: block.firstLine + countLines(block.bytes.subarray(0, at)),
      found: `the byte 0x${byte.toString(16).padStart(2, '0')}`,
      expected: 'text',
      message: 'the file holds a control character',
      fix: 'export or upload the file again',
    };
  }
  return undefined;
}

function grown(array: Float64Array<ArrayBuffer>, capacity: number): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(capacity);
  larger.set(array);
  return larger;
}

function grownInts(array: Int32Array<ArrayBuffer>, capacity: number): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(capacity);
  larger.set(array);
  return larger;
}
