import { dirname } from 'node:path';
import { Failure } from '@sensor-warehouse/model/findings/failure';
import type { Store } from '@sensor-warehouse/storage/store';
import type { StagedPlan, StagedWindow } from '../layout/backfill-documents';
import type { ChangedPartition } from '../layout/changed-partition';
import { lackingFrom, type Sizes, sizesIn } from '../layout/file-sizes';
import { type Pointer, pointerDigest } from '../layout/pointer';
import { mistakesText } from '../layout/read-document';
import { readWindow, windowPath } from './staging';
import { unfounded, unplanned } from './window-of-plan';

/** A plan whose windows are looked for, and the warehouse as it is now. */
export interface PlanInWork {
  readonly warehouse: Store;
  readonly digest: string;
  readonly plan: StagedPlan;
  readonly pointer: Pointer;
  readonly pointerText: string | undefined;
}

/**
 * Gives what a window of the plan made; undefined as long as it is not built.
 * @throws Failure (remote-temporary) if what is there cannot be read, or is not what the plan asks of the window
 */
export function madeWindows({ warehouse, digest, plan, pointer, pointerText }: PlanInWork) {
  const isCurrent = pointerDigest(pointerText) === plan.pointer;
  const folders = new Map<string, Sizes>();
  const filesIn = async (folder: string) => {
    const known = folders.get(folder) ?? (await sizesIn(warehouse, [folder]));
    folders.set(folder, known);
    return known;
  };
  const absentOf = async ({ archive, aggregates, levels = {} }: ChangedPartition) => {
    const absent: string[] = [];
    for (const { path, bytes } of [archive, aggregates, ...Object.values(levels)]) {
      const lacking = lackingFrom(await filesIn(dirname(path)));
      if (lacking(path, bytes)) absent.push(`${path} is missing, or has another size`);
    }
    return absent;
  };
  return async (name: string): Promise<StagedWindow | undefined> => {
    const made = await readWindow({ warehouse }, digest, name);
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
    expected: 'the months of the window, as they follow from what is published',
    consequence: 'nothing was published',
    fix: 'run all jobs of the backfill again: the job of this window rebuilds it',
    class: 'remote-temporary',
    code: 'backfill-window',
  });
}
