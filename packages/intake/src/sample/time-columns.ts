import type { FoundTable } from './find-table';
import { formatOf, isEpoch, readBy, type TimeFormat, timePartOf } from './time-formats';
import { open, type Told, told } from './told';

/** Which columns hold the time, and how it is written. */
export interface TimeOfSample extends TimeFormat {
  readonly columns: readonly string[];
  /** Times as they are read: the cells of the columns, joined with one space. */
  readonly texts: readonly string[];
}

/** What a person said of the time. */
export interface DeclaredTime {
  readonly timeColumns?: readonly string[];
  readonly datetimeFormat?: string;
}

/** Share of the rows that must hold a time in a column of times: a few bad rows stay bad rows. */
const MOST_ROWS = 0.95;
/** A number since 1970 is a time under such a name alone. */
const TIME = /time|date|epoch|unix|stamp|\bts\b|čas|datum|zeit/iu;

/** The column whose cells are times, or one of dates beside one of times of day. Open if several could be meant. */
export function timeOf(table: FoundTable, now: number, declared: DeclaredTime): Told<TimeOfSample> | undefined {
  const { timeColumns, datetimeFormat } = declared;
  const possible = (timeColumns === undefined ? candidates(table) : [timeColumns]).flatMap((columns) => {
    const time = readColumns(table, columns, now, datetimeFormat);
    return time === undefined ? [] : [time];
  });
  const [first, ...others] = possible;
  if (first === undefined) return undefined;
  if (others.length === 0) return told(first);
  return open(possible, 'more than one column holds times');
}

function candidates({ labels, rows }: FoundTable): string[][] {
  const by = { instant: [] as string[], date: [] as string[], clock: [] as string[], epoch: [] as string[] };
  for (const [at, label] of labels.entries()) {
    if (label === '') continue;
    const share = (holds: (cell: string) => boolean) =>
      rows.filter(({ cells }) => holds(cells[at] ?? '')).length >= MOST_ROWS * rows.length;
    for (const part of ['instant', 'date', 'clock'] as const)
      if (share((cell) => timePartOf(cell) === part)) by[part].push(label);
    if (TIME.test(label) && share(isEpoch)) by.epoch.push(label);
  }
  const pairs = by.date.flatMap((date) => by.clock.map((clock) => [date, clock]));
  const alone = (labels: readonly string[]) => labels.map((label) => [label]);
  const dated = [...alone(by.instant), ...(pairs.length > 0 ? pairs : alone(by.date))];
  return dated.length > 0 ? dated : alone(by.epoch);
}

function readColumns(
  { labels, rows }: FoundTable,
  columns: readonly string[],
  now: number,
  format: string | undefined,
): TimeOfSample | undefined {
  const at = columns.map((label) => labels.indexOf(label));
  if (at.includes(-1)) return undefined;
  const all = rows.map(({ cells }) => at.map((one) => cells[one] ?? '').join(' '));
  const isTime = (text: string) => ['instant', 'date'].includes(timePartOf(text) ?? '') || isEpoch(text);
  // What was declared may read what is not known here.
  const texts =
    format === undefined ? all.filter(isTime) : all.filter((text) => readBy(format, [text], now) !== undefined);
  if (texts.length === 0 || texts.length < MOST_ROWS * all.length) return undefined;
  const time = format === undefined ? formatOf(texts, now) : readBy(format, texts, now);
  return time === undefined ? undefined : { ...time, columns, texts };
}
