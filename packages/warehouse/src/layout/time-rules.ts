import type { Datasource } from '@sensor-warehouse/model/seeds/configuration';
import { sha256OfBytes } from '@sensor-warehouse/storage/file-hash';

/**
 * Names how the times of a source's exports are read. Where the contract reads them in another way, what was recorded of
 * a file's period no longer says anything. The time zone is not part of it: it moves a time by hours, not by months.
 */
export function timeRules({ timeColumns, datetimeFormats, timeLabel, interval, zoneNames }: Datasource): string {
  const named = zoneNames.size > 0 ? [['zone_names', ...zoneNames]] : [];
  const labelled = timeLabel === 'end' ? [['time_label', timeLabel, interval ?? 'usual']] : [];
  // Fields that a row leaves out are not part of the rules: manifests that are older than these fields stay true.
  return sha256OfBytes(JSON.stringify([timeColumns, datetimeFormats, ...named, ...labelled])).slice(0, 8);
}
