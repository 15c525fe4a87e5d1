import type { FileCounts, Period } from '@sensor-warehouse/intake/report/report';
import type { Finding } from '@sensor-warehouse/model/findings/finding';
import type { Refusal } from '../layout/refusals';
import type { Undelivered } from '../layout/undelivered';
import type { HandOver } from '../run/hand-over';
import type { IngestedFile } from '../run/ingested-file';

export interface ValidatedFile extends IngestedFile {
  readonly verdict: 'accepted' | 'refused';
  readonly counts: FileCounts;
  /** Undefined if nothing landed. */
  readonly period?: Period | undefined;
}

export interface Validated {
  readonly files: readonly ValidatedFile[];
  readonly seen: readonly IngestedFile[];
  /** Datasources whose upload folder does not exist. */
  readonly absent: readonly string[];
  /** APIs that gave no answer. */
  readonly undelivered: Undelivered;
  /** Why uploads, or a whole folder, could not be taken. */
  readonly untaken: readonly Finding[];
  /** Verdicts of this run that stand until something changes. */
  readonly refusals: readonly Refusal[];
  /** Datasources whose facts must wait, with the names of the refused uploads; a folder's name ends with a slash. */
  readonly held: Readonly<Record<string, readonly string[]>>;
  readonly findings: readonly Finding[];
}

export const VALIDATED: HandOver<Validated> = { file: 'validated.json', by: 'validate-schema' };
