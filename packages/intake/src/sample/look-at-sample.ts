import { quoted } from '@sensor-warehouse/model/findings/finding';
import { UnreadableFile } from '../report/report';
import { otherFormat } from '../text/not-tabular';
import { decodeSample } from './decode-sample';
import { type FoundTable, findTable } from './find-table';
import type { JsonForm } from './look-at-json';
import { lookAtRows } from './look-at-rows';
import { decimalOfCells, type NumberForm } from './number-form';
import { otherArrangement } from './other-arrangement';
import type { SampleColumn } from './sample-columns';
import type { DeclaredLayout, SampleLayout } from './sample-layout';
import { thousandsOf } from './thousands';
import { type DeclaredTime, timeOf } from './time-columns';
import { likeliest, mapTold, open, type Told, told } from './told';
import { noTable, noTime, unreadable, unreadClock } from './unreadable-sample';
import type { FoundZone } from './zone-names';

/** Everything a sample shows. Anything it does not show is open, with the possible answers. */
export interface SampleLook extends SampleLayout {
  readonly name: string;
  readonly encoding: Told<string>;
  readonly delimiter: Told<string>;
  readonly decimal: Told<'.' | ','>;
  /** The mark that groups digits by three; '' if there is none. */
  readonly thousands: Told<string>;
  /** Rows before the header that are not comments. */
  readonly skipLines: number;
  readonly commentPrefix: string;
  readonly comments: number;
  readonly unitRow: boolean;
  readonly headerLine: number;
  /** Labels that occur twice, and the names of their columns by place. */
  readonly doubles: ReadonlyMap<string, readonly string[]>;
  /** Whether a last row without its line end is believed; open where the sample ends so. */
  readonly finalLineEnd: Told<'required' | 'optional'>;
  /** Rows below the header. */
  readonly rows: number;
  readonly timeColumns: Told<readonly string[]>;
  readonly datetimeFormat: Told<string>;
  /** Whether each time is an instant by itself, and no time zone is needed. */
  readonly absolute: boolean;
  /** The zone names that `%Z` reads in the times. */
  readonly zones: readonly FoundZone[];
  /** Whether a time is the start or the end of what its row covers. */
  readonly timeLabel: Told<'start' | 'end'>;
  readonly columns: readonly SampleColumn[];
  /** The quantities of a table with a row for each reading, as if each had a column. */
  readonly quantities: readonly SampleColumn[];
  /** The sensors that the file's name or its rows name. */
  readonly sensors: readonly string[];
  /** Those of them whose rows hold words alone. */
  readonly wordSensors: readonly string[];
  /** The usual step from one time to the next, milliseconds; undefined with fewer than two times. */
  readonly interval: number | undefined;
  /** For JSON only. */
  readonly json?: JsonForm;
}

/** A person's answers about the form of samples; they are used as given, and not detected. */
export interface DeclaredForm extends DeclaredTime, DeclaredLayout {
  readonly encoding?: string;
  readonly delimiter?: string;
  readonly skipLines?: number;
  readonly decimal?: '.' | ',';
  readonly thousands?: string;
  readonly finalLineEnd?: 'required' | 'optional';
  readonly timeLabel?: 'start' | 'end';
  readonly nullValues?: readonly string[];
  /** Columns, quantities and sensors that are left out. */
  readonly ignored?: readonly string[];
  /** For JSON: the list of records, `list[]`, or `.`. */
  readonly records?: string;
}

/** Bytes that are looked at: months of minutes. The whole file is read when it is tried. */
export const MOST_LOOKED_AT = 8 << 20;

/**
 * Examines an export about which nothing is known: encoding, delimiter, decimal mark, header, times, columns.
 * @param now the run's clock in milliseconds: what would be later is not a time
 * @throws UnreadableFile if it is not a table with a header and times
 */
export function lookAtSample(name: string, bytes: Buffer, now: number, declared: DeclaredForm = {}): SampleLook {
  if (bytes.length === 0) throw new UnreadableFile(unreadable('empty-file', 'a file of 0 bytes', 'the file is empty'));
  const other = otherFormat(bytes.subarray(0, 1 << 16));
  if (other !== undefined) {
    const found = other.title === undefined ? other.name : `${other.name} titled ${quoted(other.title)}`;
    throw new UnreadableFile({ ...unreadable('not-tabular', found, `the file is ${other.name}`), fix: other.fix });
  }
  const { encoding, utf8 } = decodeSample(cutAtLine(bytes), declared.encoding);
  const arranged = declared.layout === undefined ? otherArrangement(utf8, declared.delimiter) : undefined;
  if (arranged !== undefined) throw new UnreadableFile(arranged);
  const found = findTable(utf8, now, declared);
  if (typeof found === 'string') throw new UnreadableFile(noTable(found, utf8));
  const table = likeliest(found);
  const time = timeOf(table, now, declared);
  if (time === undefined) throw new UnreadableFile(noTime(table, declared));
  if ('clocks' in time) throw new UnreadableFile(unreadClock(table, time));
  const { columns: timeColumns } = likeliest(time);
  const decimal =
    declared.decimal === undefined
      ? decimalOfCells([...valuesOf(table, timeColumns)].flat(), table.delimiter)
      : told(declared.decimal);
  const thousands = thousandsOf(valuesOf(table, timeColumns), likeliest(decimal), declared.thousands);
  const form: NumberForm = { decimal: likeliest(decimal), thousands: thousands.value ?? '', cellUnits: [] };
  return {
    name,
    encoding,
    delimiter: mapTold(found, (one) => one.delimiter),
    decimal,
    thousands,
    skipLines: table.skipLines,
    commentPrefix: table.commentPrefix,
    comments: table.comments,
    unitRow: table.units !== undefined,
    headerLine: table.headerLine,
    doubles: table.doubles,
    finalLineEnd: finalLineEndOf(bytes, utf8, declared.finalLineEnd),
    timeColumns: mapTold(time, (one) => one.columns),
    ...lookAtRows(name, table, likeliest(time), form, declared),
  };
}

/** Where only the beginning of a sample is looked at, its end shows when the source is tried. */
function finalLineEndOf(
  bytes: Buffer,
  utf8: Buffer,
  declared: 'required' | 'optional' | undefined,
): SampleLook['finalLineEnd'] {
  if (declared !== undefined) return told(declared);
  if (bytes.length > MOST_LOOKED_AT || /[\r\n]$/.test(utf8.toString('utf8', Math.max(0, utf8.length - 1))))
    return told('required');
  return open(['optional', 'required'], 'the sample ends without one');
}

/** Up to the last line end that is looked at. */
function cutAtLine(bytes: Buffer): Buffer {
  if (bytes.length <= MOST_LOOKED_AT) return bytes;
  const end = bytes.lastIndexOf(0x0a, MOST_LOOKED_AT - 4);
  // In UTF-16 a zero byte may belong to the line end.
  return bytes.subarray(0, bytes[end + 1] === 0 ? end + 2 : end + 1);
}

/** The cells of each column that holds no time. */
function* valuesOf(table: FoundTable, timeColumns: readonly string[]): Generator<readonly string[]> {
  for (const [at, label] of table.labels.entries())
    if (!timeColumns.includes(label)) yield table.rows.map(({ cells }) => cells[at] ?? '');
}
