import { writeFile } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { asFailure } from '@sensor-warehouse/model/findings/as-failure';
import { Failure } from '@sensor-warehouse/model/findings/failure';
import { printable } from '@sensor-warehouse/model/findings/finding';
import type { Store } from '@sensor-warehouse/storage/store';
import { fetchWholeOnes, isHash } from '../layout/fetch-whole';
import { type PointedFile, readPointer, shownVersion, type WrittenPointer } from '../layout/pointer';
import type { OpenWarehouse, Progress, Publishing } from '../run/context';
import { inWork } from '../run/in-work';
import { requireArrived } from './move-pointer';
import { isNothing, LATEST, placePath, planForReaders, type ReadersPlan } from './readers-plan';

/**
 * Brings the second place for readers, if there is one, to what the pointer shows: files of its versions first, compared as
 * they arrive, then the stable copies, `latest.json` last. What is there already is left alone, so a run that was cut short
 * is completed by the next one. In a dry run, it is only said.
 * @returns what went wrong there; the version is published in the warehouse all the same
 */
export async function publishForReaders(context: Publishing, written: WrittenPointer): Promise<Failure | undefined> {
  const { publishTo: place, work, dryRun } = context;
  const { version } = shownVersion(written.pointer);
  if (place === undefined || version === '') return undefined;
  try {
    await bringTo(place, context, written);
    return undefined;
  } catch (error) {
    const { details } = asFailure(error, 'publish-parquet', work);
    const consequence = dryRun
      ? 'nothing was changed, this was a dry run'
      : `the warehouse has published version ${version}; the next run completes ${place.name}`;
    return new Failure({ ...details, consequence });
  }
}

async function bringTo(place: Store, context: Publishing, written: WrittenPointer): Promise<void> {
  const { warehouse, configuration, dryRun, say } = context;
  for (let ours = written; ; ) {
    const plan = await planForReaders(place, warehouse, ours.pointer, configuration.dataset.name);
    if (dryRun) return tell(plan, place.name, say);
    await carryOut(plan, place, context).catch(async (error: unknown) => {
      // If another run was there meanwhile, its `latest.json` says nothing of files that ours took the place of.
      const isOvertaken = await readPointer(warehouse).then(
        ({ text }) => text !== ours.text,
        () => false,
      );
      if (isOvertaken) await place.remove(LATEST).catch(() => undefined);
      throw error;
    });
    const standing = await readPointer(warehouse);
    if (standing.text === ours.text) return;
    say(`publish-parquet: another run published meanwhile; ${place.name} gets its version`);
    ours = standing;
  }
}

async function carryOut(plan: ReadersPlan, place: Store, context: OpenWarehouse & Progress): Promise<void> {
  if (isNothing(plan)) return context.say(`publish-parquet: ${place.name} has everything already`);
  await bring(plan.newest, placePath, place, context);
  await bring(plan.stable, (path) => basename(path), place, context);
  await place.removeAll(plan.names);
  if (plan.latest !== undefined) {
    const local = inWork(context.work, `readers-${LATEST}`);
    await writeFile(local, plan.latest);
    await place.upload(local, LATEST);
  }
  for (const files of plan.older) await bringOlder(files, place, context);
  await place.removeAll(plan.old);
  const { newest, stable, older } = plan;
  context.say(`publish-parquet: ${place.name} got ${newest.length + stable.length + older.flat().length} files`);
}

/**
 * Copies files of the warehouse, and compares what arrived.
 * @throws Failure (remote-permanent) if one is lost
 */
async function bring(
  files: readonly PointedFile[],
  pathOf: (path: string) => string,
  place: Store,
  context: OpenWarehouse,
): Promise<void> {
  return send(files, await haveHere(files, context), pathOf, place, context);
}

/** @param here path of each file → where it lies */
async function send(
  files: readonly PointedFile[],
  here: ReadonlyMap<string, string>,
  pathOf: (path: string) => string,
  place: Store,
  { warehouse }: Pick<OpenWarehouse, 'warehouse'>,
): Promise<void> {
  // Sent together, those from one folder here to one there: behind rclone each start costs a second.
  const together = new Map<string, { readonly from: string; readonly to: string; readonly names: string[] }>();
  for (const file of files) {
    const local = here.get(file.path);
    if (local === undefined) throw lost(file, warehouse);
    const [from, to] = [dirname(local), dirname(pathOf(file.path))];
    const sent = together.get(`${from}\n${to}`) ?? { from, to, names: [] };
    together.set(`${from}\n${to}`, sent);
    sent.names.push(basename(file.path));
  }
  for (const { from, to, names } of together.values()) await place.uploadAll(from, to === '.' ? '' : to, names);
  await requireArrived(
    place,
    files.map(({ path, bytes }) => ({ path: pathOf(path), bytes })),
  );
}

/** An older version that the warehouse no longer has whole is none that readers need. */
async function bringOlder(
  files: readonly PointedFile[],
  place: Store,
  context: OpenWarehouse & Progress,
): Promise<void> {
  const here = await haveHere(files, context);
  const gone = files.find(({ path }) => !here.has(path));
  if (gone === undefined) return send(files, here, placePath, place, context);
  context.say(`publish-parquet: ${place.name} goes without an older version: the warehouse has ${gone.path} no longer`);
}

/**
 * Has files here, as this run made or fetched them, or else as the warehouse holds them.
 * @returns path → place here; of a file that is lost, none
 */
async function haveHere(files: readonly PointedFile[], context: OpenWarehouse): Promise<Map<string, string>> {
  const here = new Map<string, string>();
  for (const { path, sha256 } of files)
    for (const local of [inWork(context.work, 'public', basename(path)), inWork(context.work, 'known', path)])
      if (!here.has(path) && (await isHash(local, sha256))) here.set(path, local);
  const lacking = files.filter(({ path }) => !here.has(path));
  return new Map([...here, ...(await fetchWholeOnes(context, lacking))]);
}

function lost({ path }: PointedFile, warehouse: Store): Failure {
  return new Failure({
    stage: 'publish-parquet',
    what: 'a file of the version is missing or damaged',
    where: `${warehouse.name}/${path}`,
    fix: 'run `warehouse heal`, then run it again',
    class: 'remote-permanent',
    code: 'hash-count',
  });
}

function tell(plan: ReadersPlan, place: string, say: Progress['say']): void {
  const versions = [...plan.newest, ...plan.older.flat()].map(
    ({ path, bytes }) => `${placePath(path)} (${bytes} bytes)`,
  );
  const stable = plan.stable.map(({ path, bytes }) => `${basename(path)} (${bytes} bytes)`);
  const written = [...versions, ...stable, ...(plan.latest === undefined ? [] : [LATEST])];
  const removed = [...plan.names, ...plan.old];
  for (const one of written) say(`publish-parquet: would write ${place}/${one}`);
  for (const one of removed) say(`publish-parquet: would remove ${printable(`${place}/${one}`)}`);
  if (written.length + removed.length === 0) say(`publish-parquet: ${place} has everything already`);
}
