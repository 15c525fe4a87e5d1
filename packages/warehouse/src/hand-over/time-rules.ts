import type { Datasource } from '@sensor-warehouse/model/configuration';
import { sha256OfBytes } from '@sensor-warehouse/storage/file-hash';

/**
 * Names how the times of a source's exports are read. Where the contract reads them in another way, what was recorded of
 * a file's period says nothing any more. The time zone is not part of it: it moves a time by hours, not by months.
 */
export function timeRules({ timeColumns, datetimeFormats }: Datasource): string {
  return sha256OfBytes(JSON.stringify([timeColumns, datetimeFormats])).slice(0, 8);
}
