import { copyFile, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { compareText } from '@sensor-warehouse/model/readings/readings';
import { sha256OfBytes } from '@sensor-warehouse/storage/file-hash';
import type { Store } from '@sensor-warehouse/storage/store';
import type { ChangedPartition } from '../layout/changed-partition';
import { readCopied, staleCopies } from '../layout/copied-before';
import { lackingFrom, sizesIn } from '../layout/file-sizes';
import { type Partition, type Pointer, requireHash } from '../layout/pointer';
import type { ModelBuild, OpenWarehouse, Progress, Project } from '../run/context';
import { removeHandOver } from '../run/hand-over';
import { inWork } from '../run/in-work';
import { levelModels } from '../transform/level-models';
import { DBT_LEVELS, type LevelArchive } from './hand-overs';
import { ownLevelOf } from './level-csvs';
import { levelsFolder } from './level-places';
import { ownLevelsOf } from './own-level-definitions';

/** Names what dbt models of levels follow from: the archive and the models. */
export function levelArchiveDigest(partitions: readonly Partition[], models: string): string {
  const files = partitions.map(({ datasource, month, archive }) => `${datasource} ${month} ${archive.sha256}`);
  return sha256OfBytes(JSON.stringify([files.sort(compareText), models])).slice(0, 16);
}

/**
 * Lays out the archive for the stage dbt-levels, which runs the project's models without secrets and so cannot reach
 * the warehouse. Lays out nothing if the coming publication needs no level of a model.
 * @param before the current pointer
 * @param changed the partitions that will replace those it names
 * @throws Failure (config) if a model that must be built reads what levels cannot; publish-parquet refuses bad names
 */
export async function prepareLevels(
  context: OpenWarehouse & ModelBuild,
  before: Pointer,
  changed: readonly ChangedPartition[],
): Promise<LevelArchive> {
  await removeHandOver(context.work, DBT_LEVELS);
  const models = await levelModels(context.project);
  const partitions = withChanged(before.partitions, changed);
  const isNeeded =
    models !== undefined &&
    partitions.length > 0 &&
    (changed.length > 0 ||
      (await areRedefined(context, before)) ||
      !(await areCopied(context.warehouse, before, models.names)));
  if (isNeeded) await layOutArchive(context, partitions, changed);
  return { of: isNeeded ? levelArchiveDigest(partitions, models.digest) : '' };
}

/** The partitions of the pointer to come. */
function withChanged(published: readonly Partition[], changed: readonly Partition[]): Partition[] {
  const both = [...published, ...changed].map((one) => [`${one.datasource}/${one.month}`, one] as const);
  return [...new Map(both).values()];
}

async function areRedefined(context: Project, { levels = [] }: Pointer): Promise<boolean> {
  const { definitions } = await ownLevelsOf(context);
  return definitions.some((one) => !levels.includes(one));
}

/** Whether the stable copies of these levels match the pointer; if not, publish-parquet rebuilds them. */
async function areCopied(warehouse: Store, pointer: Pointer, levels: readonly string[]): Promise<boolean> {
  const copied = await readCopied(warehouse);
  const stale = staleCopies(pointer, copied, lackingFrom(await sizesIn(warehouse, ['normalized'])));
  return !stale.some(({ path }) => levels.includes(ownLevelOf(path)?.level ?? ''));
}

/** The archive's files under one folder: new ones from the work folder, known ones from the warehouse. */
export async function layOutArchive(
  context: OpenWarehouse & Progress,
  partitions: readonly Partition[],
  changed: readonly ChangedPartition[],
): Promise<void> {
  const folder = inWork(levelsFolder(context.work), 'archive');
  await rm(levelsFolder(context.work), { recursive: true, force: true });
  const fresh = new Map(changed.map((one) => [one.archive.path, one.localArchive]));
  const wanted = new Map<string, string>();
  const placeOf = ({ datasource, month }: Partition) => join(folder, datasource, `${month}.parquet`);
  for (const one of partitions) {
    await mkdir(join(folder, one.datasource), { recursive: true });
    const local = fresh.get(one.archive.path);
    if (local === undefined) wanted.set(one.archive.path, placeOf(one));
    else await copyFile(local, placeOf(one));
  }
  if (wanted.size > 0) context.say(`dbt-levels: ${wanted.size} months of the archive are fetched`);
  await context.warehouse.downloadAll(wanted);
  for (const one of partitions) await requireHash(placeOf(one), one.archive, context.warehouse.name);
}
