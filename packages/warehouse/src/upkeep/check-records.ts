import type { Finding } from '@sensor-warehouse/model/findings/finding';
import { sha256OfFile } from '@sensor-warehouse/storage/file-hash';
import { type CheckedFile, doubt, type Stored, withFile } from '../layout/check-file';
import type { OpenWarehouse } from '../run/context';

/** Checks the recorded results of quality checks: `status` reads the newest, and each name ends in its hash. */
export async function checkRecords(context: OpenWarehouse, stored: Stored, everyByte: boolean): Promise<CheckedFile> {
  const paths = [...stored.keys()].filter((path) => path.startsWith('quality/'));
  const findings: Finding[] = [];
  for (const path of everyByte ? paths : []) {
    const sha256 = await withFile(context, path, sha256OfFile);
    if (path.endsWith(`-${sha256.slice(0, 8)}.json`)) continue;
    const message = 'a result of the checks does not match its name';
    const fix = 'remove it, or restore it from the remote’s version history; nothing published depends on it';
    findings.push(doubt({ code: 'file-damaged', file: path, message, found: `SHA-256 ${sha256}`, fix }));
  }
  return { checked: paths.length, findings };
}
