import type { Finding } from '@sensor-warehouse/model/findings/finding';
import type { Refusal } from '../layout/refusals';
import type { Undelivered } from '../layout/undelivered';
import type { HandOver } from '../run/hand-over';
import type { IngestedFile } from '../run/ingested-file';

export interface Ingested {
  readonly files: readonly IngestedFile[];
  /** Uploads whose bytes are in a complete facts manifest already. */
  readonly seen: readonly IngestedFile[];
  /** Datasources whose upload folder does not exist: what is known of them stays as it is. */
  readonly absent: readonly string[];
  /** APIs that gave no answer, or not all of them. */
  readonly undelivered: Undelivered;
  /** Why uploads, or a whole folder, could not be taken. */
  readonly untaken: readonly Finding[];
  /** What runs before refused of these uploads. */
  readonly refusals: readonly Refusal[];
}

export const INGESTED: HandOver<Ingested> = { file: 'ingested.json', by: 'ingest' };
