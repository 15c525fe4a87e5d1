import type { Datasource } from '@sensor-warehouse/model/configuration';
import { fixedZoneName, type Zone } from '@sensor-warehouse/model/zone';
import { durationText } from './duration-text';
import type { Header } from './header';
import { gapTest } from './localise';
import type { Problem } from './report';
import { cellText, type Row, type RowCells } from './rows';

/** The rows of one clock on their way through an hour that its zone skips in spring. */
export interface SkippedHours {
  /** @param isSkipped whether the zone skips the time */
  see(wall: number, line: number, isSkipped: boolean): void;
  /** Where rows go through such an hour at their usual step, in milliseconds. */
  proofIn(zone: Zone, interval: number): Passage | undefined;
}

/** Rows in a skipped hour, and the widest step from the row before them to the row behind them. */
export interface Passage {
  readonly from: number;
  to: number;
  readonly line: number;
  lastLine: number;
  rows: number;
  widest: number;
}

const DAY = 86_400_000;

export function watchSkippedHours(): SkippedHours {
  const passages: Passage[] = [];
  let open: Passage | undefined;
  let previous = Number.NaN;
  return {
    see(wall, line, isSkipped) {
      if (open !== undefined || isSkipped) {
        const step = Math.abs(wall - (open?.to ?? previous));
        if (open === undefined) open = { from: wall, to: wall, line, lastLine: line, rows: 0, widest: step };
        // Before the first row of a file nothing is known: its step is not a number, and stays none.
        else open.widest = Number.isNaN(open.widest) ? open.widest : Math.max(open.widest, step);
        if (isSkipped) {
          open.to = wall;
          open.lastLine = line;
          open.rows++;
          return;
        }
        if (wall > open.to === open.from > previous) passages.push(open);
        open = undefined;
      }
      previous = wall;
    },
    proofIn: (zone, interval) =>
      passages.find(({ from, widest }) => widest <= interval * 1.5 && interval <= lengthOfGap(zone, from)),
  };
}

/** Watches the rows of a file whose rows are all of one clock. */
export interface ClockWatch {
  see(wall: number, row: Row, cells: RowCells): void;
  /** @param interval the usual step of the file, in milliseconds */
  problem(interval: number): Problem | undefined;
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
    problem(interval) {
      const proof = skipped.proofIn(zone, interval);
      return proof && clockWithoutDst(proof, interval, datasource, zone, '');
    },
  };
}

function lengthOfGap(zone: Zone, wall: number): number {
  return zone.offsetAt(wall + DAY) - zone.offsetAt(wall - DAY);
}

/** Whether a row has a reading: a program that fills a table in advance writes the times of the skipped hour, too. */
export function readingTest(header: Header, { nullValues }: Datasource): (row: Row, cells: RowCells) => boolean {
  const positions = header.roles.flatMap((role, at) => (role.kind === 'value' ? [at] : []));
  const nothing = new Set(['', ...nullValues]);
  return (row, cells) => positions.some((at) => at < cells.count && !nothing.has(cellText(row, cells, at).trim()));
}

/** A clock that goes through the hour that its zone skips does not change: from then on each of its times is wrong. */
export function clockWithoutDst(
  { from, to, line, lastLine, rows }: Passage,
  interval: number,
  { timezone, timeColumns }: Datasource,
  zone: Zone,
  sensor: string,
): Problem {
  const [standard, summer] = [zone.offsetAt(from - DAY), zone.offsetAt(from + DAY)].map(fixedZoneName) as [
    string,
    string,
  ];
  const first = textOf(Math.min(from, to));
  const last = textOf(Math.max(from, to)).slice(11);
  const place = lastLine === line ? `line ${line}` : `lines ${line} to ${lastLine}`;
  const step = durationText(interval);
  return {
    code: 'clock-without-dst',
    line,
    column: timeColumns[0]!,
    found: `${sensor}${rows === 1 ? `a row at ${first}` : `${rows} rows from ${first} to ${last}`} (${place}), one every ${step} before, through and after the hour`,
    expected: `no times in the hour that ${timezone} skips`,
    message: `the clock goes on through the hour that ${timezone} skips: it does not follow daylight saving, and its times from then on would be read wrong`,
    fix: `declare the timezone ${standard} if the clock keeps standard time, or ${summer} if it keeps summer time`,
  };
}

function textOf(wall: number): string {
  return new Date(wall).toISOString().slice(0, 16).replace('T', ' ');
}
