import { DAY, HOUR } from '@sensor-warehouse/model/time/units';
import { localStart, openZone } from '@sensor-warehouse/model/time/zone';
import type { ByteSource } from './byte-ranges';
import type { FilesList, PublishedFile } from './files-list';
import { type Cell, openParquet, type ParquetFile, type SeriesName, seriesId } from './parquet-file';

export type TimeStep = 'hour' | 'day' | 'week';

/** The hours, days or weeks of one series, by time. NaN where there is no number. */
export interface SeriesRows {
  /** Start of each, in milliseconds. */
  readonly start: Float64Array;
  readonly value: Float64Array;
  readonly n: Float64Array;
  /** Readings that there should be; NaN for hours, whose number depends on the sensor. */
  readonly expected: Float64Array;
  readonly minimum: Float64Array;
  readonly maximum: Float64Array;
}

const TABLES = {
  hour: { table: 'fact_hourly', time: 'time' },
  day: { table: 'agg_daily', time: 'date' },
  week: { table: 'agg_weekly', time: 'week_start' },
} as const;

export const NO_SERIES_ROWS: SeriesRows = joined([]);

/** Reads rows of series, each file's only once. */
export interface SeriesReader {
  /** The rows of the years that the period touches, which may be more than its own. */
  rows(key: SeriesName, step: TimeStep, from: number, to: number): Promise<SeriesRows>;
}

/** @param open a file beside the page, or in a folder */
export function rowReader(list: FilesList, open: (file: PublishedFile) => ByteSource): SeriesReader {
  const zone = openZone(list.dataset.timezone);
  const files = new Map<string, Promise<ParquetFile>>();
  const known = new Map<string, Promise<SeriesRows>>();

  const fileOf = (file: PublishedFile, step: TimeStep) =>
    kept(files, file.name, () => openParquet(open(file), ['location', 'source', 'data_key', ...columnsOf(step)]));

  const rowsOfFile = async (file: PublishedFile, key: SeriesName, step: TimeStep) => {
    const parquet = await fileOf(file, step);
    const ranges = await parquet.rowsOf(key);
    const parts = await Promise.all(ranges.map((range) => parquet.read(columnsOf(step), range)));
    const toInstant = (cell: number) =>
      step === 'hour' ? cell : localStart(cell * DAY - zone.offsetAt(cell * DAY) + 12 * HOUR, zone, 'day');
    return joined(parts.map((cells) => rowsFrom(cells, step, toInstant)));
  };

  return {
    async rows(key, step, from, to) {
      const wanted = filesOf(list, step, from, to);
      return joined(
        await Promise.all(
          wanted.map((file) => kept(known, `${file.name} ${seriesId(key)}`, () => rowsOfFile(file, key, step))),
        ),
      );
    },
  };
}

/** The files with the rows of a step that begin in a period. */
export function filesOf(list: FilesList, step: TimeStep, from: number, to: number): PublishedFile[] {
  const zone = openZone(list.dataset.timezone);
  const first = yearOf(from, step, zone);
  const last = yearOf(Math.max(from, to - 1), step, zone);
  return list.files
    .filter(({ table, year = 0 }) => table === TABLES[step].table && year >= first && year <= last)
    .sort((a, b) => a.year! - b.year!);
}

const columnsOf = (step: TimeStep) => [
  TABLES[step].time,
  'data_value',
  'n',
  ...(step === 'hour' ? [] : ['n_expected']),
  'minimum',
  'maximum',
];

/** The year by whose file an instant's row is found: UTC for hours, local for days, ISO for weeks. */
function yearOf(instant: number, step: TimeStep, zone: ReturnType<typeof openZone>): number {
  if (step === 'hour') return new Date(instant).getUTCFullYear();
  const wall = instant + zone.offsetAt(instant);
  if (step === 'day') return new Date(wall).getUTCFullYear();
  // A week belongs to the year of its Thursday.
  const weekday = (Math.floor(wall / DAY) + 3) % 7;
  return new Date(wall + (3 - weekday) * DAY).getUTCFullYear();
}

function rowsFrom(cells: Record<string, Cell[]>, step: TimeStep, toInstant: (cell: number) => number): SeriesRows {
  const times = cells[TABLES[step].time]!;
  return {
    start: Float64Array.from(times, (cell) => toInstant(cell as number)),
    value: numbers(cells.data_value!),
    n: numbers(cells.n!),
    expected: step === 'hour' ? new Float64Array(times.length).fill(Number.NaN) : numbers(cells.n_expected!),
    minimum: numbers(cells.minimum!),
    maximum: numbers(cells.maximum!),
  };
}

const numbers = (cells: readonly Cell[]) =>
  Float64Array.from(cells, (cell) => (cell === null ? Number.NaN : Number(cell)));

function joined(parts: readonly SeriesRows[]): SeriesRows {
  if (parts.length === 1) return parts[0]!;
  const column = (name: keyof SeriesRows) => {
    const whole = new Float64Array(parts.reduce((sum, part) => sum + part[name].length, 0));
    let at = 0;
    for (const part of parts) {
      whole.set(part[name], at);
      at += part[name].length;
    }
    return whole;
  };
  return {
    start: column('start'),
    value: column('value'),
    n: column('n'),
    expected: column('expected'),
    minimum: column('minimum'),
    maximum: column('maximum'),
  };
}

/** What `make` gave for this name; what failed is tried again at the next asking. */
function kept<T>(known: Map<string, Promise<T>>, name: string, make: () => Promise<T>): Promise<T> {
  let one = known.get(name);
  if (one === undefined) {
    one = make();
    one.catch(() => known.delete(name));
    known.set(name, one);
  }
  return one;
}
