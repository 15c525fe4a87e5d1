import type { Finding } from '@sensor-warehouse/model/findings/finding';

/** One downloaded upload. */
export interface ExportFile {
  readonly path: string;
  readonly name: string;
  readonly ordinal: number;
}

/** Counts of the lines and cells of one file: lines = landed + quarantined, cells = the sum of the last four. */
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
  /** The reported findings, up to the limit. */
  readonly findings: readonly Finding[];
  /**
   * Whether a finding refuses the file and, by the datasource's policy, holds its source. Set before findings are cut
   * to the limit.
   */
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

/** The result of reading a file, with all findings, before any policy applies. */
export type ReadReport = Omit<ExportReport, 'holds' | 'mayPass'>;

/** A doubt about the current file, before its severity and count are known. */
export type Problem = Omit<Finding, 'severity' | 'datasource' | 'file' | 'count'>;

/** Thrown when a file cannot be read further, with the one problem that refuses it. */
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
