/**
 * Rows as lines of a terminal, columns as wide as their widest cell.
 * @param leftAligned how many columns hold texts; those after them hold numbers, and end at the same place
 */
export function tableLines(rows: readonly (readonly string[])[], leftAligned: number): string[] {
  // Characters, not units of UTF-16.
  const width = (cell: string | undefined) => (cell === undefined ? 0 : [...cell].length);
  const widths = rows[0]!.map((_, at) => Math.max(...rows.map((row) => width(row[at]))));
  return rows.map((row) =>
    row
      .map((cell, at) => {
        const space = ' '.repeat(widths[at]! - width(cell));
        return at < leftAligned ? cell + space : space + cell;
      })
      .join('  ')
      .trimEnd(),
  );
}
