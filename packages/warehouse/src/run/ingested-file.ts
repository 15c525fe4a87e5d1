/** One upload, downloaded and hashed. */
export interface IngestedFile {
  readonly datasource: string;
  readonly name: string;
  readonly bytes: number;
  readonly modified: number;
  readonly sha256: string;
  /** Order of arrival within the datasource and run, from 1. */
  readonly ordinal: number;
  /** Where it is in the work folder. */
  readonly local: string;
}
