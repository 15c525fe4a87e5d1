import { quoted } from '@sensor-warehouse/model/findings/finding';
import { refuseErrorAnswer } from '../json/error-answer';
import { parseJson } from '../json/parse-json';
import { UnreadableFile } from '../report/report';
import { otherFormat } from '../text/not-tabular';
import type { FoundTable } from './find-table';
import { DOCUMENT, isLines, type JsonList, listsOf, sideBySide } from './json-lists';
import { lookAtRows, type RowsLook } from './look-at-rows';
import { type DeclaredForm, MOST_LOOKED_AT, type SampleLook } from './look-at-sample';
import type { NumberForm } from './number-form';
import { columnsOfSample, type SampleColumn } from './sample-columns';
import { type TimeOfSample, timeOf } from './time-columns';
import { likeliest, mapTold, open, type Told, told } from './told';

/** For JSON only: where the records are, and the pointer of each label within a record. */
export interface JsonForm {
  /** `list[]`, or `.` for the document itself. */
  readonly records: Told<string>;
  /** Label → pointer. */
  readonly pointers: Readonly<Record<string, string>>;
}

/** How JSON writes numbers. */
const PLAIN: NumberForm = { decimal: '.', thousands: '', cellUnits: [] };
/** A document is read as a whole; this is what the reader takes at most. */
export const MOST_OF_A_DOCUMENT = 16 << 20;
/** Seconds since 1970 occur under such names too, where no cell is a date by itself. */
const SHORT_TIME = /(^|_)(dt|t|at|when|ts|utc)$/i;
/** What names the sensor of a record, where records of several are in one list. */
const NAME =
  /(^|[_.])?(id|name|entity|sensor|device|dev|station|location|place|room|node|addr(ess)?|serial|mac|topic|channel)/i;

/** Whether a sample is JSON: by its name, or by how it begins. */
export function isJson(name: string, bytes: Buffer): boolean {
  if (/\.(json|ndjson|jsonl)(\.gz)?$/i.test(name)) return true;
  return otherFormat(bytes.subarray(0, 1 << 16))?.name === 'a JSON document';
}

/**
 * Examines JSON about which nothing is known: lists of records, times, values.
 * @param now the run's clock in milliseconds: what would be later is not a time
 * @throws UnreadableFile if it is not JSON, or holds no records with times
 */
export function lookAtJson(name: string, bytes: Buffer, now: number, declared: DeclaredForm = {}): SampleLook {
  const text = isLines(name) ? wholeLines(bytes) : bytes;
  const lists = listsOf(name, text);
  const records = chosenList(lists, now, declared) ?? noList(lists, name, text, declared);
  const list = lists.find(({ pointer }) => pointer === likeliest(records))!;
  const { table } = list;
  const time = timesOf(list, now, declared)!;
  const rows = lookAtRows(name, table, likeliest(time), PLAIN, declared);
  return {
    name,
    encoding: told('utf-8'),
    delimiter: told(','),
    decimal: told('.'),
    thousands: told(''),
    skipLines: 0,
    commentPrefix: '',
    comments: 0,
    unitRow: false,
    headerLine: 0,
    doubles: new Map(),
    finalLineEnd: told('required'),
    timeColumns: mapTold(time, (one) => one.columns),
    ...withNames(rows, list, declared),
    json: { records, pointers: Object.fromEntries(list.pointers) },
  };
}

/**
 * The list whose records have times of their own; the document where no list has. Open where several have, and where a
 * document with a time holds a list of several things that were measured.
 */
function chosenList(lists: readonly JsonList[], now: number, declared: DeclaredForm): Told<string> | undefined {
  const timed = lists.filter((list) => timesOf(list, now, declared) !== undefined);
  const names = (some: readonly JsonList[]) => some.map(({ pointer }) => pointer);
  if (declared.records !== undefined)
    return names(timed).includes(declared.records) ? told(declared.records) : undefined;
  const own = timed.filter((list) => list.pointer !== DOCUMENT && hasOwnTime(list, now, declared));
  const [document] = timed.filter(
    (list) => list.pointer === DOCUMENT && (lists.length === 1 || hasNumbers(list, now, declared)),
  );
  if (own.length === 1 && (own[0]!.table.rows.length > 1 || document === undefined)) return told(own[0]!.pointer);
  if (own.length > 0)
    return open(names([...own, ...(document === undefined ? [] : [document])]), 'several lists have times');
  const others = timed.filter(
    (list) => list.pointer !== DOCUMENT && list.table.rows.length > 1 && hasNumbers(list, now, declared),
  );
  if (document !== undefined && others.length === 0) return told(DOCUMENT);
  const all = names([...others, ...(document === undefined ? [] : [document])]);
  if (all.length < 2) return all[0] === undefined ? undefined : told(all[0]);
  return open(all, 'the document has one time, and lists of values');
}

