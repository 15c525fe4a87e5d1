import type { Finding } from '@sensor-warehouse/model/findings/finding';
import { misnamed } from '../backfill/staging';
import { unplanned } from '../backfill/window-of-plan';
import type { StagedPlan, StagedWindow } from '../layout/backfill-documents';
import { type CheckedFile, checkFile, doubt, type Stored } from '../layout/check-file';
import { parsePath } from '../layout/names';
import { pointedFiles } from '../layout/pointed-files';
import type { Pointer } from '../layout/pointer';
import { mistakesText, readWhole } from '../layout/read-document';
import type { OpenWarehouse, Progress } from '../run/context';

/** Checks what the jobs of a backfill hand over to each other: the next job would stop at a damaged plan or window. */
export async function checkStaged(
  context: OpenWarehouse & Progress,
  pointer: Pointer,
  stored: Stored,
  everyByte: boolean,
): Promise<CheckedFile> {
  const { warehouse } = context;
  const staged = [...stored.keys()].flatMap((path) => {
    const name = parsePath(path);
    return name?.kind === 'backfill plan' || name?.kind === 'backfill window' ? [{ path, name }] : [];
  });
  const findings: Finding[] = [];
  const read = async <K extends 'backfill plan' | 'backfill window'>(kind: K, path: string) =>
    readWhole(kind, (await warehouse.readText(path)) ?? '', `${warehouse.name}/${path}`);
  const wrong = (file: string, message: string, mistakes: readonly string[]) =>
    findings.push(doubt({ code: 'staging-doubtful', file, message, found: mistakesText(mistakes), fix: AGAIN }));
  const published = new Set(pointedFiles(pointer).map(({ file }) => file.path));
  const plans = new Map<string, StagedPlan>();
  for (const { path, name } of staged) {
    if (name.kind !== 'backfill plan') continue;
    const { document, mistakes } = await read(name.kind, path);
    if (document === undefined) wrong(path, UNREADABLE, mistakes);
    else {
      plans.set(name.digest, document);
      const others = misnamed(document, name.digest);
      if (others.length > 0) wrong(path, 'the plan of a backfill is not the one that its name says', others);
    }
  }
  for (const { path, name } of staged) {
    if (name.kind !== 'backfill window') continue;
    const { document, mistakes } = await read(name.kind, path);
    const plan = plans.get(name.digest);
    if (document === undefined) {
      wrong(path, UNREADABLE, mistakes);
      continue;
    }
    const others = plan === undefined ? [] : unplanned(plan, name.digest, name.window, document);
    if (others.length > 0) wrong(path, 'the result of a backfill window does not match its plan', others);
    else findings.push(...(await checkLeft(context, document, stored, { published, everyByte })));
  }
  return { checked: staged.length, findings };
}

/** Checks the files of a window. Its job rebuilds missing ones; published ones are checked elsewhere. */
async function checkLeft(
  context: OpenWarehouse & Progress,
  { partitions }: StagedWindow,
  stored: Stored,
  { published, everyByte }: { readonly published: ReadonlySet<string>; readonly everyByte: boolean },
): Promise<Finding[]> {
  const findings: Finding[] = [];
  const left = partitions.flatMap(({ archive, aggregates, levels = {} }) => [
    archive,
    aggregates,
    ...Object.values(levels),
  ]);
  for (const file of left) {
    if (published.has(file.path) || !stored.has(file.path)) continue;
    const found = await checkFile(context, file, stored, everyByte);
    if (found !== undefined) findings.push({ ...found, fix: AGAIN });
  }
  return findings;
}

const UNREADABLE = 'what one job of a backfill handed to the next cannot be read';
const AGAIN = 'start the backfill again from its plan, which removes the files of the earlier one; nothing is lost';
