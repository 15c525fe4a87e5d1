import { basename } from 'node:path';
import { Failure } from '@sensor-warehouse/model/findings/failure';
import type { Finding } from '@sensor-warehouse/model/findings/finding';
import { fetchWholeOnes } from '../layout/fetch-whole';
import type { Pointed } from '../layout/pointed-files';
import type { PointedFile, Pointer } from '../layout/pointer';
import { versionGeneration } from '../layout/version-name';
import { putBack } from '../partitions/heal-partition';
import { fetchHours } from '../partitions/partition-hours';
import { makeDatasetVersion } from '../publish-parquet/dataset-version';
import type { Change, Healing, OpenWarehouse } from '../run/context';
import { inWork } from '../run/in-work';

/**
 * Restores files of the public version: from their stable copies where these are whole, because what made the texts (seeds,
 * the program) may have changed since; otherwise from the hours of the partitions and of the imported months.
 * @throws Failure (remote-permanent) if they do not come out as the pointer says
 */
export async function healDataset(context: Healing, pointer: Pointer, damaged: readonly Pointed[]): Promise<Finding[]> {
  const findings: Finding[] = [];
  const broken: Pointed[] = [];
  const stableOf = ({ file }: Pointed) => `public/${basename(file.path)}`;
  const copies = await fetchWholeOnes(
    context,
    damaged.map((one) => ({ ...one.file, path: stableOf(one) })),
  );
  for (const one of damaged) {
    const copy = copies.get(stableOf(one));
    if (copy === undefined) broken.push(one);
    else findings.push(await healed(context, copy, one.file, 'its stable copy'));
  }
  if (broken.length === 0) return findings;
  const hours = await fetchHours(context, pointer.partitions, [], findings);
  const own = { ...context, work: inWork(context.work, 'remade') };
  const { files: made } = await makeDatasetVersion(
    own,
    hours,
    pointer.legacy ?? [],
    versionGeneration(pointer.public.version),
    { releases: pointer.releases },
  );
  for (const { file } of broken) {
    const again = made.find(({ name }) => file.path.endsWith(`/${name}`));
    if (again?.local === undefined || again.sha256 !== file.sha256) {
      throw new Failure({
        stage: 'heal',
        what: 'a file of the public version can no longer be rebuilt from its partitions',
        where: `${context.warehouse.name}/${file.path}`,
        expected: `SHA-256 ${file.sha256}`,
        fix: 'check out the seeds and the program that it was built with; or publish a new version: warehouse backfill --mode all',
        class: 'remote-permanent',
        code: 'version-lost',
      });
    }
    findings.push(await healed(context, again.local, file, 'the hours'));
  }
  return findings;
}

async function healed(
  context: OpenWarehouse & Change,
  local: string,
  file: PointedFile,
  from: string,
): Promise<Finding> {
  await putBack(context, local, file);
  return {
    code: 'version-healed',
    severity: 'warning',
    file: file.path,
    count: file.rows,
    message: `a file of the public version was missing or damaged, and was rebuilt from ${from}`,
    fix: 'find out who changed it; nothing is lost',
  };
}
