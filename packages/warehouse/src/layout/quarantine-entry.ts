import type { FileCounts, RejectedRow } from '@sensor-warehouse/intake/report/report';
import type { Finding } from '@sensor-warehouse/model/findings/finding';
import { contentName, contentNames } from './content-name';

/**
 * What is in the quarantine beside what was left out of an upload: why, and how much. An entry never changes, because the same
 * upload under the same contract gives the same one; another contract writes another one.
 */
export interface QuarantineReport {
  readonly format: 2;
  readonly datasource: string;
  /** The upload's name as it came. */
  readonly file: string;
  /** Of the upload. */
  readonly sha256: string;
  /** `refused`: the whole file lies here; `accepted`: some of its rows do. */
  readonly verdict: 'accepted' | 'refused';
  readonly counts: FileCounts;
  readonly findings: readonly Finding[];
  /**
   * Each row that was left out of an accepted file. Of delimited text they lie here in this order, after the file's opening; of
   * JSON the whole document does, because its records are not lines.
   */
  readonly rows: readonly RejectedRow[];
  /** The last line of the opening: what stands before the rows, here as in the upload. */
  readonly headerLine: number;
  /** Whether the whole file lies here, or its opening and some rows. */
  readonly whole: boolean;
}

/** Readings that fit no mapping. Their rows are in the upload's raw copy. */
export interface UnmappedReport {
  readonly datasource: string;
  readonly file: string;
  readonly sha256: string;
  readonly readings: number;
  readonly findings: readonly Finding[];
  /** Where the upload as received is to be found, below the warehouse. */
  readonly rawCopy: string;
}

/** Names of an entry's files, below the folder of its source. */
export interface EntryNames {
  /** What was left out, byte for byte: the file, or the opening of the file and the rows. */
  readonly kept: string;
  readonly report: string;
  readonly text: string;
}

/** Names of an entry that is made today. */
export function entryNames(upload: { readonly name: string; readonly sha256: string }, whole: boolean): EntryNames {
  return namesFrom(contentName(upload), whole);
}

/**
 * Names of an entry that is there, perhaps from an older program.
 * @param path of its report; only its last part counts
 */
export function entryNamesAt({ file, sha256, whole }: QuarantineReport, path: string): EntryNames {
  const known = contentNames({ name: file, sha256 }).map((stem) => namesFrom(stem, whole));
  const name = path.slice(path.lastIndexOf('/') + 1);
  return known.find(({ report }) => report === name) ?? known[0]!;
}

function namesFrom(stem: string, whole: boolean): EntryNames {
  return { kept: whole ? stem : `${stem}.rows`, report: `${stem}${REPORT}`, text: `${stem}.report.md` };
}

/** Names of the two reports about readings that fit no mapping. */
export function unmappedNames(upload: { readonly name: string; readonly sha256: string }): Omit<EntryNames, 'kept'> {
  const stem = contentName(upload);
  return { report: `${stem}.unmapped.json`, text: `${stem}.unmapped.md` };
}

export const REPORT = '.report.json';

/** Below the warehouse, and below the work folder. */
export function quarantineFolder(datasource: string): string {
  return `quarantine/${datasource}`;
}
