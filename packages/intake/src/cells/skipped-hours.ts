import type { Datasource } from '@sensor-warehouse/model/seeds/configuration';
import { DAY } from '@sensor-warehouse/model/time/units';
import { fixedZoneName, type Zone } from '@sensor-warehouse/model/time/zone';
import type { Header } from '../header/header';
import { type Problem, UnreadableFile } from '../report/report';
import { cellText, type Row, type RowCells } from '../text/rows';
import { durationText } from './duration-text';
import { gapTest } from './localise';

/** The rows of one clock on their way through an hour that its zone skips in spring. */
export interface SkippedHours {
  /** @param isSkipped whether the zone skips the time */
  see(wall: number, line: number, isSkipped: boolean): void;
  /**
   * Where rows prove that the clock does not change, or not in that hour.
   * @param interval their usual step in milliseconds
   */
  proofIn(zone: Zone, interval: number): Passage | undefined;
}

/** The rows of a skipped hour, from the row before them to the row after them. */
export interface Passage {
  readonly from: number;
  to: number;
  readonly line: number;
  lastLine: number;
  rows: number;
  /** The widest step between two rows, in milliseconds. */
  widest: number;
  /** The widest step on the days after it, and the row that it leads to: the clock may have been set then. */
  readonly later: { step: number; line: number };
}

/** Nobody sets a clock for the change later than this. */
const SET_LATE = 2 * DAY;

export function watchSkippedHours(): SkippedHours {
  const passages: Passage[] = [];
  let open: Passage | undefined;
  let left: Passage | undefined;
  let previous = Number.NaN;
  const seeSkipped = (wall: number, line: number) => {
    if (open === undefined) {
      const widest = Math.abs(wall - previous);
      open = { from: wall, to: wall, line, lastLine: line, rows: 1, widest, later: { step: 0, line: 0 } };
      return;
    }
    // Several rows of one time are one step.
    if (wall !== open.to) open.rows++;
    open.widest = widest(open, wall);
    open.to = wall;
    open.lastLine = line;
  };
  return {
    see(wall, line, isSkipped) {
      if (isSkipped) {
        seeSkipped(wall, line);
        return;
      }
      if (open !== undefined) {
        open.widest = widest(open, wall);
        if (wall > open.to === open.from > previous) {
          passages.push(open);
          left = open;
        }
        open = undefined;
      } else if (left !== undefined) {
        const step = wall - previous;
        if (step > left.later.step) Object.assign(left.later, { step, line });
        if (wall - left.to > SET_LATE) left = undefined;
      }
      previous = wall;
    },
    proofIn: (zone, interval) => passages.find((passage) => isProof(passage, interval, gapAt(zone, passage.from))),
  };
}

/** NaN before the first row of a file: that step is unknown, and stays so. */
function widest({ widest, to }: Passage, wall: number): number {
  return Number.isNaN(widest) ? widest : Math.max(widest, Math.abs(wall - to));
}

/**
 * A clock that is set on during the hour, or after it, jumps by more than the hour. Without such a jump it was not set; and
 * rows in half of the places where the usual step would have them are not strays.
 */
function isProof({ widest, rows }: Passage, interval: number, gap: number): boolean {
  return interval <= gap && widest <= gap && rows * interval * 2 >= gap;
}

function gapAt(zone: Zone, wall: number): number {
  return zone.offsetAt(wall + DAY) - zone.offsetAt(wall - DAY);
}

/** Watches the rows of a file whose rows are all of one clock. */
export interface ClockWatch {
  see(wall: number, row: Row, cells: RowCells): void;
  /**
   * @param interval the usual step of the file, in milliseconds
   * @throws UnreadableFile with `clock-without-dst` if the rows prove that the clock does not follow daylight saving time
   */
  judge(interval: number): void;
}

export function watchClock(zone: Zone, header: Header, datasource: Datasource): ClockWatch {
  const skipped = watchSkippedHours();
  const isInGap = gapTest(zone);
  const hasReading = readingTest(header, datasource);
  return {
    see(wall, row, cells) {
      const isSkipped = isInGap(wall);
      if (!isSkipped || hasReading(row, cells)) skipped.see(wall, row.line, isSkipped);
    },
    judge: (interval) => refuseClock(skipped, interval, datasource, zone, ''),
  };
}

/** Whether a row has a reading: a program that fills a table in advance also writes the times of the skipped hour. */
export function readingTest(header: Header, { nullValues }: Datasource): (row: Row, cells: RowCells) => boolean {
  const positions = header.roles.flatMap((role, at) => (role.kind === 'value' ? [at] : []));
  const nothing = new Set(['', ...nullValues]);
  return (row, cells) => positions.some((at) => at < cells.count && !nothing.has(cellText(row, cells, at).trim()));
}

/** From the skipped hour on, every time of such a clock would be read wrong. */
function clockWithoutDst(
  passage: Passage,
  interval: number,
  { timezone, timeColumns }: Datasource,
  zone: Zone,
  sensor: string,
): Problem {
  const { from, to, line, lastLine, rows, later } = passage;
  const first = textOf(Math.min(from, to));
  const place = lastLine === line ? `line ${line}` : `lines ${line} to ${lastLine}`;
  const span =
    rows === 1 ? `a row at ${first}` : `${rows} rows from ${first} to ${textOf(Math.max(from, to)).slice(11)}`;
  const isSetLate = Math.abs(later.step - gapAt(zone, from) - interval) <= interval / 2;
  const [standard, summer] = [from - DAY, from + DAY].map((wall) => fixedZoneName(zone.offsetAt(wall))) as [
    string,
    string,
  ];
  return {
    code: 'clock-without-dst',
    line,
    column: timeColumns[0]!,
    found: `${sensor}${span} (${place}), with rows every ${durationText(interval)} before and after the hour`,
    expected: `no times in the hour that ${timezone} skips`,
    message: isSetLate
      ? `the clock runs on through the hour that ${timezone} skips, and was set only before line ${later.line}`
      : `the clock runs on through the hour that ${timezone} skips: it does not follow daylight saving`,
    fix: isSetLate
      ? `correct the times of the lines ${line} to ${later.line - 1}, or remove these rows`
      : `declare the timezone ${standard} if the clock keeps standard time, or ${summer} if it keeps summer time`,
  };
}

/** Refuses the file for the clock of one series; `sensor` names it, and is empty if there is only one. */
export function refuseClock(
  skipped: SkippedHours,
  interval: number,
  datasource: Datasource,
  zone: Zone,
  sensor: string,
): void {
  const proof = skipped.proofIn(zone, interval);
  if (proof !== undefined) throw new UnreadableFile(clockWithoutDst(proof, interval, datasource, zone, sensor));
}

function textOf(wall: number): string {
  return new Date(wall).toISOString().slice(0, 16).replace('T', ' ');
}
