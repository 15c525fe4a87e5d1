import type { Finding } from '@sensor-warehouse/model/findings/finding';

/** One downloaded upload. */
export interface ExportFile {
  readonly path: string;
  readonly name: string;
  readonly ordinal: number;
}

/** What became of the lines and cells of one file: lines = landed + quarantined, cells = the sum of the last four. */
export interface FileCounts {
  readonly lines: number;
  readonly landed: number;
  readonly quarantined: number;
  readonly cells: number;
  readonly readings: number;
  readonly empty: number;
  readonly ignored: number;
  readonly cellsQuarantined: number;
}

/** The first and the last instant of rows, milliseconds; both are instants of a row. */
export interface Period {
  readonly first: number;
  readonly last: number;
}

/** Lines of a file, both included; a row with line ends in quoted cells has several. */
export interface LineRange {
  readonly line: number;
  readonly lastLine: number;
}

export interface RejectedRow extends LineRange {
  readonly code: string;
}

export interface ExportReport {
  readonly verdict: 'accepted' | 'refused';
  readonly counts: FileCounts;
  /** Those that are reported: at most as many as the limit says. */
  readonly findings: readonly Finding[];
  /** A finding refuses the file and, by the datasource's policy, holds its source; it need not be one that is reported. */
  readonly holds: boolean;
  /** Whether the same bytes may be read in another way tomorrow: a row lay after the run's clock, or the disk was full. */
  readonly mayPass: boolean;
  /** Rows that could not be read, of an accepted file; a refused file is quarantined whole. */
  readonly rejected: readonly RejectedRow[];
  /** The last line of the header; 0 if none was found. */
  readonly headerLine: number;
  readonly sensor: string;
  /** Undefined if nothing landed. */
  readonly period: Period | undefined;
}

/** What reading a file comes to, before it is decided what follows from it, and all findings are still there. */
export type ReadReport = Omit<ExportReport, 'holds' | 'mayPass'>;

/** A doubt about the file at hand, before it is known how grave it is and how often it occurs. */
export type Problem = Omit<Finding, 'severity' | 'datasource' | 'file' | 'count'>;

/** Thrown where a file cannot be read on, with the one problem that refuses it. */
export class UnreadableFile extends Error {
  constructor(readonly problem: Problem) {
    super(problem.message);
  }
}

/** A refused file is quarantined whole: none of its lines landed, and its cells were not looked at. */
export function refusedCounts(lines: number): FileCounts {
  return {
    lines,
    landed: 0,
    quarantined: lines,
    cells: 0,
    readings: 0,
    empty: 0,
    ignored: 0,
    cellsQuarantined: 0,
  };
}
