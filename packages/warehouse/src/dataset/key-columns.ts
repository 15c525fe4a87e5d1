import type { Series } from './series';
import type { CodedTexts } from './write-table';

/**
 * The columns location, source and data_key of a table that is ordered by series.
 * @param counts rows of each series in the table
 */
export function keyColumns(series: readonly Series[], counts: readonly number[]) {
  const rows = counts.reduce((total, count) => total + count, 0);
  const column = (textOf: (one: Series) => string): CodedTexts => {
    const places = new Map<string, number>();
    const codes = new Int32Array(rows);
    let at = 0;
    for (const [index, one] of series.entries()) {
      const text = textOf(one);
      const code = places.get(text) ?? places.size;
      places.set(text, code);
      codes.fill(code, at, at + counts[index]!);
      at += counts[index]!;
    }
    return { codes, dictionary: [...places.keys()] };
  };
  return {
    location: column((one) => one.location),
    source: column((one) => one.source),
    data_key: column((one) => one.dataKey),
  };
}
