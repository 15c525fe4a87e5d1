import { type Month, monthOf, monthStart, shiftMonth } from '@sensor-warehouse/model/time/month';
import { readParquetTable } from '@sensor-warehouse/storage/read-parquet-table';
import type { Difference, FactSeries, FactsManifest } from '../layout/facts-manifest';
import { KEY_COLUMNS } from './read-facts';

/** Columns that name a row and determine its place in the order. */
const NAMING = {
  ...KEY_COLUMNS,
  datasource_id: 'text',
  time: 'instant',
  ordinal: 'integer',
  line: 'integer',
} as const;
const TEXTS = ['datasource_id', 'location', 'source', 'measurement', 'data_key'] as const;

type Columns = Awaited<ReturnType<typeof readParquetTable<typeof NAMING>>>['columns'];
type Key = Readonly<Record<Exclude<keyof FactSeries, 'facts'>, string>>;
type Differ = (datasource: string, what: () => string) => void;

/** Rows `[start, end)` that a series claims; without one, rows that no series claims. */
interface Range {
  readonly start: number;
  readonly end: number;
  readonly series?: FactSeries;
}

/**
 * Compares facts with what their manifest says they hold. A reader takes keys, months and rows from the manifest alone: a
 * series that is called otherwise there, or begins elsewhere, would be published under another name, and one that is not
 * there not at all. Where the facts of one source are called those of another, both of them differ.
 * @param local the facts, whose bytes are those that the manifest names
 * @returns one for each source that differs
 */
export async function differingSeries(local: string, manifest: FactsManifest): Promise<readonly Difference[]> {
  try {
    return await compareRows(local, manifest);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const first = 'its file cannot be read as facts';
    return manifest.sources.map(({ datasource }) => ({ datasource, count: 1, first }));
  }
}

async function compareRows(local: string, { series }: FactsManifest): Promise<readonly Difference[]> {
  const found = new Map<string, Difference>();
  const differ: Differ = (datasource, what) => {
    const { count, first } = found.get(datasource) ?? { count: 0, first: what() };
    found.set(datasource, { datasource, count: count + 1, first });
  };
  const { fileRows } = await readParquetTable(local, {}, { start: 0, end: 0 });
  checkOrderOfSeries(series, differ);
  for (const batch of batchesOf(rangesOf(series, fileRows))) {
    const [start, end] = [batch[0]!.start, batch.at(-1)!.end];
    for (const { series: claims, ...range } of batch)
      if (claims !== undefined && range.end - range.start < claims.facts)
        differ(claims.datasource, () => `${claims.facts} rows of ${seriesName(claims)}, but the file ends before them`);
    if (start === end) continue;
    const { columns } = await readParquetTable(local, NAMING, { start, end });
    for (const range of batch) checkRange(columns, start, range, differ);
  }
  // Columns that name nothing are only asked for; they are read later.
  if (fileRows > 0) await readParquetTable(local, { data_value: 'number', sensor: 'text' }, { start: 0, end: 1 });
  return [...found.values()];
}

/** A month of a source is read as one piece, and a key in it is one segment. */
function checkOrderOfSeries(series: readonly FactSeries[], differ: Differ): void {
  const before = new Set<string>();
  let last = '';
  for (const one of series) {
    const piece = `${one.datasource} ${one.month}`;
    if (piece !== last && before.has(piece)) differ(one.datasource, () => `${one.month} is in two places`);
    const key = seriesKey(one);
    if (before.has(key)) differ(one.datasource, () => `${seriesName(one)} is named twice`);
    before.add(piece).add(key);
    last = piece;
  }
}

/** Rows in memory at once, unless one series has more: row groups of facts have 245 760. */
const AT_ONCE = 4 * 245_760;

function rangesOf(series: readonly FactSeries[], fileRows: number): Range[] {
  const ranges: Range[] = [];
  let end = 0;
  for (const one of series) {
    const start = end;
    end = Math.min(fileRows, start + one.facts);
    ranges.push({ start, end, series: one });
  }
  for (; end < fileRows; end += AT_ONCE) ranges.push({ start: end, end: Math.min(fileRows, end + AT_ONCE) });
  return ranges;
}

function batchesOf(ranges: readonly Range[]): Range[][] {
  const batches: Range[][] = [];
  for (const range of ranges) {
    const last = batches.at(-1);
    if (last !== undefined && range.end - last[0]!.start <= AT_ONCE) last.push(range);
    else batches.push([range]);
  }
  return batches;
}

/**
 * Checks names only where they differ from the row above, and times and order in every row.
 * @param first the row of the file with which the columns begin
 */
function checkRange(columns: Columns, first: number, { start, end, series }: Range, differ: Differ): void {
  const { time, ordinal, line } = columns;
  const [from, to] = series === undefined ? [0, 0] : boundsOf(series.month);
  const expected = series && seriesKey(series);
  const isNamedAs = (row: number, above: number) =>
    TEXTS.every((name) => columns[name].codes[row] === columns[name].codes[above]);
  const isAfter = (row: number, above: number) =>
    time[row]! - time[above]! || ordinal[row]! - ordinal[above]! || line[row]! - line[above]!;
  for (let row = start - first; row < end - first; row++) {
    const isFirst = row === start - first;
    const isWithin = time[row]! >= from && time[row]! < to;
    if (isFirst || !isWithin || !isNamedAs(row, row - 1)) {
      const key = keyAt(columns, row);
      const claimed = series === undefined ? 'no series' : seriesName(series);
      const said = () => `row ${first + row + 1} is of ${seriesName(key)}, but of ${claimed} in the manifest`;
      if (seriesKey(key) !== expected)
        for (const one of new Set([series?.datasource ?? key.datasource, key.datasource])) differ(one, said);
    }
    if (!isFirst && isAfter(row, row - 1) < 0)
      differ(keyAt(columns, row).datasource, () => `row ${first + row + 1} is earlier than the one above it`);
  }
}

function keyAt(columns: Columns, row: number): Key {
  const [datasource, location, source, measurement, dataKey] = TEXTS.map(
    (name) => columns[name].dictionary[columns[name].codes[row]!]!,
  ) as [string, string, string, string, string];
  return { datasource, month: monthOf(columns.time[row]!), location, source, measurement, dataKey };
}

function boundsOf(month: Month): readonly [from: number, to: number] {
  return [monthStart(month), monthStart(shiftMonth(month, 1))];
}

function partsOf({ datasource, month, location, source, measurement, dataKey }: Key): readonly string[] {
  return [datasource, month, location, source, measurement, dataKey];
}

/** Names a series whatever its parts hold: a space may be in any of them. */
function seriesKey(key: Key): string {
  return JSON.stringify(partsOf(key));
}

function seriesName(key: Key): string {
  return partsOf(key).join(' ');
}
