import { decompress } from 'fzstd';
import { type FileMetaData, parquetMetadataAsync, parquetRead, type RowGroup } from 'hyparquet';
import type { ByteSource } from './byte-ranges';
import { DataProblem } from './data-problem';

/** Instants as milliseconds and dates as days since 1970: an object for each would cost more than all else. */
const PARSERS = {
  timestampFromMilliseconds: Number,
  timestampFromMicroseconds: (instant: bigint) => Number(instant / 1000n),
  timestampFromNanoseconds: (instant: bigint) => Number(instant / 1_000_000n),
  dateFromDays: (days: number) => days,
};
const COMPRESSORS = { ZSTD: (input: Uint8Array, length: number) => decompress(input, new Uint8Array(length)) };

/**
 * Bytes at the end of a file, where its directory is, that are read in the first request; a longer directory takes two. The
 * more rows, the longer the directory, so of a small file less is read in vain.
 */
const endOf = ({ byteLength }: ByteSource) =>
  Math.min(byteLength, Math.max(1 << 13, Math.min(1 << 15, byteLength >> 5)));

/** The columns that name a series, by which each table is sorted. */
const KEY = ['location', 'source', 'data_key'] as const;

export interface SeriesName {
  readonly location: string;
  readonly source: string;
  readonly dataKey: string;
}

export const seriesId = ({ location, source, dataKey }: SeriesName): string =>
  [location, source, dataKey].map(encodeURIComponent).join('~');

/** Rows from `start` up to, and without, `end`. */
export interface RowSpan {
  readonly start: number;
  readonly end: number;
}

export type Cell = number | string | null;

export interface ParquetFile {
  readonly rows: number;
  readonly columns: readonly string[];
  /** The rows of one series; of a table that is sorted as this project sorts, at most one range in each row group. */
  rowsOf(key: SeriesName): Promise<RowSpan[]>;
  /** The rows of every series. */
  runs(): Promise<(readonly [id: string, range: RowSpan])[]>;
  /** The cells of these columns; a null where there is none. */
  read(columns: readonly string[], range: RowSpan): Promise<Record<string, Cell[]>>;
}

/** @throws DataProblem (form) if it is no Parquet file, or lacks one of these columns */
export async function openParquet(source: ByteSource, columns: readonly string[]): Promise<ParquetFile> {
  const metadata = await parquetMetadataAsync(source, {
    // hyparquet's types want dates; numbers travel the same way.
    parsers: PARSERS as never,
    initialFetchSize: endOf(source),
    geoparquet: false,
  }).catch(asForm);
  const there = metadata.schema.filter(({ num_children }) => num_children === undefined).map(({ name }) => name);
  const missing = columns.filter((name) => !there.includes(name));
  if (missing.length > 0) throw new DataProblem('form', `no column ${missing.join(', ')}`);

  const read: ParquetFile['read'] = async (columns, { start, end }) => {
    const cells = Object.fromEntries(columns.map((name) => [name, new Array<Cell>(end - start).fill(null)]));
    await parquetRead({
      file: source,
      metadata,
      columns: [...columns],
      rowStart: start,
      rowEnd: end,
      useOffsetIndex: true,
      compressors: COMPRESSORS,
      parsers: PARSERS as never,
      onChunk: ({ columnName, columnData, rowStart }) => {
        const into = cells[columnName]!;
        const first = Math.max(0, start - rowStart);
        const last = Math.min(columnData.length, end - rowStart);
        for (let i = first; i < last; i++) into[rowStart + i - start] = columnData[i] ?? null;
      },
    }).catch(asForm);
    return cells;
  };

  const groups = groupsOf(metadata);
  const runs = new Map<Group, Promise<Map<string, RowSpan>>>();
  const runsOf = (group: Group) => {
    let known = runs.get(group);
    if (known === undefined) {
      known = read(KEY, group).then((cells) => runsIn(cells, group.start));
      known.catch(() => runs.delete(group));
      runs.set(group, known);
    }
    return known;
  };

  return {
    rows: Number(metadata.num_rows),
    columns: there,
    read,
    runs: async () => (await Promise.all(groups.map(runsOf))).flatMap((runs) => [...runs]),
    async rowsOf(key) {
      const wanted = [key.location, key.source, key.dataKey];
      const near = groups.filter(({ bounds }) => bounds.every((bound, i) => mayHold(bound, wanted[i]!)));
      const found = await Promise.all(
        near.map(async (group) => {
          const alone = group.bounds.every((bound) => bound?.min !== undefined && bound.min === bound.max);
          return alone ? { start: group.start, end: group.end } : (await runsOf(group)).get(seriesId(key));
        }),
      );
      return found.filter((range) => range !== undefined);
    },
  };
}

interface Bound {
  readonly min: string | undefined;
  readonly max: string | undefined;
}

interface Group extends RowSpan {
  /** The least and the greatest text of each column of the key, where the file says them. */
  readonly bounds: readonly Bound[];
}

function groupsOf(metadata: FileMetaData): Group[] {
  let start = 0;
  return metadata.row_groups.map((group) => {
    const end = start + Number(group.num_rows);
    const one = { start, end, bounds: KEY.map((name) => boundOf(group, name)) };
    start = end;
    return one;
  });
}

function boundOf(group: RowGroup, name: string): Bound {
  const meta = group.columns.find(({ meta_data }) => meta_data?.path_in_schema[0] === name)?.meta_data;
  const text = (value: unknown) => (typeof value === 'string' ? value : undefined);
  const { min_value, max_value } = meta?.statistics ?? {};
  return { min: text(min_value), max: text(max_value) };
}

/** A bound may be cut short, the lower one downwards and the upper one upwards; so it says surely only what is not there. */
function mayHold({ min, max }: Bound, wanted: string): boolean {
  return (min === undefined || compareBytes(min, wanted) <= 0) && (max === undefined || compareBytes(wanted, max) <= 0);
}

/** The order of the file is that of UTF-8; JavaScript's own differs beyond U+FFFF. */
function compareBytes(a: string, b: string): number {
  const [left, right] = [[...a], [...b]];
  const at = left.findIndex((sign, i) => sign !== right[i]);
  if (at < 0) return left.length - right.length;
  return at >= right.length ? 1 : left[at]!.codePointAt(0)! - right[at]!.codePointAt(0)!;
}

/** Where each series begins and ends, in rows that are sorted by series. */
function runsIn(cells: Record<string, Cell[]>, first: number): Map<string, RowSpan> {
  const [locations, sources, dataKeys] = KEY.map((name) => cells[name]!) as [Cell[], Cell[], Cell[]];
  const runs = new Map<string, RowSpan>();
  const same = (a: number, b: number) =>
    locations[a] === locations[b] && sources[a] === sources[b] && dataKeys[a] === dataKeys[b];
  for (let start = 0, i = 1; i <= locations.length; i++) {
    if (i < locations.length && same(start, i)) continue;
    const key = {
      location: String(locations[start]),
      source: String(sources[start]),
      dataKey: String(dataKeys[start]),
    };
    runs.set(seriesId(key), { start: first + start, end: first + i });
    start = i;
  }
  return runs;
}

function asForm(error: Error): never {
  throw error instanceof DataProblem ? error : new DataProblem('form', error.message);
}
