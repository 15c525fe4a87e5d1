import type { Failure } from '@sensor-warehouse/model/findings/failure';
import type { Finding } from '@sensor-warehouse/model/findings/finding';
import type { Datasource } from '@sensor-warehouse/model/seeds/configuration';
import { requireOfOneSource } from '../ingest/one-source';
import { uploadsOf } from '../ingest/uploads';
import type { Seeds, UploadFolders } from '../run/context';
import type { IngestedFile } from '../run/ingested-file';

/**
 * Removes uploads that were handed over from their folders: only those whose bytes are still what was hashed. What cannot be
 * removed is seen the next time, so it is reported and harms nobody.
 */
export async function removeUploads(
  context: UploadFolders & Seeds,
  files: readonly IngestedFile[],
): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const datasource of context.configuration.datasources) {
    if (datasource.afterIngest === 'keep') continue;
    const uploads = uploadsOf(context, datasource);
    const failures: { readonly name: string; readonly failure: Failure }[] = [];
    for (const { name, sha256 } of files.filter((one) => one.datasource === datasource.id)) {
      const failure = await uploads.removeSame(name, sha256).then(() => undefined, requireOfOneSource);
      if (failure === undefined) continue;
      failures.push({ name, failure });
      // A remote that does not answer is not asked for each of a thousand uploads.
      if (failure.details.class === 'remote-temporary') break;
    }
    if (failures.length > 0) findings.push(notRemovedFinding(datasource, failures));
  }
  return findings;
}

function notRemovedFinding(
  { id }: Datasource,
  failures: readonly { readonly name: string; readonly failure: Failure }[],
): Finding {
  const { name, failure } = failures[0]!;
  const { what, found } = failure.details;
  return {
    code: 'upload-not-removed',
    severity: 'warning',
    datasource: id,
    file: name,
    count: failures.length,
    found: [what, found].filter(Boolean).join(': '),
    expected: 'an upload folder that lets files be removed',
    message: 'uploads were handed over and cannot be removed from their folder; they are not read again',
    fix: 'let the account remove files there, or set after_ingest to keep in seeds/datasources_config.csv',
  };
}
