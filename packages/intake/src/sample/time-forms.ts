import { compileFormats, type DatetimeFormat } from '@sensor-warehouse/model/time/datetime-formats';

/** A way to write times: one format, or those between which a file decides. */
export interface Form {
  readonly text: string;
  readonly readers: readonly DatetimeFormat[];
}

const NUMERIC = [
  '%Y-%m-%d',
  '%Y/%m/%d',
  '%Y.%m.%d',
  '%y-%m-%d',
  '%y/%m/%d',
  '%d-%m-%Y',
  '%m-%d-%Y',
  '%d-%m-%y',
  '%m-%d-%y',
]
  .concat(['%d/%m/%Y', '%m/%d/%Y', '%d/%m/%y', '%m/%d/%y'])
  // With dots, no country writes the month first.
  .concat(['%d.%m.%Y', '%d.%m.%y', '%d. %m. %Y', '%Y%m%d']);
const NAMED = ['%d-%b-%Y', '%d %b %Y', '%d. %b %Y', '%d.%b.%Y', '%d/%b/%Y', '%d-%b-%y', '%d %b %y', '%d/%b/%y']
  .concat(['%b %d, %Y', '%b %d %Y', '%Y-%b-%d', '%Y %b %d', '%Y/%b/%d'])
  .flatMap((date) => [date, `%a ${date}`, `%a, ${date}`]);
const CLOCKS = ['%H:%M', '%H:%M:%S', '%H:%M[:%S]'];
const TWELVE_HOURS = ['%I:%M:%S %p', '%I:%M %p', '%I:%M:%S%p', '%I:%M%p', '%I:%M[:%S] %p', '%I %p', '%I%p'];
const LOOSE_CLOCKS = ['%H.%M', '%H.%M.%S', '%H%M', '%H%M%S', '%H', '%Hh%M'];

const join = (dates: readonly string[], joints: readonly string[], clocks: readonly string[]) =>
  clocks.flatMap((clock) => joints.flatMap((joint) => dates.map((date) => `${date}${joint}${clock}`)));

/**
 * The forms that are looked for, list after list: the next where none of the previous one reads every time. The strict clocks
 * come before the lenient one: what fits them all is determined by the first.
 */
const LISTS: readonly (readonly string[])[] = [
  [...join(NUMERIC, [' ', 'T'], CLOCKS), ...NUMERIC],
  // An offset from UTC, a fraction of a second, a count since 1970.
  ['iso'],
  ['%s'],
  ['%Q'],
  join(NUMERIC, [' ', ', '], TWELVE_HOURS),
  [...join(NAMED, [' ', ', '], [...CLOCKS, ...TWELVE_HOURS]), ...NAMED, '%d/%b/%Y:%H:%M:%S', '%a %b %d %H:%M:%S %Y'],
  join(NUMERIC, [', '], CLOCKS),
  join(
    [...NUMERIC, ...NAMED],
    [' ', 'T'],
    [...CLOCKS.slice(0, 2), ...TWELVE_HOURS].flatMap((one) => [`${one} %z`, `${one}%z`]),
  ),
  [...join(NUMERIC, [' '], LOOSE_CLOCKS), '%Y%m%d%H%M', '%Y%m%d%H%M%S'],
];
const ZONED = [
  ...join(
    [...NUMERIC, ...NAMED],
    [' ', 'T'],
    [...CLOCKS.slice(0, 2), ...TWELVE_HOURS].flatMap((one) => [`${one} %Z`, `${one} %Z%z`]),
  ),
  '%a %b %d %H:%M:%S %Z %Y',
];

const compiled = new Map<string, readonly Form[]>();

/** @param zoneNames what comes after the times; with none of them no form with `%Z` is looked for */
export function* formLists(zoneNames: ReadonlyMap<string, number>): Generator<readonly Form[]> {
  if (zoneNames.size > 0) yield ZONED.map((text) => ({ text, readers: compileFormats([text], zoneNames) }));
  for (const list of LISTS) {
    const key = list[0]!;
    const forms = compiled.get(key) ?? list.map((text) => ({ text, readers: compileFormats([text]) }));
    compiled.set(key, forms);
    yield forms;
  }
}
