import type { ColumnProfile } from '@sensor-warehouse/model/contract';
import { UnreadableFile } from '../report';
import type { TextFile } from '../text-file';
import { skipWhite, skipWhiteBack } from '../time-cell';
import { visitRows } from '../visit-rows';
import { type NumberForm, openNumberReader } from '../written-number';
import { profileOf, type Samples, sampleColumns } from './distribution';

/** What the cells of a column look like. */
export interface ColumnLook {
  /** Cells that hold something. */
  readonly filled: number;
  /** Cells that are numbers as they are declared. */
  readonly numbers: number;
  readonly profile: ColumnProfile | undefined;
}

/** Looks at columns of a file that is refused anyway, as far as it can be read. */
export async function lookAtColumns(
  file: TextFile,
  headerLine: number,
  positions: readonly number[],
  form: NumberForm,
): Promise<ColumnLook[]> {
  const filled = positions.map(() => 0);
  const numbers = positions.map(() => 0);
  const samples = sampleColumns(positions.length);
  try {
    await visitCells(file, headerLine, positions, form, samples, (i, value) => {
      filled[i]!++;
      if (!Number.isNaN(value)) numbers[i]!++;
    });
  } catch (error) {
    if (!(error instanceof UnreadableFile)) throw error;
  }
  return positions.map((_, i) => ({
    filled: filled[i]!,
    numbers: numbers[i]!,
    profile: profileOf(samples.valuesOf(i)),
  }));
}

/** Numbers of columns, evenly spread over the file. @throws UnreadableFile if it cannot be read to its end */
export async function valuesOfColumns(
  file: TextFile,
  headerLine: number,
  positions: readonly number[],
  form: NumberForm,
): Promise<(readonly number[])[]> {
  const samples = sampleColumns(positions.length);
  await visitCells(file, headerLine, positions, form, samples, () => {});
  return positions.map((_, i) => samples.valuesOf(i));
}

/** Visits the cells that are not empty, NaN for those that are no numbers, and keeps samples of the numbers. */
function visitCells(
  file: TextFile,
  headerLine: number,
  positions: readonly number[],
  form: NumberForm,
  samples: Samples,
  see: (column: number, value: number) => void,
): Promise<void> {
  const numbers = openNumberReader(form);
  return visitRows(file, (row, cells) => {
    if (row.line <= headerLine || row.fault !== undefined) return true;
    const kept = samples.row();
    for (const [i, at] of positions.entries()) {
      if (at >= cells.count) continue;
      const start = skipWhite(row.bytes, cells.starts[at]!, cells.ends[at]!);
      const end = skipWhiteBack(row.bytes, start, cells.ends[at]!);
      if (start === end) continue;
      const value = numbers.read(row.bytes, start, end);
      see(i, value);
      if (kept && !Number.isNaN(value)) samples.keep(i, value);
    }
    return true;
  });
}
