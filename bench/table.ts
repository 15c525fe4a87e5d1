/** One line of the table. */
export interface Row {
  readonly what: string;
  readonly measured: string;
  readonly toPeer: string;
  readonly target: string;
  readonly verdict: Verdict;
}

export type Verdict = 'met' | 'missed' | 'undecided' | '';

/** A target is met or missed only if every round says so. */
export function verdictOf(rounds: readonly boolean[]): Verdict {
  if (rounds.every((met) => met)) return 'met';
  return rounds.some((met) => met) ? 'undecided' : 'missed';
}

/** A Markdown table, padded so that it reads as text too. */
export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((cell, column) => Math.max(cell.length, ...rows.map((row) => row[column]!.length)));
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column]!)).join(' | ')} |`;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}

export function rowTable(rows: readonly Row[]): string {
  return markdownTable(
    ['what', 'measured', 'to the peer', 'target', 'verdict'],
    rows.map(({ what, measured, toPeer, target, verdict }) => [what, measured, toPeer, target, verdict]),
  );
}

export const seconds = (value: number) => `${value.toFixed(2)} s`;
export const times = (value: number) => `${value.toFixed(2)} ×`;
export const millions = (value: number) => (value / 1e6).toFixed(2);
export const megabytes = (value: number) => `${Math.round(value / 1e6)} MB`;

export function median(values: readonly number[]): number {
  if (values.length === 0) throw new RangeError('nothing was measured');
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** The median, with the least and the greatest where there is more than one. */
export function spread(values: readonly number[]): string {
  const range = `${Math.min(...values).toFixed(2)}–${Math.max(...values).toFixed(2)}, n = ${values.length}`;
  return values.length === 1 ? `${seconds(values[0]!)} (n = 1)` : `${seconds(median(values))} (${range})`;
}
