import { quoted } from '@sensor-warehouse/model/finding';
import { HEX_PATTERN, sensorIdOf } from '@sensor-warehouse/model/sensor-pattern';
import { otherFormat } from '../not-tabular';
import { type Problem, UnreadableFile } from '../report';
import { decodeSample } from './decode-sample';
import { type FoundTable, findTable, type NoTable } from './find-table';
import type { JsonForm } from './look-at-json';
import { decimalOf } from './number-form';
import { columnsOf, quantitiesOf, type SampleColumn } from './sample-columns';
import { type DeclaredLayout, layoutOf, type SampleLayout } from './sample-layout';
import { type DeclaredTime, timeOf } from './time-columns';
import { likeliest, mapTold, type Told, told } from './told';

/** What a sample looks like. What it does not tell is open, with the answers that are possible. */
export interface SampleLook extends SampleLayout {
  readonly name: string;
  readonly encoding: Told<string>;
  readonly delimiter: Told<string>;
  readonly decimal: Told<'.' | ','>;
  /** Rows before the header that are no comments. */
  readonly skipLines: number;
  readonly commentPrefix: string;
  readonly comments: number;
  readonly unitRow: boolean;
  readonly headerLine: number;
  /** Rows below the header. */
  readonly rows: number;
  readonly timeColumns: Told<readonly string[]>;
  readonly datetimeFormat: Told<string>;
  /** Whether each time is an instant by itself, and no time zone is needed. */
  readonly absolute: boolean;
  readonly columns: readonly SampleColumn[];
  /** Of a table with a row for each reading: its quantities, as if each had a column. */
  readonly quantities: readonly SampleColumn[];
  /** The sensors that the file's name or its rows name. */
  readonly sensors: readonly string[];
  /** The usual step from one time to the next, milliseconds; undefined with fewer than two times. */
  readonly interval: number | undefined;
  /** Of JSON alone. */
  readonly json?: JsonForm;
}

/** What a person said of the form of samples; it is taken as said, and not looked for. */
export interface DeclaredForm extends DeclaredTime, DeclaredLayout {
  readonly encoding?: string;
  readonly delimiter?: string;
  readonly decimal?: '.' | ',';
  readonly nullValues?: readonly string[];
  /** Of JSON: the list of records, `list[]`, or `.`. */
  readonly records?: string;
}

/** Bytes that are looked at: months of minutes. The whole file is read when it is tried. */
export const MOST_LOOKED_AT = 8 << 20;

/**
 * Looks at an export of which nothing is known: encoding, delimiter, decimal mark, header, times, columns.
 * @param now the run's clock in milliseconds: what would be later is no time
 * @throws UnreadableFile if it is no table with a header and times
 */
export function lookAtSample(name: string, bytes: Buffer, now: number, declared: DeclaredForm = {}): SampleLook {
  if (bytes.length === 0) throw new UnreadableFile(unreadable('empty-file', 'a file of 0 bytes', 'the file is empty'));
  const other = otherFormat(bytes.subarray(0, 1 << 16));
  if (other !== undefined) {
    const found = other.title === undefined ? other.name : `${other.name} titled ${quoted(other.title)}`;
    throw new UnreadableFile({ ...unreadable('not-tabular', found, `the file is ${other.name}`), fix: other.fix });
  }
  const { encoding, utf8 } = decodeSample(cutAtLine(bytes), declared.encoding);
  const found = findTable(utf8, declared.delimiter);
  if (typeof found === 'string') throw new UnreadableFile(noTable(found));
  const table = likeliest(found);
  const time = timeOf(table, now, declared);
  if (time === undefined) throw new UnreadableFile(noTime(table, declared.timeColumns));
  const { columns: timeColumns, format, absolute, texts, walls } = likeliest(time);
  const decimal =
    declared.decimal === undefined ? decimalOf(cellsOf(table, timeColumns), table.delimiter) : told(declared.decimal);
  const nullValues = declared.nullValues ?? [];
  const columns = columnsOf(table, timeColumns, likeliest(decimal), nullValues);
  const layout = layoutOf(name, table, columns, texts, declared);
  const [quantity, value] = [layout.quantityColumn.value, layout.valueColumn.value];
  return {
    name,
    encoding,
    delimiter: mapTold(found, (one) => one.delimiter),
    decimal,
    skipLines: table.skipLines,
    commentPrefix: table.commentPrefix,
    comments: table.comments,
    unitRow: table.units !== undefined,
    headerLine: table.headerLine,
    rows: table.rows.length,
    timeColumns: mapTold(time, (one) => one.columns),
    datetimeFormat: format,
    absolute,
    ...layout,
    columns,
    quantities: quantity && value ? quantitiesOf(table, quantity, value, likeliest(decimal), nullValues) : [],
    sensors: sensorsOf(name, columns, layout, declared.sensorPattern),
    interval: intervalOf(walls),
  };
}

export function sensorsOf(
  name: string,
  columns: readonly SampleColumn[],
  { layout, sensorColumn }: SampleLayout,
  pattern = HEX_PATTERN,
): readonly string[] {
  if (layout.value === 'long') return columns.find(({ label }) => label === sensorColumn.value)?.distinct ?? [];
  const sensor = layout.choices.includes('file-per-sensor') ? sensorIdOf(name, pattern) : undefined;
  return sensor === undefined ? [] : [sensor];
}

/** Up to the last line end that is looked at. */
function cutAtLine(bytes: Buffer): Buffer {
  if (bytes.length <= MOST_LOOKED_AT) return bytes;
  const end = bytes.lastIndexOf(0x0a, MOST_LOOKED_AT - 4);
  // In UTF-16 a zero byte may belong to the line end.
  return bytes.subarray(0, bytes[end + 1] === 0 ? end + 2 : end + 1);
}

function* cellsOf(table: FoundTable, timeColumns: readonly string[]): Generator<string> {
  const at = table.labels.flatMap((label, i) => (timeColumns.includes(label) ? [] : [i]));
  for (const { cells } of table.rows) for (const i of at) yield cells[i] ?? '';
}

export function intervalOf(walls: Float64Array): number | undefined {
  const times = [...new Set(walls)].sort((a, b) => a - b);
  const steps = times.slice(1).map((time, i) => time - times[i]!);
  return steps.sort((a, b) => a - b)[steps.length >> 1];
}

function unreadable(code: string, found: string, message: string): Problem {
  return { code, found, expected: 'a table of delimited text with a header', message, fix: 'export it again as CSV' };
}

function noTable(reason: NoTable): Problem {
  if (reason === 'no-header') {
    return {
      ...unreadable('missing-header', 'rows of data', 'no header stands above the rows'),
      fix: 'export it with a header: columns are known by their names',
    };
  }
  return {
    ...unreadable('not-tabular', 'no rows that hold a date and another cell', 'no table of times was found'),
    expected: 'rows separated by , ; | or tabs, with a date such as 2024-10-31 14:00 in each',
    fix: 'give --delimiter, or export it with the date in numbers',
  };
}

function noTime({ labels }: FoundTable, declared: readonly string[] | undefined): Problem {
  return {
    code: 'type-error',
    found: declared === undefined ? labels.map(quoted).join(', ') : declared.map(quoted).join(', '),
    expected: 'a column whose cells are times since 2000 and up to now, in one form',
    message: 'no column holds a time that can be read',
    fix: 'name the columns with --time-column, or export the time as 2024-10-31 14:00',
  };
}
