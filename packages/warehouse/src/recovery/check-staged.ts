import type { Finding } from '@sensor-warehouse/model/finding';
import type { Context } from '../context';
import { parsePath } from '../layout/names';
import { mistakesText, readWhole } from '../layout/read-document';
import { type Checked, doubt, type Stored } from './check-file';

/** What the jobs of a backfill hand over to each other: the next of them would stop at a plan or window that is damaged. */
export async function checkStaged({ warehouse }: Context, stored: Stored): Promise<Checked> {
  const staged = [...stored.keys()].flatMap((path) => {
    const kind = parsePath(path)?.kind;
    return kind === 'backfill plan' || kind === 'backfill window' ? [{ path, kind }] : [];
  });
  const findings: Finding[] = [];
  for (const { path, kind } of staged) {
    const { mistakes } = readWhole(kind, (await warehouse.readText(path)) ?? '', `${warehouse.name}/${path}`);
    if (mistakes === undefined) continue;
    const message = 'what one job of a backfill left for the next cannot be read';
    const fix = 'start the backfill again from its plan, which takes away what the one before left; nothing is lost';
    findings.push(doubt({ code: 'staging-doubtful', file: path, message, found: mistakesText(mistakes), fix }));
  }
  return { checked: staged.length, findings };
}
