import { rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Failure } from '@sensor-warehouse/model/findings/failure';
import type { StagedPlan, StagedWindow } from '../layout/backfill-documents';
import type { ChangedPartition } from '../layout/changed-partition';
import { fetchWhole } from '../layout/fetch-whole';
import { lackingFrom, type Sizes, sizesIn } from '../layout/file-sizes';
import { type PointedFile, type Pointer, pointerDigest } from '../layout/pointer';
import { mistakesText } from '../layout/read-document';
import type { OpenWarehouse } from '../run/context';
import { readWindow, windowPath } from './staging';
import { unfounded, unplanned } from './window-of-plan';

/** A plan whose windows are looked for, and the warehouse as it is now. */
export interface PlanInWork {
  readonly context: OpenWarehouse;
  readonly digest: string;
  readonly plan: StagedPlan;
  readonly pointer: Pointer;
  readonly pointerText: string | undefined;
}

/**
 * Whether a file that a job left is there as it was left; a part of the same size may be another one. What is published
 * already is not read again: that is for `verify` to tell.
 */
async function isWhole(
  context: PlanInWork['context'],
  { partitions }: Pointer,
  { path, sha256 }: PointedFile,
): Promise<boolean> {
  if (partitions.flatMap(filesOf).some((one) => one.path === path && one.sha256 === sha256)) return true;
  const local = await fetchWhole(context, { path, sha256 });
  // Archives may be large, and nothing else needs them here.
  if (local !== undefined) await rm(local);
  return local !== undefined;
}

/**
 * Takes away what lies, damaged, where a window is going to leave its files: names are written once, and would refuse them.
 * The pointer names none of these.
 */
export async function removeDamaged(
  context: PlanInWork['context'],
  pointer: Pointer,
  partitions: readonly ChangedPartition[],
): Promise<void> {
  for (const file of partitions.flatMap(filesOf)) {
    const there = await sizesIn(context.warehouse, [dirname(file.path)]);
    if (there.has(file.path) && !(await isWhole(context, pointer, file))) await context.warehouse.remove(file.path);
  }
}

function filesOf({ archive, aggregates, levels = {} }: Pick<ChangedPartition, 'archive' | 'aggregates' | 'levels'>) {
  return [archive, aggregates, ...Object.values(levels)];
}

/**
 * Gives what a window of the plan made; undefined as long as it is not built.
 * @throws Failure (remote-temporary) if what is there cannot be read, or is not what the plan asks of the window
 */
export function madeWindows({ context, digest, plan, pointer, pointerText }: PlanInWork) {
  const { warehouse } = context;
  const isCurrent = pointerDigest(pointerText) === plan.pointer;
  const folders = new Map<string, Sizes>();
  const filesIn = async (folder: string) => {
    const known = folders.get(folder) ?? (await sizesIn(warehouse, [folder]));
    folders.set(folder, known);
    return known;
  };
  const absentOf = async (partition: ChangedPartition) => {
    const absent: string[] = [];
    for (const file of filesOf(partition)) {
      const lacking = lackingFrom(await filesIn(dirname(file.path)));
      if (lacking(file.path, file.bytes)) absent.push(`${file.path} is missing, or has a different size`);
      else if (!(await isWhole(context, pointer, file))) absent.push(`${file.path} has a different SHA-256`);
    }
    return absent;
  };
  return async (name: string): Promise<StagedWindow | undefined> => {
    const made = await readWindow(warehouse, digest, name);
    if (made === undefined) return undefined;
    const mistakes = unplanned(plan, digest, name, made);
    // Over another pointer either all of it is published, or nothing.
    if (mistakes.length === 0 && isCurrent) {
      mistakes.push(...unfounded(plan, name, made, pointer));
      for (const partition of made.partitions) mistakes.push(...(await absentOf(partition)));
    }
    if (mistakes.length > 0) throw otherWindow(`${warehouse.name}/${windowPath(digest, name)}`, mistakes);
    return made;
  };
}

function otherWindow(where: string, mistakes: readonly string[]): Failure {
  return new Failure({
    stage: 'backfill',
    what: 'the result of a backfill window does not match its plan',
    where,
    found: mistakesText(mistakes),
    expected: 'the months of the window, as they follow from the published version',
    consequence: 'nothing was published',
    fix: 'run all jobs of the backfill again: the job of this window rebuilds it',
    class: 'remote-temporary',
    code: 'backfill-window',
  });
}
