import type { Datasource } from '@sensor-warehouse/model/seeds/configuration';
import { compileFormats, type DatetimeFormat } from '@sensor-warehouse/model/time/datetime-formats';
import { acceptanceOf } from '../header/finding-id';
import type { Header } from '../header/header';
import type { RowPlan } from '../header/row-plan';
import { type Problem, UnreadableFile } from '../report/report';
import type { Row, RowCells } from '../text/rows';
import type { TextFile } from '../text/text-file';
import { visitRows } from '../text/visit-rows';
import { timeCells } from './time-cell';

const JUMP = 36 * 3_600_000;
/** Fewer rows do not show a pattern of steps. */
const LEAST_ROWS = 8;

/**
 * Whether a source with one declared format has day and month the other way round. A format that reads a file may still
 * be wrong: up to the 12th, each day could also be a month, and the rows jump from month to month. Reads on only while
 * both orders are possible.
 * @throws UnreadableFile with `dateformat-changed`
 */
export async function refuseSwappedDays(
  file: TextFile,
  headerLine: number,
  header: Header,
  declared: DatetimeFormat,
  datasource: Datasource,
): Promise<void> {
  const watch = watchOrder(header, declared, datasource);
  if (watch === undefined) return;
  await visitRows(file, (row, cells) => row.line <= headerLine || watch.see(row, cells));
  watch.decide();
}

/**
 * Checks each piece of a file in which the opening is repeated: one piece proves nothing about the others.
 * @throws UnreadableFile with `dateformat-changed`
 */
export async function refuseSwappedPieces(
  file: TextFile,
  { headerLine, header, format: declared, datasource }: RowPlan,
): Promise<void> {
  if (datasource.datetimeFormats.length > 1) return;
  let watch = watchOrder(header, declared, datasource);
  if (watch === undefined) return;
  let isOpen = true;
  const decide = () => {
    watch!.decide();
    watch = watchOrder(header, declared, datasource);
    isOpen = true;
  };
  await visitRows(
    file,
    (row, cells) => {
      if (row.line > headerLine && isOpen) isOpen = watch!.see(row, cells);
      return true;
    },
    { openingAgain: decide },
  );
  decide();
}

/** Watches the times of rows under both orders of day and month; undefined if a format has only one. */
function watchOrder(header: Header, declared: DatetimeFormat, datasource: Datasource) {
  const text = swapDayAndMonth(declared.text);
  if (text === declared.text) return undefined;
  const [swapped] = compileFormats([text], datasource.zoneNames) as [DatetimeFormat];
  const timeOf = timeCells(header.timeAt);
  const last = Math.max(...header.timeAt);
  let rows = 0;
  let unreadable = 0;
  let leaps = 0;
  let swappedLeaps = 0;
  let before = Number.NaN;
  let swappedBefore = Number.NaN;
  let line = 0;
  let possible = true;
  return {
    /** Whether both orders are still possible. */
    see(row: Row, cells: RowCells): boolean {
      if (row.fault !== undefined || cells.count <= last) return true;
      const { bytes, start, end } = timeOf(row, cells);
      const swappedWall = swapped.read(bytes, start, end);
      const wall = declared.read(bytes, start, end);
      if (Number.isNaN(swappedWall)) {
        // A time that neither order reads is no evidence.
        possible = Number.isNaN(wall);
        return possible;
      }
      rows++;
      if (Number.isNaN(wall)) unreadable++;
      if (Math.abs(wall - before) > JUMP) {
        leaps++;
        line ||= row.line;
      }
      if (Number.isNaN(wall)) line ||= row.line;
      if (Math.abs(swappedWall - swappedBefore) > JUMP) swappedLeaps++;
      before = wall;
      swappedBefore = swappedWall;
      return true;
    },
    /** @throws UnreadableFile if the rows have the other order */
    decide(): void {
      if (!possible || rows < LEAST_ROWS) return;
      // With one reading a month, jumps from month to month are right: they count only where a day has several rows.
      const leapsTooOften = leaps >= 2 && leaps > 2 * swappedLeaps && leaps * 4 <= rows;
      if (unreadable === 0 ? !leapsTooOften : unreadable < 2) return;
      throw new UnreadableFile(
        dateformatChanged(datasource, { line, from: declared.text, to: text, rows, unreadable, leaps }),
      );
    },
  };
}

/** Evidence that dates have the other order. */
interface OtherOrder {
  readonly line: number;
  /** Formats. */
  readonly from: string;
  readonly to: string;
  readonly rows: number;
  /** Dates that do not exist in the declared format. */
  readonly unreadable: number;
  readonly leaps: number;
}

function dateformatChanged(datasource: Datasource, { line, from, to, rows, unreadable, leaps }: OtherOrder): Problem {
  const formats = datasource.datetimeFormats.join('|');
  return {
    code: 'dateformat-changed',
    line,
    column: datasource.timeColumns[0]!,
    found: `dates as ${to}`,
    expected: `dates as ${from}`,
    message: 'day and month are swapped',
    evidence:
      unreadable > 0
        ? `${unreadable} of ${rows} dates do not exist as ${from}, and all exist as ${to}`
        : `read as ${from}, neighbouring rows jump ${leaps} times by more than a day and a half`,
    fix: `export the file as before, or declare ${to} as a second datetime_format`,
    accept: acceptanceOf('dateformat-changed', undefined, [
      { kind: 'set', seed: 'datasources_config', column: 'datetime_format', from: formats, to: `${formats}|${to}` },
    ]),
  };
}

/** A month's name cannot be a day: such a format has only one order. */
function swapDayAndMonth(format: string): string {
  if (/%[bB]/.test(format)) return format;
  return format.replace(/%[dm]/g, (part) => (part === '%d' ? '%m' : '%d'));
}
