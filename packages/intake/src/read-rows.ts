import { quoted } from '@sensor-warehouse/model/findings/finding';
import type { Datasource } from '@sensor-warehouse/model/seeds/configuration';
import { ignoredSensorTest } from '@sensor-warehouse/model/seeds/ignored-sensors';
import { compileFormats } from '@sensor-warehouse/model/time/datetime-formats';
import { DAY } from '@sensor-warehouse/model/time/units';
import type { Zone } from '@sensor-warehouse/model/time/zone';
import { watchCellUnits } from './cells/cell-units';
import { readDecimal } from './cells/decimal';
import { gapTest } from './cells/localise';
import { notANumber } from './cells/not-a-number';
import { textColumn } from './cells/text-column';
import { EARLIEST, readTime, skipWhite, skipWhiteBack, timeCells } from './cells/time-cell';
import type { Intervals } from './cells/usual-steps';
import { openNumberReader } from './cells/written-number';
import { isErrorTable } from './header/annotated-csv';
import type { RowPlan } from './header/row-plan';
import type { NamesOfColumn } from './header/unknown-names';
import { type Chunk, growChunk } from './landing/chunk';
import { delimiterOfText, otherDelimiter } from './opening/lost-header';
import { type Problem, UnreadableFile } from './report/report';
import {
  extraCell,
  implausibleTime,
  mixedFormats,
  timeInGap,
  undeclaredZone,
  unnamed,
  unreadableTime,
} from './row-problems';
import { cellText, isBlank, type Row, type RowCells, rowText } from './text/rows';

/** The outcome for a row: in the chunk, or quarantined; `excused` rows do not count towards the limit. */
export type RowOutcome = 'read' | { readonly problem: Problem; readonly excused?: true; readonly wall?: number };

/** Reads rows one by one into a chunk. */
export interface RowReader {
  /** @throws UnreadableFile where the row shows that the whole file is not what it should be */
  read(row: Row, cells: RowCells, chunk: Chunk): RowOutcome;
  /** The dictionaries of the text columns, in the order of the chunk. */
  readonly names: readonly NamesOfColumn[];
  /** Value cells of an ignored quantity, in the rows read. */
  readonly ignored: number;
  /** Value cells of an ignored sensor, in the rows read. */
  readonly ofIgnoredSensors: number;
  /** Empty value cells, in the rows read. */
  readonly empty: number;
  /** Rows that end with more delimiters than the header. */
  readonly trailing: number;
}

const BOM = Buffer.from('\ufeff', 'utf8');

