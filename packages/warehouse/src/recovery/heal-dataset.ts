import { join } from 'node:path';
import { Failure } from '@sensor-warehouse/model/failure';
import type { Finding } from '@sensor-warehouse/model/finding';
import type { Context } from '../context';
import type { Pointer } from '../pointer';
import { makeDatasetVersion } from '../publish/dataset-version';
import { fetchHours } from '../publish/partition-hours';
import { putBack } from './heal-partition';
import type { Pointed } from './pointed-files';

/**
 * Makes files of the public version again from the hours of the partitions and of the imported months.
 * @throws Failure (remote-permanent) if they do not come out as the pointer says: the seeds that the dataset's texts
 *   follow from were changed since
 */
export async function healDataset(context: Context, pointer: Pointer, broken: readonly Pointed[]): Promise<Finding[]> {
  if (broken.length === 0) return [];
  const findings: Finding[] = [];
  const hours = await fetchHours(context, pointer.partitions, [], findings);
  const own = { ...context, work: join(context.work, 'remade') };
  const { files: made } = await makeDatasetVersion(own, hours, pointer.legacy ?? [], pointer.generation);
  for (const { file } of broken) {
    const again = made.find(({ name }) => file.path.endsWith(`/${name}`));
    if (again?.sha256 !== file.sha256) {
      throw new Failure({
        stage: 'heal',
        what: 'a file of the public version does not follow from its partitions any more',
        where: `${context.warehouse.name}/${file.path}`,
        expected: `SHA-256 ${file.sha256}`,
        fix: 'check out the seeds that it was made with; or publish a new version: warehouse backfill --mode all',
        class: 'remote-permanent',
        code: 'version-lost',
      });
    }
    await putBack(context, again.local, file);
    findings.push({
      code: 'version-healed',
      severity: 'warning',
      file: file.path,
      count: file.rows,
      message: 'a file of the public version was missing or damaged, and was made again from the hours',
      fix: 'find out who changed it; nothing is lost',
    });
  }
  return findings;
}
