import { join } from 'node:path';
import type { FileCounts } from '@sensor-warehouse/intake/report';
import type { Datasource } from '@sensor-warehouse/model/configuration';
import type { Finding } from '@sensor-warehouse/model/finding';
import { sha256OfBytes, sha256OfFile } from '@sensor-warehouse/storage/file-hash';
import type { Store } from '@sensor-warehouse/storage/store';
import type { Context } from '../context';
import type { IngestedFile } from '../ingest/ingest';
import { readWhole } from '../layout/read-document';
import { writeDocument } from '../run-record';
import { entryNames, quarantineFolder } from './entry';

/*
 * What was refused stays in its upload folder, and would be read again each night. The verdict on it follows from its bytes,
 * its name, the contract of its source and the program: while these are the same it stands, and only what was found is told
 * again. Verdicts that depend on anything else, such as the clock, are not kept.
 */

/** The verdict on one refused upload. */
export interface Refusal {
  readonly datasource: string;
  /** The upload's name as it came. */
  readonly file: string;
  readonly sha256: string;
  /** What it was read by (see rulesDigest). */
  readonly rules: string;
  readonly counts: FileCounts;
  readonly findings: readonly Finding[];
  /** Whether it holds its source. */
  readonly holds: boolean;
}

/** Verdicts of the last run, in the warehouse. */
export const REFUSALS = 'refusals.json';

/** One that cannot be read is as good as none: the uploads are read again. */
async function readStored(warehouse: Store): Promise<readonly Refusal[]> {
  const text = await warehouse.readText(REFUSALS);
  if (text === undefined) return [];
  return readWhole('refusals', text, `${warehouse.name}/${REFUSALS}`).document?.refusals ?? [];
}

/**
 * Verdicts on uploads that lie in their folders now. A verdict counts only while what it is about lies in the quarantine,
 * whole, for people and for `replay`. A dry run reads everything.
 */
export async function readRefusals(context: Context, files: readonly IngestedFile[]): Promise<readonly Refusal[]> {
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

/** Whether a verdict is about this upload: of one name, for a name may say the sensor, and of the same bytes. */
export function isAbout(refusal: Refusal, { datasource, name, sha256 }: IngestedFile): boolean {
  return refusal.datasource === datasource && refusal.file === name && refusal.sha256 === sha256;
}

/** Keeps this run's verdicts for the next one. Of sources whose uploads nobody could look at the verdicts of before stay. */
export async function keepRefusals(
  { work, warehouse }: Context,
  refusals: readonly Refusal[],
  notLookedAt: ReadonlySet<string>,
): Promise<void> {
  const stored = await readStored(warehouse);
  const kept = [...stored.filter(({ datasource }) => notLookedAt.has(datasource)), ...refusals];
  if (JSON.stringify(kept) === JSON.stringify(stored)) return;
  const local = join(work, REFUSALS);
  await writeDocument(local, { format: 1, refusals: kept });
  await warehouse.upload(local, REFUSALS);
}

/**
 * Names everything besides an upload's bytes and name that the verdict on it follows from: the contract of its source, the
 * program, and what Node brings with it, such as the rules of time zones.
 */
export async function rulesDigest(datasource: Datasource, program: string): Promise<string> {
  const { node, icu, tz, unicode } = process.versions;
  const contract = JSON.stringify(datasource, (_, value: unknown) =>
    value instanceof Map ? { map: [...value] } : value instanceof Set ? { set: [...value] } : value,
  );
  return sha256OfBytes([await programDigest(program), node, icu, tz, unicode, contract].join('\n'));
}

const digests = new Map<string, Promise<string>>();

function programDigest(program: string): Promise<string> {
  const known = digests.get(program) ?? sha256OfFile(program);
  digests.set(program, known);
  return known;
}
