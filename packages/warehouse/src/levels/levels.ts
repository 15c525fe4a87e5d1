import { csvField } from '@sensor-warehouse/model/findings/csv-field';
import { numberText } from '@sensor-warehouse/model/readings/number-text';
import type { Measurement } from '@sensor-warehouse/model/readings/readings';
import { monthOfWindow, reachOfMonth, type Windows, windowStarts } from '@sensor-warehouse/model/seeds/level-windows';
import type { Month } from '@sensor-warehouse/model/time/month';
import type { Hours } from '../tables/hours';
import { compareKeys, type KeySegment, lowerBound } from '../tables/read-facts';

/** One aggregated value, labelled with the start of its window. */
export interface LevelRow {
  readonly time: number;
  readonly location: string;
  readonly source: string;
  readonly measurement: Measurement;
  readonly dataKey: string;
  readonly value: number;
}

/** The value of a window: the sum for additive quantities, the mean for others. */
export function windowValue(measurement: Measurement, sum: number, n: number): number {
  return measurement === 'additive' ? sum : sum / n;
}

/**
 * Rolls hours up to longer windows, for one measurement: sum and mean come from hourly sum and n. Windows under an hour
 * are rolled up from tables of the same windows.
 * @param parts hours of any partitions, whose times do not overlap where they hold the same series
 * @param range instants `[from, to)` of the hours to take; all of them if it is not given
 * @returns rows in the order of time, location, source, data_key
 */
export function rollUp(
  parts: readonly Hours[],
  measurement: Measurement,
  windows: Windows,
  range: readonly [from: number, to: number] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY],
): LevelRow[] {
  const startOf = windowStarts(windows);
  const rows: LevelRow[] = [];
  for (const pieces of seriesPieces(parts, measurement, range)) {
    const { location, source, dataKey } = pieces[0]!.segment;
    let time = Number.NaN;
    let sum = 0;
    let n = 0;
    const close = () => {
      if (n > 0) rows.push({ time, location, source, measurement, dataKey, value: windowValue(measurement, sum, n) });
    };
    for (const { hours, start, end } of pieces) {
      for (let row = start; row < end; row++) {
        const window = startOf(hours.hour[row]!);
        if (window !== time) {
          close();
          time = window;
          sum = 0;
          n = 0;
        }
        sum += hours.sum[row]!;
        n += hours.n[row]!;
      }
    }
    close();
  }
  // Sorting is stable, and the series came in their order.
  return rows.sort((a, b) => a.time - b.time);
}

interface Piece {
  readonly hours: Hours;
  readonly segment: KeySegment;
  readonly start: number;
  readonly end: number;
}

/** The rows of each series within the range, piece by piece in the order of time; series in the order of their keys. */
function seriesPieces(
  parts: readonly Hours[],
  measurement: Measurement,
  [from, to]: readonly [from: number, to: number],
): Piece[][] {
  const series = new Map<string, Piece[]>();
  for (const hours of parts) {
    for (const segment of hours.segments) {
      if (segment.measurement !== measurement) continue;
      const start = lowerBound(hours.hour, segment.start, segment.end, from);
      const end = lowerBound(hours.hour, segment.start, segment.end, to);
      if (start === end) continue;
      const key = JSON.stringify([segment.location, segment.source, segment.dataKey]);
      const pieces = series.get(key) ?? [];
      series.set(key, pieces);
      pieces.push({ hours, segment, start, end });
    }
  }
  return [...series.values()]
    .map((pieces) => pieces.sort((a, b) => a.hours.hour[a.start]! - b.hours.hour[b.start]!))
    .sort(([a], [b]) => compareKeys(a!.segment, b!.segment));
}

/** The rows of one level whose windows begin in a month. */
export function monthOfLevel(
  parts: readonly Hours[],
  measurement: Measurement,
  windows: Windows,
  month: Month,
): LevelRow[] {
  let last = Number.NaN;
  let inMonth = false;
  return rollUp(parts, measurement, windows, reachOfMonth(month, windows)).filter(({ time }) => {
    if (time !== last) inMonth = monthOfWindow(time, windows) === month;
    last = time;
    return inMonth;
  });
}

/** CSV with the six columns of a reading; instants as 2024-10-31T12:00:00Z. */
export function levelCsv(rows: readonly LevelRow[]): string {
  const lines = ['time,location,source,measurement,data_key,data_value'];
  const instantText = instantTexts();
  for (const { time, location, source, measurement, dataKey, value } of rows) {
    lines.push(
      `${instantText(time)},${csvText(location)},${csvText(source)},${measurement},${csvText(dataKey)},${numberText(value)}`,
    );
  }
  return `${lines.join('\n')}\n`;
}

/** Writes instants as 2024-10-31T12:00:00Z, and remembers them: a table has many rows for one hour. */
export function instantTexts(): (time: number) => string {
  const known = new Map<number, string>();
  return (time) => {
    let text = known.get(time);
    if (text === undefined) {
      text = `${new Date(time).toISOString().slice(0, 19)}Z`;
      known.set(time, text);
    }
    return text;
  };
}

// A spreadsheet takes the full-width and small forms for the signs themselves. Before one, blanks and quotation marks are dropped.
const SIGN = '["\\s]*[=+\\-@\uff1d\uff0b\uff0d\uff20\ufe66\ufe62\ufe63\ufe6b\u2212]';
const STARTS_FORMULA = new RegExp(`^(${SIGN}|[\\t\\r\\n])`);
/** Characters after which a spreadsheet in some country begins a new cell. */
const FORMULA_AFTER = new RegExp(`([;|\\t\\r\\n])(?=${SIGN})`, 'g');

/** Quoted where CSV needs it; text that a spreadsheet would run as a formula gets an apostrophe (OWASP, CSV injection). */
export function csvText(text: string): string {
  const apart = text.replace(FORMULA_AFTER, "$1'");
  return csvField(STARTS_FORMULA.test(apart) ? `'${apart}` : apart);
}