export function openRowReader(
  { datasource, header, format }: RowPlan,
  zone: Zone,
  now: number,
  intervals?: Intervals,
): RowReader {
  const { width, widthWithUnnamed, timeAt } = header;
  const decimal = datasource.decimal.charCodeAt(0);
  const nulls = datasource.nullValues.map((token) => Buffer.from(token, 'utf8'));
  const valueAt = header.roles.flatMap((role, at) => (role.kind === 'value' ? [at] : []));
  const labelOf = (at: number) => (header.roles[at] as { readonly label: string }).label;
  const textRoles = header.roles.flatMap((role, at) => (role.kind === 'text' ? [{ label: role.label, at }] : []));
  const texts = textRoles.map(({ label, at }) => textColumn(label, at));
  const timeOf = timeCells(timeAt);
  const isInGap = gapTest(zone);
  // If labels are ends, the starts must be plausible.
  const earliest = EARLIEST + (intervals?.longest ?? 0);
  const latest = now + zone.offsetAt(now) + DAY + (intervals?.shortest ?? 0);
  const otherFormats = compileFormats(datasource.datetimeFormats, datasource.zoneNames).filter(
    ({ text }) => text !== format.text,
  );
  // Each row of a long export belongs to a sensor, and perhaps to a quantity.
  const isLong = datasource.layout === 'long';
  const quantityAt = texts.findIndex((_, t) => textRoles[t]!.label === datasource.quantityColumn);
  const ignoresSome = isLong && datasource.ignoredColumns.size > 0;
  const sensorAt = ignoresSome ? texts.findIndex((_, t) => textRoles[t]!.label === datasource.sensorColumn) : -1;
  const isIgnoredSensor = ignoredSensorTest(datasource);
  const ignoredSensors: boolean[] = [];
  const codes = new Int32Array(texts.length);
  let ignored = 0;
  let ofIgnoredSensors = 0;
  let empty = 0;
  let trailing = 0;

  const written = openNumberReader(datasource);
  const seeUnit = watchCellUnits(datasource);
  const numericNulls = nulls.map((token) => written.read(token, 0, token.length)).filter((one) => !Number.isNaN(one));
  const isNull = (bytes: Buffer, start: number, end: number) =>
    start === end || nulls.some((token) => token.length === end - start && token.compare(bytes, start, end) === 0);

  // Indexed by dictionary place, so that each name is looked up once.
  const isOfIgnored = (code: number) => {
    ignoredSensors[code] ??= isIgnoredSensor(texts[sensorAt]!.dictionary[code]!);
    return ignoredSensors[code];
  };
  const nameAt = (at: number) => texts[at]!.dictionary[codes[at]!]!;
  const read = (row: Row, cells: RowCells, chunk: Chunk): RowOutcome => {
    const { bytes } = row;
    const { starts, ends } = cells;
    if (row.fault !== undefined || cells.count !== widthWithUnnamed) {
      const problem = widthProblem(row, cells, width, datasource);
      if (problem !== undefined) return { problem };
      if (cells.count > widthWithUnnamed) trailing++;
    } else if (
      widthWithUnnamed > width &&
      !isBlank(bytes, starts[width]!, row.end, datasource.delimiter.charCodeAt(0))
    ) {
      return { problem: extraCell(row, cells, width, datasource) };
    }
    const time = timeOf(row, cells);
    const wall = readTime(time, format);
    if (!(wall >= earliest && wall <= latest)) {
      const text = Buffer.from(time.bytes.subarray(time.start, time.end)).toString('utf8');
      if (!Number.isNaN(wall)) return { problem: implausibleTime(text, datasource) };
      refuseSecondTable(row, cells, datasource);
      const other = otherFormats.find((one) => !Number.isNaN(readTime(time, one)));
      if (other !== undefined) throw new UnreadableFile(mixedFormats(row.line, text, format, other, datasource));
      const zoneName = format.undeclaredZone?.(time.bytes, time.start, time.end);
      if (zoneName !== undefined) return { problem: undeclaredZone(text, zoneName, datasource) };
      return { problem: unreadableTime(text, format, datasource) };
    }
    if (isInGap(wall)) {
      const text = Buffer.from(time.bytes.subarray(time.start, time.end)).toString('utf8');
      return { problem: timeInGap(text, datasource), excused: true, wall };
    }
    for (let t = 0; t < texts.length; t++) {
      codes[t] = texts[t]!.code(row, cells);
      if (isLong && texts[t]!.dictionary[codes[t]!] === '') return { problem: unnamed(textRoles[t]!.label) };
    }
    const isOfIgnoredSensor = sensorAt >= 0 && isOfIgnored(codes[sensorAt]!);
    const isIgnored = isOfIgnoredSensor || (quantityAt >= 0 && datasource.ignoredColumns.has(nameAt(quantityAt)));
    if (chunk.count === chunk.capacity) growChunk(chunk);
    const at = chunk.count;
    let emptyHere = 0;
    for (let v = 0; v < valueAt.length; v++) {
      const position = valueAt[v]!;
      if (isIgnored) {
        chunk.values[v]![at] = Number.NaN;
        continue;
      }
      let value = readDecimal(bytes, starts[position]!, ends[position]!, decimal);
      if (Number.isNaN(value)) {
        const start = skipWhite(bytes, starts[position]!, ends[position]!);
        const end = skipWhiteBack(bytes, start, ends[position]!);
        if (isNull(bytes, start, end)) emptyHere++;
        else {
          value = written.read(bytes, start, end);
          if (Number.isNaN(value)) {
            return { problem: notANumber(bytes.toString('utf8', start, end), labelOf(position), datasource) };
          }
          if (written.unit !== '') {
            const quantity = quantityAt < 0 ? labelOf(position) : nameAt(quantityAt);
            seeUnit(labelOf(position), quantity, written.unit, row.line);
          }
        }
      }
      if (numericNulls.length > 0 && numericNulls.includes(value)) {
        value = Number.NaN;
        emptyHere++;
      }
      chunk.values[v]![at] = value;
    }
    for (let t = 0; t < texts.length; t++) chunk.texts[t]![at] = codes[t]!;
    if (isOfIgnoredSensor) ofIgnoredSensors += valueAt.length;
    else if (isIgnored) ignored += valueAt.length;
    empty += emptyHere;
    chunk.walls[at] = wall;
    chunk.lines[at] = row.line;
    chunk.count = at + 1;
    return 'read';
  };
  return {
    read,
    names: texts.map(({ dictionary, rows }, t) => ({ label: textRoles[t]!.label, dictionary, rows })),
    get ignored() {
      return ignored;
    },
    get ofIgnoredSensors() {
      return ofIgnoredSensors;
    },
    get empty() {
      return empty;
    },
    get trailing() {
      return trailing;
    },
  };
}

