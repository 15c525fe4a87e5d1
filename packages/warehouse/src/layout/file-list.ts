/** `files.json` of a version of the dataset: what a reader needs who cannot list a folder. It lists all files but itself. */
export const FILE_LIST = 'files.json';

/** Instants such as `2024-10-31T12:00:00Z`; `to` is the end of the last window. */
export interface ListedPeriod {
  readonly from: string;
  readonly to: string;
}

/** What the cells of a column are; numbers, instants and days are written as text. */
export interface ColumnSummary {
  readonly name: string;
  readonly rows: number;
  readonly nulls: number;
  /** Least and greatest value, and the first one; undefined if all are null. */
  readonly minimum?: string;
  readonly maximum?: string;
  readonly example?: string;
}

/** A file of a version. */
export interface ListedFile {
  readonly name: string;
  /** Name of the table that it holds, or a part of. */
  readonly table?: string;
  readonly year?: number;
  readonly bytes: number;
  readonly sha256: string;
  readonly rows: number;
  readonly period?: ListedPeriod;
  /** Digest of all that the file of a year follows from: with the same one, the next version takes the file over. */
  readonly madeFrom?: string;
  /** What the columns of its table hold in it. */
  readonly columns?: readonly ColumnSummary[];
}

export interface FileList {
  readonly format: 1;
  readonly dataset: {
    readonly name: string;
    readonly title: string;
    readonly license: string;
    readonly citation: string;
    /** The zone of local days and weeks. */
    readonly timezone: string;
  };
  readonly version: string;
  /** From the start of the first hour to the end of the last; none if there is no hour. */
  readonly period?: ListedPeriod;
  readonly files: readonly ListedFile[];
}
