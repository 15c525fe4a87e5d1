import type { Finding } from '@sensor-warehouse/model/findings/finding';
import type { Store } from '@sensor-warehouse/storage/store';
import { unplanned } from '../backfill/window-of-plan';
import type { StagedPlan } from '../layout/backfill-documents';
import { type CheckedFile, doubt, type Stored } from '../layout/check-file';
import { parsePath } from '../layout/names';
import { mistakesText, readWhole } from '../layout/read-document';

/** What the jobs of a backfill hand over to each other: the next of them would stop at a plan or window that is damaged. */
export async function checkStaged(warehouse: Store, stored: Stored): Promise<CheckedFile> {
  const staged = [...stored.keys()].flatMap((path) => {
    const name = parsePath(path);
    return name?.kind === 'backfill plan' || name?.kind === 'backfill window' ? [{ path, name }] : [];
  });
  const findings: Finding[] = [];
  const read = async <K extends 'backfill plan' | 'backfill window'>(kind: K, path: string) =>
    readWhole(kind, (await warehouse.readText(path)) ?? '', `${warehouse.name}/${path}`);
  const wrong = (file: string, message: string, mistakes: readonly string[]) =>
    findings.push(doubt({ code: 'staging-doubtful', file, message, found: mistakesText(mistakes), fix: AGAIN }));
  const plans = new Map<string, StagedPlan>();
  for (const { path, name } of staged) {
    if (name.kind !== 'backfill plan') continue;
    const { document, mistakes } = await read(name.kind, path);
    if (document === undefined) wrong(path, UNREADABLE, mistakes);
    else plans.set(name.digest, document);
  }
  for (const { path, name } of staged) {
    if (name.kind !== 'backfill window') continue;
    const { document, mistakes } = await read(name.kind, path);
    const plan = plans.get(name.digest);
    if (document === undefined) wrong(path, UNREADABLE, mistakes);
    else if (plan !== undefined) {
      const others = unplanned(plan, name.digest, name.window, document);
      if (others.length > 0) wrong(path, 'the result of a backfill window does not match its plan', others);
    }
  }
  return { checked: staged.length, findings };
}

const UNREADABLE = 'what one job of a backfill handed to the next cannot be read';
const AGAIN = 'start the backfill again from its plan, which removes what the earlier one left; nothing is lost';
