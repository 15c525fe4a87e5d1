import { compareText } from '@sensor-warehouse/model/readings/readings';
import { monthOf } from '@sensor-warehouse/model/time/month';
import { DAY } from '@sensor-warehouse/model/time/units';
import type { WholeColumn, WholeTable } from '@sensor-warehouse/storage/read-whole-table';

/** How many rows a release added, removed and changed. */
export interface RowCounts {
  readonly added: number;
  readonly removed: number;
  readonly changed: number;
}

/** The rows of one month, location and data_key; an empty text where a table does not have such a column. */
export interface DiffGroup extends RowCounts {
  readonly month: string;
  readonly location: string;
  readonly dataKey: string;
}

/** A value that differs between the two versions. */
export interface ValueChange {
  /** The key of its row, as text: column → value. */
  readonly key: Readonly<Record<string, string>>;
  readonly before: number;
  readonly after: number;
}

export interface TableDiff extends RowCounts {
  /** Rows of the table before and after. */
  readonly before: number;
  readonly after: number;
  readonly same: number;
  /** How many of the removed or changed rows are hours of an earlier pipeline, which computed ones replace. */
  readonly legacy: Pick<RowCounts, 'removed' | 'changed'>;
  readonly groups: readonly DiffGroup[];
  /** Changes of `data_value`, the largest first. */
  readonly largest: readonly ValueChange[];
  /** UTC months (for local days, their own) in which only the earlier table has rows. */
  readonly monthsGone: readonly string[];
  /** Columns that only one of the two has; they are not compared. */
  readonly columnsAdded: readonly string[];
  readonly columnsRemoved: readonly string[];
}

/** The values of a row that are shown when they change most. */
const VALUE = 'data_value';
const LARGEST = 10;

/**
 * Compares two tables row by row, by their key. The order of their rows does not matter.
 * @param key columns that name a row in both
 * @throws RangeError if a key column is missing or of another kind, or names two rows
 */
export function diffTables(before: WholeTable, after: WholeTable, key: readonly string[]): TableDiff {
  const keys = key.map((name) => commonColumn(name, before, after));
  const a = inOrder(before.rows, keys, 'before');
  const b = inOrder(after.rows, keys, 'after');
  const names = (table: WholeTable) => [...table.columns.keys()];
  const others = names(before).filter((name) => after.columns.has(name) && !key.includes(name));
  const values = others.map((name) => commonColumn(name, before, after));
  const groups = groupsOf(before, after, key);
  const largest = new LargestChanges(before, after, key);
  const counts = { added: 0, removed: 0, changed: 0, same: 0 };
  const legacy = { removed: 0, changed: 0 };
  const isLegacy = legacyRows(before);
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    const order = i === a.length ? 1 : j === b.length ? -1 : compareKeys(keys, a[i]!, b[j]!);
    if (order < 0) {
      counts.removed++;
      if (isLegacy(a[i]!)) legacy.removed++;
      groups.count('removed', 'before', a[i++]!);
    } else if (order > 0) {
      counts.added++;
      groups.count('added', 'after', b[j++]!);
    } else {
      if (values.every(({ before: x, after: y }) => Object.is(x[a[i]!], y[b[j]!]))) counts.same++;
      else {
        counts.changed++;
        if (isLegacy(a[i]!)) legacy.changed++;
        groups.count('changed', 'after', b[j]!);
        largest.see(a[i]!, b[j]!);
      }
      i++;
      j++;
    }
  }
  return {
    before: before.rows,
    after: after.rows,
    ...counts,
    legacy,
    groups: groups.sorted(),
    largest: largest.sorted(),
    monthsGone: monthsGone(before, after, key),
    columnsAdded: names(after).filter((name) => !before.columns.has(name)),
    columnsRemoved: names(before).filter((name) => !after.columns.has(name)),
  };
}

/** Marks the rows that an earlier pipeline published. */
function legacyRows({ columns }: WholeTable): (row: number) => boolean {
  const origin = columns.get('origin');
  const code = origin?.kind === 'text' ? origin.dictionary.indexOf('legacy') : -1;
  return (row) => code >= 0 && origin?.kind === 'text' && origin.codes[row] === code;
}

/** A column of both tables as numbers that sort like its values. */
interface CommonColumn {
  readonly name: string;
  readonly before: ArrayLike<number>;
  readonly after: ArrayLike<number>;
}

function commonColumn(name: string, before: WholeTable, after: WholeTable): CommonColumn {
  const a = before.columns.get(name);
  const b = after.columns.get(name);
  if (a === undefined || b === undefined) throw new RangeError(`the column ${name} is missing`);
  if (a.kind === 'text' && b.kind === 'text') {
    const rank = new Map([...new Set([...a.dictionary, ...b.dictionary])].sort(compareText).map((one, i) => [one, i]));
    const ranks = ({ codes, dictionary }: typeof a) => {
      const rankOf = dictionary.map((one) => rank.get(one)!);
      return codes.map((code) => rankOf[code] ?? -1);
    };
    return { name, before: ranks(a), after: ranks(b) };
  }
  if (a.kind === 'text' || b.kind === 'text' || a.kind !== b.kind)
    throw new RangeError(`the column ${name} is ${a.kind} before and ${b.kind} after`);
  return { name, before: a.values, after: b.values };
}

function compareKeys(keys: readonly CommonColumn[], before: number, after: number): number {
  for (const key of keys) {
    const difference = key.before[before]! - key.after[after]!;
    if (difference !== 0) return difference;
  }
  return 0;
}

