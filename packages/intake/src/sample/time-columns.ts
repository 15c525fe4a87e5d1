import { clockColumns } from './clock-columns';
import type { FoundTable } from './find-table';
import { formatOfTimes, readBy, type TimeFormat } from './time-formats';
import { isEpoch, timePartOf } from './time-parts';
import { open, type Told, told } from './told';
import { type FoundZone, millisecondsOf, zonesIn } from './zone-names';

/** Which columns hold the time, and how it is written. */
export interface TimeOfSample extends TimeFormat {
  readonly columns: readonly string[];
  /** Times as they are read: the cells of the columns, joined with one space. */
  readonly texts: readonly string[];
  /** What `%Z` reads in them. */
  readonly zones: readonly FoundZone[];
}

/** What a person said of the time. */
export interface DeclaredTime {
  readonly timeColumns?: readonly string[];
  readonly datetimeFormat?: string;
  /** Names of zones → offset from UTC in milliseconds. */
  readonly zoneNames?: ReadonlyMap<string, number>;
}

/** Dates that several rows share, and columns that look like times of day which cannot be read. */
export interface UnreadClock {
  readonly dates: string;
  readonly clocks: readonly string[];
}

/** Share of the rows that must hold a time in a column of times: a few bad rows stay bad rows. */
const MOST_ROWS = 0.95;
/** A number since 1970 is a time under such a name alone. */
const TIME = /time|date|epoch|unix|stamp|\bts\b|čas|datum|zeit/iu;
const NO_ZONES: ReadonlyMap<string, number> = new Map();

/**
 * The column whose cells are times, or one of dates beside one of times of day. Open if several could be meant. A date
 * alone is not a time of rows that share it, where another column looks like the time of day.
 */
export function timeOf(
  table: FoundTable,
  now: number,
  declared: DeclaredTime,
): Told<TimeOfSample> | UnreadClock | undefined {
  const { timeColumns } = declared;
  const wanted = timeColumns === undefined ? candidates(table) : [timeColumns];
  const possible = wanted.flatMap((columns) => readColumns(table, columns, now, declared) ?? []);
  const [first, ...others] = possible;
  if (first === undefined) return undefined;
  if (others.length > 0) return open(possible, 'more than one column holds times');
  const isShared = new Set(first.texts).size < first.texts.length;
  if (timeColumns !== undefined || !isShared || hasClock(first)) return told(first);
  const clocks = clockColumns(table, first.texts).filter((label) => !first.columns.includes(label));
  if (clocks.length === 0) return told(first);
  const joined = clocks.flatMap((clock) => readColumns(table, [...first.columns, clock], now, declared, true) ?? []);
  if (joined.length === 0) return { dates: first.columns[0]!, clocks };
  return joined.length === 1 ? told(joined[0]!) : open(joined, 'more than one column may be the time of day');
}

function hasClock({ format }: TimeFormat): boolean {
  return format.choices.some((one) => /%[HIsQ]|iso/.test(one));
}

function candidates({ labels, rows }: FoundTable): string[][] {
  const by = { instant: [] as string[], date: [] as string[], clock: [] as string[], epoch: [] as string[] };
  const days = new Map<string, number>();
  for (const [at, label] of labels.entries()) {
    if (label === '') continue;
    const share = (holds: (cell: string) => boolean) =>
      rows.filter(({ cells }) => holds(cells[at] ?? '')).length >= MOST_ROWS * rows.length;
    for (const part of ['instant', 'date', 'clock'] as const)
      if (share((cell) => timePartOf(cell) === part)) by[part].push(label);
    if (by.date.includes(label)) days.set(label, new Set(rows.map(({ cells }) => cells[at])).size);
    if (TIME.test(label) && share(isEpoch)) by.epoch.push(label);
  }
  const alone = (labels: readonly string[]) => labels.map((label) => [label]);
  const pairs = by.date.flatMap((date) => by.clock.map((clock) => [date, clock]));
  // One row a day needs no clock: a column of such times may be when the sun rose.
  const daily = by.clock.some((label) => TIME.test(label))
    ? []
    : by.date.filter((date) => days.get(date) === rows.length);
  const dated = [...alone(by.instant), ...(pairs.length > 0 ? [...pairs, ...alone(daily)] : alone(by.date))];
  return dated.length > 0 ? dated : alone(by.epoch);
}

function readColumns(
  { labels, rows }: FoundTable,
  columns: readonly string[],
  now: number,
  { datetimeFormat: format, zoneNames = NO_ZONES }: DeclaredTime,
  isSure = false,
): TimeOfSample | undefined {
  const at = columns.map((label) => labels.indexOf(label));
  if (at.includes(-1)) return undefined;
  const all = rows.map(({ cells }) => at.map((one) => cells[one] ?? '').join(' '));
  const zones = zonesIn(all);
  const offsets = new Map([...zones.map(({ name, offset }) => [name, millisecondsOf(offset)] as const), ...zoneNames]);
  const isTime = (text: string) => isSure || ['instant', 'date'].includes(timePartOf(text) ?? '') || isEpoch(text);
  // What was declared may read what is not known here.
  const texts =
    format === undefined
      ? all.filter(isTime)
      : all.filter((text) => readBy(format, [text], now, offsets) !== undefined);
  if (texts.length === 0 || texts.length < MOST_ROWS * all.length) return undefined;
  const time = format === undefined ? formatOfTimes(texts, now, offsets) : readBy(format, texts, now, offsets);
  return time === undefined ? undefined : { ...time, columns, texts, zones };
}
