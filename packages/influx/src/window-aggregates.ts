import { type CsvRow, textInCell } from './annotated-csv';
import { countDiffers } from './failures';
import { AGGREGATES, type Aggregate, countQuery, type Selection, windowQuery } from './flux';
import { PATIENCE, type Patience } from './patience';
import { query } from './query';
import type { Connection } from './transport';

/** Takes one aggregate of one series and window (its start, milliseconds). */
export type TakeWindow = (aggregate: Aggregate, series: string, start: number, value: number) => void;

/** How many points each series holds, by the value of the selection's tag; a series without points is not named. */
export async function storedPoints(
  connection: Connection,
  selection: Selection,
  patience: Patience = PATIENCE,
): Promise<Map<string, number>> {
  let counts = new Map<string, number>();
  await query(connection, 'counting the stored points', { flux: countQuery(selection) }, patience, () => {
    counts = new Map();
    return (header) => {
      const [series, value] = columnsOf(connection, header, selection.tag, '_value');
      return (row) => {
        const name = textInCell(row, series!);
        counts.set(name, (counts.get(name) ?? 0) + numberOf(row, value!));
      };
    };
  });
  return counts;
}

/**
 * n, sum, min and max of every series and window, as the server computes them. A query that is cut off is asked again, so
 * a value may be given twice.
 * @param every length of the windows in milliseconds: an hour, or whole minutes that divide it
 */
export async function windowAggregates(
  connection: Connection,
  selection: Selection,
  every: number,
  take: TakeWindow,
  patience: Patience = PATIENCE,
): Promise<void> {
  for (const aggregate of AGGREGATES) {
    const what = `asking for the ${aggregate} of windows`;
    await query(connection, what, { flux: windowQuery(selection, aggregate, every) }, patience, () => (header) => {
      const [table, series, time, value] = columnsOf(connection, header, 'table', selection.tag, '_time', '_value');
      let lastTable = -1;
      let name = '';
      return (row) => {
        // A table is one series: its name need not be read in every row.
        const its = numberOf(row, table!);
        if (its !== lastTable) {
          lastTable = its;
          name = textInCell(row, series!);
        }
        take(aggregate, name, startOf(row, time!), numberOf(row, value!));
      };
    });
  }
}

function columnsOf(connection: Connection, header: readonly string[], ...names: readonly string[]): number[] {
  return names.map((name) => {
    const at = header.indexOf(name);
    if (at >= 0) return at;
    throw countDiffers(connection, `a result of InfluxDB has no column ${name}`, header.join(','), names.join(','));
  });
}

const POWERS = Array.from({ length: 23 }, (_, exponent) => 10 ** exponent);

/**
 * A number as Go prints it: digits and a point, no exponent, or NaN, +Inf, -Inf. Up to fifteen digits are a whole number
 * divided by a power of ten, which is rounded once (Clinger, 1990).
 */
export function numberOf({ bytes, start, end }: CsvRow, cell: number): number {
  const first = start[cell]!;
  const last = end[cell]!;
  const negative = bytes[first] === 0x2d;
  let mantissa = 0;
  let digits = 0;
  let decimals = -1;
  for (let at = negative ? first + 1 : first; at < last; at++) {
    const digit = bytes[at]! - 0x30;
    if (digit >= 0 && digit <= 9) {
      mantissa = mantissa * 10 + digit;
      digits++;
      if (decimals >= 0) decimals++;
    } else if (bytes[at] === 0x2e && decimals < 0) decimals = 0;
    else return specialNumber(bytes.toString('latin1', first, last));
  }
  if (digits === 0 || digits > 15) return specialNumber(bytes.toString('latin1', first, last));
  const value = decimals > 0 ? mantissa / POWERS[decimals]! : mantissa;
  return negative ? -value : value;
}

function specialNumber(text: string): number {
  if (text === '+Inf') return Number.POSITIVE_INFINITY;
  if (text === '-Inf') return Number.NEGATIVE_INFINITY;
  if (text === 'NaN') return Number.NaN;
  const value = text === '' ? Number.NaN : Number(text);
  if (Number.isNaN(value)) throw new RangeError(`a result of InfluxDB has ${JSON.stringify(text)} for a number`);
  return value;
}

/** `2024-10-27T01:00:00Z`, a window's start: on the minute. */
export function startOf({ bytes, start, end }: CsvRow, cell: number): number {
  const at = start[cell]!;
  const digits = (from: number, count: number) => {
    let number = 0;
    for (let one = from; one < from + count; one++) {
      const digit = bytes[at + one]! - 0x30;
      number = digit >= 0 && digit <= 9 ? number * 10 + digit : Number.NaN;
    }
    return number;
  };
  const minute = Date.UTC(digits(0, 4), digits(5, 2) - 1, digits(8, 2), digits(11, 2), digits(14, 2));
  if (end[cell]! - at !== 20 || digits(17, 2) !== 0 || Number.isNaN(minute))
    throw new RangeError(
      `a result of InfluxDB has ${JSON.stringify(bytes.toString('latin1', at, end[cell]!))} for the start of a window`,
    );
  return minute;
}
