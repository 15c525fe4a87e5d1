import type { Finding } from '@sensor-warehouse/model/findings/finding';
import type { Refusal } from '../layout/refusals';
import type { Undelivered } from '../layout/undelivered';
import type { HandOver } from '../run/hand-over';
import type { IngestedFile } from '../run/ingested-file';

export interface Ingested {
  readonly files: readonly IngestedFile[];
  /** Uploads whose hashes are already in a complete facts manifest. */
  readonly seen: readonly IngestedFile[];
  /** Datasources whose upload folder does not exist: their recorded state stays. */
  readonly absent: readonly string[];
  /** APIs that gave no answer, or not all of them. */
  readonly undelivered: Undelivered;
  /** Findings about uploads, or a whole folder, that could not be taken. */
  readonly untaken: readonly Finding[];
  /** Verdicts of earlier runs on these uploads. */
  readonly refusals: readonly Refusal[];
}

export const INGESTED: HandOver<Ingested> = { file: 'ingested.json', by: 'ingest' };
