import type { Store } from '@sensor-warehouse/storage/store';
import { pathOf } from '../layout/names';
import { entryNames, quarantineFolder } from '../layout/quarantine-entry';
import { readWhole } from '../layout/read-document';
import { isAbout, type Refusal } from '../layout/refusals';
import { writeDocument } from '../layout/write-document';
import type { Change, OpenWarehouse } from '../run/context';
import { inWork } from '../run/in-work';
import type { IngestedFile } from '../run/ingested-file';

/** Verdicts of the last run, in the warehouse. */
export const REFUSALS = pathOf({ kind: 'refusals' });

/** One that cannot be read is as good as none: the uploads are read again. */
async function readStored(warehouse: Store): Promise<readonly Refusal[]> {
  const text = await warehouse.readText(REFUSALS);
  if (text === undefined) return [];
  return readWhole('refusals', text, `${warehouse.name}/${REFUSALS}`).document?.refusals ?? [];
}

/**
 * Verdicts on uploads that are in their folders now. A verdict counts only while what it is about is in the quarantine,
 * whole, for people and for `replay`. A dry run reads everything.
 */
export async function readRefusals(
  context: OpenWarehouse & Change,
  files: readonly IngestedFile[],
): Promise<readonly Refusal[]> {
  const { warehouse, dryRun } = context;
  if (dryRun || files.length === 0) return [];
  const known = (await readStored(warehouse)).flatMap((refusal) => {
    const file = files.find((one) => isAbout(refusal, one));
    return file === undefined ? [] : [{ refusal, file }];
  });
  const kept = new Map<string, number | undefined>();
  for (const datasource of new Set(known.map(({ file }) => file.datasource)))
    for (const { path, bytes } of await warehouse.listHere(quarantineFolder(datasource))) kept.set(path, bytes);
  return known
    .filter(({ file }) => {
      const folder = quarantineFolder(file.datasource);
      const names = entryNames(file, true);
      return kept.get(`${folder}/${names.kept}`) === file.bytes && kept.has(`${folder}/${names.report}`);
    })
    .map(({ refusal }) => refusal);
}

/** Keeps this run's verdicts for the next one. Of sources whose uploads nobody could look at the verdicts of before stay. */
export async function keepRefusals(
  { work, warehouse }: OpenWarehouse,
  refusals: readonly Refusal[],
  notLookedAt: ReadonlySet<string>,
): Promise<void> {
  const stored = await readStored(warehouse);
  const kept = [...stored.filter(({ datasource }) => notLookedAt.has(datasource)), ...refusals];
  if (JSON.stringify(kept) === JSON.stringify(stored)) return;
  const local = inWork(work, REFUSALS);
  await writeDocument(local, { format: 1, refusals: kept });
  await warehouse.upload(local, REFUSALS);
}