/** A row may have more cells than the header if they are empty. */
function widthProblem(row: Row, cells: RowCells, width: number, datasource: Datasource): Problem | undefined {
  const { count } = cells;
  if (row.fault !== undefined) {
    return {
      code: row.fault,
      found: quoted(rowText(row)),
      expected: row.fault === 'text-after-quote' ? 'a delimiter after a closing quotation mark' : `${width} cells`,
      message: 'the row cannot be split into cells',
      fix: 'correct the row, or export the file again',
    };
  }
  if (count < width) {
    const other = count === 1 ? delimiterOfText(rowText(row), datasource, width) : undefined;
    if (other !== undefined) throw new UnreadableFile(otherDelimiter(row.line, other, datasource));
    refuseSecondTable(row, cells, datasource);
    return {
      code: 'missing-cell',
      found: `${count} cells`,
      expected: `${width}`,
      message: 'the row has too few cells',
      fix: 'correct the row, or export the file again',
    };
  }
  if (count === width || isBlank(row.bytes, cells.starts[width]!, row.end, datasource.delimiter.charCodeAt(0))) {
    return undefined;
  }
  refuseSecondTable(row, cells, datasource);
  return extraCell(row, cells, width, datasource);
}

/** A byte order mark or the name of a time column inside the rows: several files, or several tables, in one. */
function refuseSecondTable(row: Row, cells: RowCells, datasource: Datasource): void {
  if (row.bytes.subarray(row.start, row.end).includes(BOM)) {
    throw new UnreadableFile({
      code: 'concatenated-file',
      line: row.line,
      found: 'a byte order mark',
      expected: 'rows until the end of the file',
      message: 'a second file begins here',
      fix: 'upload the files one by one',
    });
  }
  if (isErrorTable(row, cells)) {
    throw new UnreadableFile({
      code: 'error-answer',
      line: row.line,
      found: quoted(rowText(row)),
      expected: 'rows until the end of the file',
      message: 'the query failed here, and the rest of the table is missing',
      fix: 'run the query again',
    });
  }
  for (let i = 0; i < cells.count; i++) {
    const text = cellText(row, cells, i).trim().normalize('NFC');
    const label = datasource.contract.aliases.get(text) ?? text;
    if (!datasource.timeColumns.includes(label)) continue;
    throw new UnreadableFile({
      code: 'repeated-header',
      line: row.line,
      column: label,
      found: quoted(label),
      expected: 'rows until the end of the file',
      message: 'a second table begins here',
      fix: `upload each table as a file of its own${datasource.comment === '#' ? '; from InfluxDB, export one table with |> group()' : ''}`,
    });
  }
}
