import { quoted } from '@sensor-warehouse/model/findings/finding';
import type { Datasource } from '@sensor-warehouse/model/seeds/configuration';
import type { RowPlan } from '../header/row-plan';
import { type Problem, UnreadableFile } from '../report/report';
import type { TextFile } from '../text/text-file';
import { visitRows } from '../text/visit-rows';
import { durationText } from './duration-text';
import { textColumn } from './text-column';
import { readTime, timeCells } from './time-cell';

/** The length of the intervals that end at the times of a file, in milliseconds. */
export interface Intervals {
  readonly shortest: number;
  readonly longest: number;
  /** The sensor and the quantity; '' if the file has no such column. */
  of(sensor: string, quantity: string): number;
}

export const constantInterval = (interval: number): Intervals => ({
  shortest: interval,
  longest: interval,
  of: () => interval,
});

/** The rows of one sensor and quantity. */
interface Series {
  previous: number;
  line: number;
  /** Rows whose time is not that of the row before. */
  steps: number;
  readonly lengths: Map<number, number>;
}

/** A series with more distinct steps has no usual step. */
const MOST_LENGTHS = 200;
const LEAST_ALIKE = 2;
/** Steps that are multiples of the usual one are gaps; of others there may be few. */
const ALMOST_ALL = 0.9;

/**
 * The usual step between the rows of a file; in a long file, for each sensor and quantity. A separate pass over the
 * file. A series with too few rows takes the step that all others have.
 * @throws UnreadableFile with `interval-unknown` if a step cannot be determined
 */
export async function usualSteps(
  file: TextFile,
  { headerLine, header, format, datasource }: RowPlan,
): Promise<Intervals> {
  const columnOf = (label: string | undefined) => {
    const at = header.roles.findIndex((role) => role.kind === 'text' && role.label === label);
    return at < 0 || label === undefined ? undefined : { at, column: textColumn(label, at) };
  };
  const names = [columnOf(datasource.sensorColumn), columnOf(datasource.quantityColumn)];
  const timeOf = timeCells(header.timeAt);
  const last = Math.max(...header.timeAt, ...names.map((name) => name?.at ?? 0));
  const all = new Map<string, Series>();
  await visitRows(file, (row, cells) => {
    if (row.line <= headerLine || row.fault !== undefined || cells.count <= last) return true;
    const wall = readTime(timeOf(row, cells), format);
    if (Number.isNaN(wall)) return true;
    const of = names.map((name) => (name === undefined ? '' : name.column.dictionary[name.column.code(row, cells)]!));
    if (of.some((name) => datasource.ignoredColumns.has(name))) return true;
    const key = keyOf(of[0]!, of[1]!);
    const series = all.get(key);
    if (series === undefined) all.set(key, { previous: wall, line: row.line, steps: 0, lengths: new Map() });
    else see(series, wall);
    return true;
  });
  const usual = new Map([...all].map(([key, series]) => [key, usualStep(series)]));
  const known = new Set([...usual.values()].filter((step) => step !== undefined));
  const common = known.size === 1 ? [...known][0] : undefined;
  for (const [key, step] of usual) {
    const series = all.get(key)!;
    if (step === undefined && (common === undefined || series.steps >= LEAST_ALIKE))
      throw new UnreadableFile(intervalUnknown(series, key, datasource));
  }
  const steps = [...known];
  return {
    shortest: Math.min(...steps),
    longest: Math.max(...steps),
    of: (sensor, quantity) => usual.get(keyOf(sensor, quantity)) ?? common ?? 0,
  };
}

const keyOf = (sensor: string, quantity: string) => `${sensor}\n${quantity}`;

function see(series: Series, wall: number): void {
  const step = Math.abs(wall - series.previous);
  series.previous = wall;
  if (step === 0) return;
  series.steps++;
  const times = series.lengths.get(step);
  if (times !== undefined || series.lengths.size < MOST_LENGTHS) series.lengths.set(step, (times ?? 0) + 1);
}

function usualStep({ steps, lengths }: Series): number | undefined {
  let usual = 0;
  let alike = 0;
  for (const [step, times] of lengths) if (times > alike) [usual, alike] = [step, times];
  if (alike < LEAST_ALIKE || alike * 2 <= steps) return undefined;
  let multiples = 0;
  for (const [step, times] of lengths) if (step % usual === 0) multiples += times;
  return multiples >= ALMOST_ALL * steps ? usual : undefined;
}

function intervalUnknown({ line, steps, lengths }: Series, key: string, { timeColumns }: Datasource): Problem {
  const [sensor, quantity] = key.split('\n') as [string, string];
  const named = [sensor, quantity].filter((name) => name !== '').map(quoted);
  const of = named.length === 0 ? '' : ` of ${named.join(', ')}`;
  const often = [...lengths].sort((a, b) => b[1] - a[1]).slice(0, 3);
  const seen = often.map(([step, times]) => `${times} of ${durationText(step)}`).join(', ');
  return {
    code: 'interval-unknown',
    line,
    column: timeColumns[0]!,
    found: steps === 0 ? `rows${of} without a step between them` : `steps between the rows${of}: ${seen}`,
    expected: 'one usual step, since each time is the end of an interval',
    message: 'times mark the end of an interval whose length cannot be determined',
    fix: 'declare interval, such as 15m or 1h',
  };
}
