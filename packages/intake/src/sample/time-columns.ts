import type { FoundTable } from './find-table';
import { formatOf, timePartOf } from './time-formats';
import { open, type Told, told } from './told';

/** Which columns hold the time, and how it is written. */
export interface TimeOfSample {
  readonly columns: readonly string[];
  readonly format: Told<string>;
  /** Times as they are read: the cells of the columns, joined with one space. */
  readonly texts: readonly string[];
}

/** Share of the rows that must hold a time in a column of times: a few bad rows stay bad rows. */
const MOST_ROWS = 0.95;

/**
 * The column whose cells are times, or one of dates beside one of times of day. Open if several could be meant.
 * @param declared labels, if a person said them
 */
export function timeOf(table: FoundTable, now: number, declared?: readonly string[]): Told<TimeOfSample> | undefined {
  const possible = (declared === undefined ? candidates(table) : [declared]).flatMap((columns) => {
    const time = readColumns(table, columns, now);
    return time === undefined ? [] : [time];
  });
  const [first, ...others] = possible;
  if (first === undefined) return undefined;
  if (others.length === 0) return told(first);
  return open(possible, 'more than one column holds times');
}

function candidates({ labels, rows }: FoundTable): string[][] {
  const by = { instant: [] as string[], date: [] as string[], clock: [] as string[] };
  for (const [at, label] of labels.entries()) {
    const parts = rows.map(({ cells }) => timePartOf(cells[at] ?? ''));
    for (const part of ['instant', 'date', 'clock'] as const)
      if (label !== '' && parts.filter((one) => one === part).length >= MOST_ROWS * rows.length) by[part].push(label);
  }
  const pairs = by.date.flatMap((date) => by.clock.map((clock) => [date, clock]));
  return [...by.instant.map((label) => [label]), ...(pairs.length > 0 ? pairs : by.date.map((label) => [label]))];
}

function readColumns({ labels, rows }: FoundTable, columns: readonly string[], now: number): TimeOfSample | undefined {
  const at = columns.map((label) => labels.indexOf(label));
  if (at.includes(-1)) return undefined;
  const all = rows.map(({ cells }) => at.map((one) => cells[one] ?? '').join(' '));
  const isTime = (text: string) => timePartOf(text) === 'instant' || timePartOf(text) === 'date';
  const texts = all.filter(isTime);
  if (texts.length < MOST_ROWS * all.length) return undefined;
  const format = formatOf(texts, now);
  return format === undefined ? undefined : { columns, format, texts };
}
