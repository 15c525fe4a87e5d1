import { Failure } from '@sensor-warehouse/model/findings/failure';
import { levelsBuilder } from '../dbt-levels/dbt-levels';
import { type DatasetFiles, type Pointer, readPointer, shownVersion, type WrittenPointer } from '../layout/pointer';
import { movePointer } from '../publish-parquet/move-pointer';
import { publishForReaders } from '../publish-parquet/readers-place';
import { repairStableCopies } from '../publish-parquet/stable-copies';
import { chosenVersion, storedVersions } from '../release/stored-versions';
import type { Publishing } from '../run/context';
import type { ProvideDbt } from '../transform/run-dbt';

/** Which version readers saw under the stable names, and which they see now (in a dry run, would see). */
export interface Pinned {
  readonly from: string;
  readonly to: string;
  readonly changed: boolean;
  /** Why the second place for readers still has the version before. */
  readonly readersFailure?: Failure;
}

/**
 * Puts an older version under the stable names, and pins it there: nights go on merging and make newer versions, which
 * readers do not see. The newest version is pinned like any other.
 * @param name the version as a person names it, or `unpin` for the newest one, not pinned
 * @throws Failure (config) if the warehouse has no such version, or none is pinned
 */
export async function pinVersion(
  context: Publishing,
  name: string | { readonly unpin: true },
  provideDbt: ProvideDbt,
): Promise<Pinned> {
  const { warehouse, dryRun, say } = context;
  const { pointer, text } = await readPointer(warehouse);
  const { pinned: before, ...rest } = pointer;
  const pinned = typeof name === 'string' ? await wholeVersion(context, name) : undefined;
  if (pinned === undefined && before === undefined) throw notPinned(warehouse.name);
  const [from, to] = [shownVersion(pointer).version, (pinned ?? pointer.public).version];
  const changed = before?.version !== pinned?.version;
  let written: WrittenPointer = { pointer, text };
  if (changed) {
    say(`publish: ${dryRun ? 'would put' : 'puts'} version ${to} under the stable names, instead of ${from}`);
    const next: Pointer = { ...rest, generation: pointer.generation + 1, ...(pinned === undefined ? {} : { pinned }) };
    written = dryRun ? { pointer: next, text } : await movePointer(context, next, text);
    if (!dryRun) await repairStableCopies(context, written, levelsBuilder(provideDbt));
  }
  const readersFailure = await publishForReaders(context, written);
  return { from, to, changed, ...(readersFailure === undefined ? {} : { readersFailure }) };
}

/** @throws Failure (remote-permanent) if files of the version are missing */
async function wholeVersion({ warehouse }: Publishing, name: string): Promise<DatasetFiles> {
  const version = chosenVersion(await storedVersions(warehouse), name, warehouse.name);
  const folder = `public/versions/${version.version}`;
  const sizes = new Map((await warehouse.listHere(folder)).map(({ path, bytes }) => [path, bytes]));
  const lost = version.files.filter(({ path, bytes }) => !sizes.has(path) || (sizes.get(path) ?? bytes) !== bytes);
  if (lost.length === 0) return version;
  throw new Failure({
    stage: 'publish',
    what: 'files of the version are missing or damaged',
    where: `${warehouse.name}/${folder}`,
    found: lost.map(({ path }) => path.split('/').at(-1)!).join(', '),
    consequence: 'nothing was changed',
    fix: 'restore them from the remote’s version history, or choose another version',
    class: 'remote-permanent',
    code: 'version-incomplete',
  });
}

function notPinned(warehouse: string): Failure {
  return new Failure({
    stage: 'publish',
    what: 'no version is pinned: readers see the newest one',
    where: warehouse,
    consequence: 'nothing was changed',
    fix: 'there is nothing to do',
    class: 'config',
    code: 'version-absent',
  });
}
