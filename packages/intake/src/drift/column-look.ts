import type { ColumnProfile } from '@sensor-warehouse/model/contract';
import { readDecimal } from '../decimal';
import { UnreadableFile } from '../report';
import type { TextFile } from '../text-file';
import { skipWhite, skipWhiteBack } from '../time-cell';
import { visitRows } from '../visit-rows';
import { sampleColumns } from './distribution';

/** What the cells of a column look like. */
export interface ColumnLook {
  /** Cells that hold something. */
  readonly filled: number;
  /** Cells that are numbers with the declared decimal mark. */
  readonly numbers: number;
  readonly profile: ColumnProfile | undefined;
}

/** Looks at columns of a file that is refused anyway, as far as it can be read. */
export async function lookAtColumns(
  file: TextFile,
  headerLine: number,
  positions: readonly number[],
  decimal: string,
): Promise<ColumnLook[]> {
  const samples = sampleColumns(positions.length);
  const filled = positions.map(() => 0);
  const numbers = positions.map(() => 0);
  const mark = decimal.charCodeAt(0);
  try {
    await visitRows(file, (row, cells) => {
      if (row.line <= headerLine || row.fault !== undefined) return true;
      const kept = samples.row();
      for (const [i, at] of positions.entries()) {
        if (at >= cells.count) continue;
        const start = skipWhite(row.bytes, cells.starts[at]!, cells.ends[at]!);
        const end = skipWhiteBack(row.bytes, start, cells.ends[at]!);
        if (start === end) continue;
        filled[i]!++;
        const value = readDecimal(row.bytes, start, end, mark);
        if (Number.isNaN(value)) continue;
        numbers[i]!++;
        if (kept) samples.keep(i, value);
      }
      return true;
    });
  } catch (error) {
    if (!(error instanceof UnreadableFile)) throw error;
  }
  return positions.map((_, i) => ({ filled: filled[i]!, numbers: numbers[i]!, profile: samples.profileOf(i) }));
}