/**
 * The rows of one table in the order of its key.
 * @throws RangeError if two have the same
 */
function inOrder(rows: number, keys: readonly CommonColumn[], which: 'before' | 'after'): Uint32Array {
  const columns = keys.map((key) => key[which]);
  const compare = (a: number, b: number) => {
    for (const column of columns) {
      const difference = column[a]! - column[b]!;
      if (difference !== 0) return difference;
    }
    return 0;
  };
  const order = Uint32Array.from({ length: rows }, (_, row) => row);
  let isSorted = true;
  for (let row = 1; row < rows && isSorted; row++) isSorted = compare(row - 1, row) < 0;
  if (isSorted) return order;
  order.sort(compare);
  for (let at = 1; at < rows; at++)
    if (compare(order[at - 1]!, order[at]!) === 0)
      throw new RangeError(`two rows have the key ${keys.map(({ name }) => name).join(', ')} of row ${order[at]! + 1}`);
  return order;
}

function monthsGone(before: WholeTable, after: WholeTable, key: readonly string[]): string[] {
  const months = (table: WholeTable) => {
    const time = timeColumn(table, key);
    const days = new Set<number>();
    if (time !== undefined) for (let row = 0; row < table.rows; row++) days.add(Math.floor(instantAt(time, row) / DAY));
    return new Set([...days].map((day) => monthOf(day * DAY)));
  };
  const there = months(after);
  return [...months(before)].filter((month) => !there.has(month)).sort(compareText);
}

interface OpenGroup {
  month: string;
  location: string;
  dataKey: string;
  added: number;
  removed: number;
  changed: number;
}

/** Counts rows by month, location and data_key, as far as the key has them. */
function groupsOf(before: WholeTable, after: WholeTable, key: readonly string[]) {
  const part = (table: WholeTable, name: string) => (key.includes(name) ? table.columns.get(name) : undefined);
  const columns = {
    before: { time: timeColumn(before, key), location: part(before, 'location'), dataKey: part(before, 'data_key') },
    after: { time: timeColumn(after, key), location: part(after, 'location'), dataKey: part(after, 'data_key') },
  };
  const open = new Map<string, OpenGroup>();
  return {
    count(what: keyof RowCounts, which: 'before' | 'after', row: number): void {
      const { time, location, dataKey } = columns[which];
      const parts = [monthAt(time, row), textAt(location, row), textAt(dataKey, row)] as const;
      const name = parts.join('\n');
      let group = open.get(name);
      if (group === undefined) {
        group = { month: parts[0], location: parts[1], dataKey: parts[2], added: 0, removed: 0, changed: 0 };
        open.set(name, group);
      }
      group[what]++;
    },
    sorted: (): DiffGroup[] =>
      [...open.values()].sort(
        (a, b) =>
          compareText(a.month, b.month) || compareText(a.location, b.location) || compareText(a.dataKey, b.dataKey),
      ),
  };
}

/** The key column with the time. */
function timeColumn({ columns }: WholeTable, key: readonly string[]): WholeColumn | undefined {
  return key.map((name) => columns.get(name)!).find(isTime);
}

const isTime = (column: WholeColumn) => column.kind === 'instant' || column.kind === 'date';

function instantAt(column: WholeColumn, row: number): number {
  if (column.kind === 'text') return Number.NaN;
  return column.values[row]! * (column.kind === 'date' ? DAY : 1);
}

function monthAt(column: WholeColumn | undefined, row: number): string {
  return column === undefined ? '' : monthOf(instantAt(column, row));
}

function textAt(column: WholeColumn | undefined, row: number): string {
  return column?.kind === 'text' ? (column.dictionary[column.codes[row]!] ?? '') : '';
}

/** Keeps the rows whose value changed most. */
class LargestChanges {
  private readonly kept: { readonly size: number; readonly before: number; readonly after: number }[] = [];
  private readonly values: { readonly before: Float64Array; readonly after: Float64Array } | undefined;

  constructor(
    before: WholeTable,
    private readonly after: WholeTable,
    private readonly key: readonly string[],
  ) {
    const [a, b] = [before.columns.get(VALUE), after.columns.get(VALUE)];
    if (a?.kind === 'number' && b?.kind === 'number') this.values = { before: a.values, after: b.values };
  }

  see(before: number, after: number): void {
    if (this.values === undefined) return;
    const size = Math.abs(this.values.after[after]! - this.values.before[before]!);
    if (!(size > 0) || (this.kept.length === LARGEST && size <= this.kept.at(-1)!.size)) return;
    // Of equal sizes the first stays first, so that the same versions have the same list.
    const place = this.kept.findIndex((one) => one.size < size);
    this.kept.splice(place < 0 ? this.kept.length : place, 0, { size, before, after });
    this.kept.length = Math.min(this.kept.length, LARGEST);
  }

  sorted(): ValueChange[] {
    return this.kept.map(({ before, after }) => ({
      key: Object.fromEntries(this.key.map((name) => [name, this.keyText(name, after)])),
      before: this.values!.before[before]!,
      after: this.values!.after[after]!,
    }));
  }

  private keyText(name: string, row: number): string {
    const column = this.after.columns.get(name)!;
    if (column.kind === 'text') return textAt(column, row);
    if (!isTime(column)) return String(column.values[row]!);
    const text = new Date(instantAt(column, row)).toISOString();
    return column.kind === 'date' ? text.slice(0, 10) : text.replace('.000Z', 'Z');
  }
}