function hasOwnTime(list: JsonList, now: number, declared: DeclaredForm): boolean {
  const isOwn = (label: string) => list.pointers.get(label)!.startsWith(list.pointer);
  return timesOf(list, now, declared)!.choices.some(({ columns }) => columns.every(isOwn));
}

/** Besides its times. */
function hasNumbers(list: JsonList, now: number, declared: DeclaredForm): boolean {
  const times = timesOf(list, now, declared)?.choices.flatMap(({ columns }) => columns) ?? [];
  return columnsOfSample(list.table, times, PLAIN, []).some(({ kind, mayBeId }) => kind === 'number' && !mayBeId);
}

function timesOf({ table }: JsonList, now: number, declared: DeclaredForm): Told<TimeOfSample> | undefined {
  if (declared.timeColumns !== undefined) return readTimes(table, now, declared);
  const usual = readTimes(table, now, declared)?.choices ?? [];
  const short = table.labels
    .filter((label) => SHORT_TIME.test(label) && !usual.some(({ columns }) => columns.includes(label)))
    .flatMap((label) => readTimes(table, now, { ...declared, timeColumns: [label] })?.choices ?? []);
  const [first, ...others] = [...usual, ...short];
  if (first === undefined) return undefined;
  return others.length === 0 ? told(first) : open([first, ...others], 'more than one value is a time');
}

/** A clock that cannot be read is not a time of a record: another value may be. */
function readTimes(table: FoundTable, now: number, declared: DeclaredForm): Told<TimeOfSample> | undefined {
  const time = timeOf(table, now, declared);
  return time === undefined || 'clocks' in time ? undefined : time;
}

/** Records of several sensors need not have their times in common: their names alone distinguish them. */
function withNames(rows: RowsLook, { pointers }: JsonList, { layout: said }: DeclaredForm): RowsLook {
  const isName = ({ label, kind, mayBeId, distinct }: SampleColumn) =>
    (kind === 'text' || mayBeId) && distinct.length > 1 && NAME.test(label) && !/\[[0-9]/.test(pointers.get(label)!);
  const names = rows.columns.filter(isName).map(({ label }) => label);
  if (said !== undefined || names.length === 0 || rows.layout.value !== 'wide') return rows;
  const evidence = `${names.map(quoted).join(', ')} may name the sensor of a record`;
  return { ...rows, layout: open(['long', 'wide'], evidence) };
}

function noList(
  lists: readonly JsonList[],
  name: string,
  bytes: Buffer,
  { records, timeColumns }: DeclaredForm,
): never {
  const pointers = lists.map(({ pointer }) => pointer);
  if (records !== undefined) {
    throw new UnreadableFile({
      code: 'missing-label',
      found: pointers.map(quoted).join(', '),
      expected: `records with times at ${quoted(records)}`,
      message: 'there are no records where --records says',
      fix: 'name one of the lists with --records, or . for the document itself',
    });
  }
  if (!isLines(name)) {
    refuseErrorAnswer(parseJson(bytes.toString('utf8')));
    const lying = sideBySide(bytes);
    if (lying.length > 1) {
      throw new UnreadableFile({
        code: 'not-tabular',
        found: lying.slice(0, 6).map(quoted).join(', '),
        expected: 'one list, whose items are records with a time and values',
        message: 'the values are in parallel lists',
        fix: 'ask the service for a list of records, or for CSV',
      });
    }
  }
  const labels = lists.flatMap(({ pointers: all }) => [...all.values()]);
  throw new UnreadableFile({
    code: 'type-error',
    found: timeColumns?.map(quoted).join(', ') ?? (labels.slice(0, 8).map(quoted).join(', ') || 'no values'),
    expected: 'a value that is a time since 2000 and up to now in each record, in one form',
    message: 'no records with a time were found',
    fix: 'name the value with --time-column, and its list with --records',
  });
}

/** Up to the last line end that is looked at. */
function wholeLines(bytes: Buffer): Buffer {
  return bytes.length <= MOST_LOOKED_AT ? bytes : bytes.subarray(0, bytes.lastIndexOf(0x0a, MOST_LOOKED_AT) + 1);
}
