import { quoted } from '@sensor-warehouse/model/findings/finding';
import type { Problem } from '../report/report';
import { intervalColumns } from './interval-columns';
import { isNumber } from './number-form';
import { rowsOfSample, type SampleRow } from './sample-rows';
import { isDated, isEpoch, timePartOf } from './time-parts';

/** Delimiters of the arrangements that are known. */
const DELIMITERS = [',', ';', '\t', '|'];
/** Rows that are looked at. */
const FIRST_ROWS = 60;
/** Dates side by side in a header from which on each is thought to have a column. */
const FEWEST_DATES = 3;

/**
 * What a sample is that holds readings in an arrangement which no configuration reads: a row has to hold one time. Undefined
 * for a table with a row for each time, and for what is not a table at all.
 */
export function otherArrangement(utf8: Buffer, delimiter?: string): Problem | undefined {
  for (const one of delimiter === undefined ? DELIMITERS : [delimiter]) {
    const rows = rowsOfSample(utf8, one, FIRST_ROWS).filter(({ blank }) => !blank);
    const found = meterData(rows) ?? columnPerInterval(rows) ?? columnPerDate(rows);
    if (found !== undefined) return found;
  }
  return undefined;
}

const ONE_TIME = 'a row for each time, below a header that names the columns';

/** Australian meter data: records of several kinds; the first cell says which. */
function meterData(rows: readonly SampleRow[]): Problem | undefined {
  const kinds = rows.map(({ cells }) => cells[0] ?? '');
  const named = kinds[0] === '100' ? /^NEM1[23]$/i.exec(rows[0]!.cells[1] ?? '')?.[0].toUpperCase() : undefined;
  const isBare = kinds[0] === '200' && kinds[1] === '300' && /^20\d{6}$/.test(rows[1]!.cells[1] ?? '');
  if (named === undefined && !isBare) return undefined;
  const format = named ?? 'NEM12';
  return {
    code: 'not-tabular',
    found: `the record ${rows[0]!.cells.slice(0, 2).map(quoted).join(' ')} in line ${rows[0]!.line}`,
    expected: ONE_TIME,
    message: `the file is meter data in ${format}, whose rows are records of several kinds`,
    fix: `convert it to a CSV file with one row for each interval, with a tool for ${format} files`,
  };
}

/** A row for each day. Where labels are mere numbers, as those of sensors may be, the rows below must hold no time of day. */
function columnPerInterval(rows: readonly SampleRow[]): Problem | undefined {
  for (const [at, { cells, line }] of rows.entries()) {
    const found = intervalColumns(cells);
    if (found === undefined) continue;
    const below = rows.slice(at + 1).flatMap((row) => row.cells);
    if (below.length === 0 || (!found.isClock && below.some(holdsClock))) continue;
    const [first, last] = [found.labels[0]!, found.labels.at(-1)!];
    return {
      code: 'not-tabular',
      found: `${found.labels.length} columns from ${quoted(first)} to ${quoted(last)} in line ${line}`,
      expected: ONE_TIME,
      message: 'the table has a column for each time of day, and a row for each day',
      fix: `export it with a row for each interval${found.isClock ? '' : '; if these are sensors, use --layout wide'}`,
    };
  }
  return undefined;
}

function holdsClock(cell: string): boolean {
  const part = timePartOf(cell);
  return part === 'clock' || (part === 'instant' && !/[T\s]0?0:00(:00([.,]0+)?)?(Z|[+-]00:?00)?$/.test(cell));
}

/** Dates side by side, and below them numbers: a row for each sensor, or for each time of day. */
function columnPerDate(rows: readonly SampleRow[]): Problem | undefined {
  const at = rows.findIndex(({ cells }) => {
    const dates = cells.filter(isDated);
    return dates.length >= FEWEST_DATES && new Set(dates).size === dates.length && dates.length * 2 >= cells.length;
  });
  const header = rows[at];
  if (header === undefined) return undefined;
  const places = header.cells.flatMap((cell, place) => (isDated(cell) ? [place] : []));
  const below = rows.slice(at + 1);
  const cells = below.flatMap((row) => places.map((place) => row.cells[place] ?? '')).filter((cell) => cell !== '');
  const numbers = cells.filter((cell) => isNumber(cell, '.') || isNumber(cell, ',')).length;
  if (numbers === 0 || numbers * 2 < cells.length || below.some((row) => row.cells.some(isTime))) return undefined;
  return {
    code: 'not-tabular',
    found: `${places.length} columns from ${quoted(header.cells[places[0]!]!)} to ${quoted(header.cells[places.at(-1)!]!)} in line ${header.line}`,
    expected: ONE_TIME,
    message: 'the table has a column for each date',
    fix: 'export it the other way round, with a row for each time and a column for each sensor',
  };
}

function isTime(cell: string): boolean {
  return isDated(cell) || isEpoch(cell);
}

/** Share of the lines that are cut alike. */
const MOST_LINES = 0.8;

/** For rows that no delimiter splits: columns separated by spaces. */
export function blanksBetweenColumns(utf8: Buffer): Problem | undefined {
  const text = utf8.toString('utf8', 0, 1 << 16).split(/\r?\n/);
  const lines = text.slice(0, FIRST_ROWS).filter((line) => line.trim() !== '');
  const counts = lines.map((line) => line.trim().split(/\s+/)).filter((parts) => parts.some((part) => /\d/.test(part)));
  const width = counts.at(-1)?.length ?? 0;
  const alike = counts.filter((parts) => parts.length === width);
  if (width < 3 || alike.length < 2 || alike.length < MOST_LINES * lines.length) return undefined;
  const numbers = alike.flat().filter((part) => isNumber(part, '.') || isNumber(part, ',')).length;
  if (numbers * 4 < alike.length * width) return undefined;
  return {
    code: 'not-tabular',
    found: `rows such as ${quoted(lines.at(-1)!.trim().slice(0, 80))}`,
    expected: 'rows separated by , ; | or tabs',
    message: 'the columns are separated by spaces (a fixed-width table)',
    fix: 'export it as CSV, with commas or semicolons between the columns',
  };
}
