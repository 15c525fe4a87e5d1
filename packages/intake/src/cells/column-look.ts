import type { ColumnProfile } from '@sensor-warehouse/model/seeds/contract';
import type { Datasource } from '@sensor-warehouse/model/seeds/datasources';
import { UnreadableFile } from '../report/report';
import type { RowCells } from '../text/rows';
import type { TextFile } from '../text/text-file';
import { visitRows } from '../text/visit-rows';
import { type TimeKind, timeKindOf } from './cell-kinds';
import { profileOf, type Samples, sampleColumns } from './distribution';
import { skipWhite, skipWhiteBack } from './time-cell';
import { openNumberReader, type WrittenForm } from './written-number';

/** A summary of a column's cells. */
export interface ColumnLook {
  /** Non-empty cells; the source's null tokens count as empty. */
  readonly filled: number;
  /** Numeric cells, read with the declared decimal mark, or with the other one if it reads more of them. */
  readonly numbers: number;
  readonly profile: ColumnProfile | undefined;
  /** The median of the numbers, however few there are. */
  readonly middle: number | undefined;
  /** The kind of time of nearly all cells. */
  readonly time: TimeKind | undefined;
  /** Whether the cells differ. */
  readonly varies: boolean;
  /** Distinct texts of the column, up to `MOST_NAMES`. */
  readonly names: number;
}

/** The share of cells that must be of one kind. */
const ALMOST_ALL = 0.9;
/** How many cells are examined for times: the first ones. */
const MOST_TIMES = 1000;
export const MOST_NAMES = 200;

/** Examines columns of a file that is already refused, as far as it can be read. */
export async function lookAtColumns(
  file: TextFile,
  headerLine: number,
  positions: readonly number[],
  { nullValues, ...form }: WrittenForm & Pick<Datasource, 'nullValues'>,
): Promise<ColumnLook[]> {
  const nulls = new Set(nullValues);
  const marks = ([form.decimal, form.decimal === '.' ? ',' : '.'] as const).map((decimal) => ({
    reader: openNumberReader({ ...form, decimal }),
    numbers: positions.map(() => 0),
    samples: sampleColumns(positions.length),
  }));
  const filled = positions.map(() => 0);
  const times = positions.map(() => new Map<TimeKind | undefined, number>());
  const names = positions.map(() => new Set<string>());
  try {
    await visitFilled(file, headerLine, positions, (cells) => {
      const kept = marks.map(({ samples }) => samples.row());
      for (const { i, bytes, start, end } of cells) {
        const text = end - start > 100 ? '' : bytes.toString('utf8', start, end);
        if (nulls.has(text)) continue;
        filled[i]!++;
        if (names[i]!.size < MOST_NAMES) names[i]!.add(text);
        if (filled[i]! <= MOST_TIMES) {
          const kind = timeKindOf(text);
          times[i]!.set(kind, (times[i]!.get(kind) ?? 0) + 1);
        }
        for (const [m, { reader, numbers, samples }] of marks.entries()) {
          const value = reader.read(bytes, start, end);
          if (Number.isNaN(value)) continue;
          numbers[i]!++;
          if (kept[m]) samples.keep(i, value);
        }
      }
    });
  } catch (error) {
    if (!(error instanceof UnreadableFile)) throw error;
  }
  return positions.map((_, i) => {
    const [declared, other] = marks as [(typeof marks)[0], (typeof marks)[0]];
    const better = other.numbers[i]! > declared.numbers[i]! ? other : declared;
    const looked = Math.min(filled[i]!, MOST_TIMES);
    const time = [...times[i]!].find(([kind, count]) => kind !== undefined && count >= ALMOST_ALL * looked)?.[0];
    const values = better.samples.valuesOf(i);
    return {
      filled: filled[i]!,
      numbers: better.numbers[i]!,
      profile: profileOf(values),
      middle: values.sort((a, b) => a - b)[values.length >> 1],
      time,
      varies: names[i]!.size > 1,
      names: names[i]!.size,
    };
  });
}

/** Counts numeric cells of columns in this form, as far as the file can be read. */
export async function countNumbers(
  file: TextFile,
  headerLine: number,
  positions: readonly number[],
  form: WrittenForm,
): Promise<number> {
  const reader = openNumberReader(form);
  let numbers = 0;
  try {
    await visitFilled(file, headerLine, positions, (cells) => {
      for (const { bytes, start, end } of cells) if (!Number.isNaN(reader.read(bytes, start, end))) numbers++;
    });
  } catch (error) {
    if (!(error instanceof UnreadableFile)) throw error;
  }
  return numbers;
}

/**
 * Numbers of columns, evenly spread over the file.
 * @throws UnreadableFile if it cannot be read to its end
 */
export async function valuesOfColumns(
  file: TextFile,
  headerLine: number,
  positions: readonly number[],
  form: WrittenForm,
): Promise<(readonly number[])[]> {
  const reader = openNumberReader(form);
  const samples: Samples = sampleColumns(positions.length);
  await visitFilled(file, headerLine, positions, (cells) => {
    if (!samples.row()) return;
    for (const { i, bytes, start, end } of cells) {
      const value = reader.read(bytes, start, end);
      if (!Number.isNaN(value)) samples.keep(i, value);
    }
  });
  return positions.map((_, i) => samples.valuesOf(i));
}

/** A cell of one of the columns, without white space around. */
interface FilledCell {
  /** Which of the columns. */
  readonly i: number;
  readonly bytes: Buffer;
  readonly start: number;
  readonly end: number;
}

/** Visits the non-empty cells of each row. */
function visitFilled(
  file: TextFile,
  headerLine: number,
  positions: readonly number[],
  see: (cells: Iterable<FilledCell>) => void,
): Promise<void> {
  return visitRows(file, (row, cells) => {
    if (row.line <= headerLine || row.fault !== undefined) return true;
    see(filledCells(row.bytes, cells, positions));
    return true;
  });
}

function* filledCells(bytes: Buffer, cells: RowCells, positions: readonly number[]): Generator<FilledCell> {
  for (const [i, at] of positions.entries()) {
    if (at >= cells.count) continue;
    const start = skipWhite(bytes, cells.starts[at]!, cells.ends[at]!);
    const end = skipWhiteBack(bytes, start, cells.ends[at]!);
    if (start !== end) yield { i, bytes, start, end };
  }
}
