import { type Finding, quoted } from '@sensor-warehouse/model/findings/finding';
import type { Datasource } from '@sensor-warehouse/model/seeds/configuration';
import type { StoredFile } from '@sensor-warehouse/storage/store';

/**
 * Suffixes that programs add to a file's name until the transfer is complete: rclone (`.1a2b3c4d.partial`), this
 * program, browsers, WinSCP, Nextcloud, and programs that write to a temporary name and rename it.
 */
const SUFFIX = /\.(partial(-[0-9a-z]+)?|part|filepart|crdownload|opdownload|download|uploading|tmp|temp)$/i;

/**
 * Whether a name marks an unfinished or interrupted transfer: half an export may look like a whole one.
 * @param patterns of the source; one that ends like the name asks for such files
 */
export function isUnfinished(name: string, patterns: readonly string[]): boolean {
  const suffix = SUFFIX.exec(name)?.[0].toLowerCase();
  return suffix !== undefined && !patterns.some((pattern) => pattern.toLowerCase().endsWith(suffix));
}

/** An upload whose name marks it as incomplete. Nobody knows whether the rest will arrive, so it is reported. */
export function unfinishedFinding({ id }: Datasource, { path }: Pick<StoredFile, 'path'>): Finding {
  return {
    code: 'upload-unfinished',
    severity: 'warning',
    datasource: id,
    file: path,
    count: 1,
    found: quoted(path),
    expected: 'the name that the file has once its transfer is complete',
    message: 'an unfinished upload was left alone',
    fix: 'nothing to do while it is still arriving; otherwise upload the file again, and remove this one',
  };
}
