import { Failure } from '@sensor-warehouse/model/findings/failure';
import { type Finding, printable } from '@sensor-warehouse/model/findings/finding';
import type { StoredFile } from '@sensor-warehouse/storage/store';
import { type CheckedFile, checkFile, doubt, type Stored, withFile, withoutHealing } from '../layout/check-file';
import { isNeeded } from '../layout/consumption';
import { type FactsManifest, manifestPath } from '../layout/facts-manifest';
import {
  gapFindings,
  listNumbered,
  type NumberedGeneration,
  type Numbering,
  readNumbered,
} from '../layout/generations';
import type { Pointer } from '../layout/pointer';
import { rawPathAmong } from '../publish-facts/write-generation';
import { findUnaccounted, type LeftBehind, unaccountedFinding } from '../raw-archive/unaccounted';
import type { OpenWarehouse, Progress, Seeds, UploadFolders } from '../run/context';
import { differingSeries } from '../tables/differing-series';
import { contradictionsOf } from './check-manifest';
import { unnamedUpload } from './check-uploads';
import { followsFrom } from './sweep';

/** Every manifest that can be read, and a doubt for each that cannot. */
export async function readAllManifests(context: OpenWarehouse, pointer: Pointer) {
  const numbering = await listNumbered(context.warehouse, pointer);
  const { generations } = numbering;
  const damaged: Finding[] = [];
  // All at once, unless one is damaged: then each by itself, so that every one of them is named.
  const manifests = await readNumbered(context, generations).catch(async (error: unknown) => {
    damagedDocument(error);
    const read: FactsManifest[] = [];
    for (const one of generations) read.push(...(await readOne(context, one, (found) => damaged.push(found))));
    return read;
  });
  return { manifests, damaged, numbering };
}

async function readOne(
  context: OpenWarehouse,
  generation: NumberedGeneration,
  tell: (damaged: Finding) => void,
): Promise<readonly FactsManifest[]> {
  try {
    return await readNumbered(context, [generation]);
  } catch (error) {
    const { what, found } = damagedDocument(error);
    const file = manifestPath(generation.name);
    const said = found === undefined ? {} : { found };
    tell(withoutHealing(doubt({ code: 'manifest-damaged', file, message: what, ...said })));
    return [];
  }
}

/** @throws what is not damage: a remote that does not answer, a newer format */
function damagedDocument(error: unknown): Failure['details'] {
  if (error instanceof Failure && error.details.class === 'remote-permanent') return error.details;
  throw error;
}

/** Whether manifests agree with themselves and follow one another, and all are there that the pointer has consumed. */
export function checkManifests(
  pointer: Pointer,
  manifests: readonly FactsManifest[],
  damaged: readonly Finding[],
  numbering: Numbering,
): CheckedFile {
  const findings = [...damaged, ...numbering.findings, ...gapFindings(numbering)];
  const wrong = (file: string, message: string) =>
    findings.push(withoutHealing(doubt({ code: 'manifest-doubtful', file, message })));
  for (const manifest of manifests)
    for (const contradiction of contradictionsOf(manifest))
      wrong(manifestPath(manifest.generation), printable(contradiction));
  const listed = new Set(numbering.generations.map(({ name }) => name));
  for (const name of pointer.generations)
    if (!listed.has(name)) wrong(manifestPath(name), `generation ${name} is consumed, but its manifest is missing`);
  // The pointer does not name what earlier versions consumed.
  const numbers = new Set(numbering.generations.map(({ number }) => number));
  for (let number = 1; number <= pointer.namedAfter; number++)
    if (!numbers.has(number)) wrong('facts', `generation ${number} is consumed, but its manifest is missing`);
  return { checked: manifests.length, findings };
}

/** Facts that wait, and those that are kept after they were consumed: their bytes, and that they are what their manifest says. */
export async function checkFacts(
  context: OpenWarehouse,
  pointer: Pointer,
  manifests: readonly FactsManifest[],
  stored: Stored,
  everyByte: boolean,
): Promise<CheckedFile & { readonly broken: readonly FactsManifest[] }> {
  const findings: Finding[] = [];
  const broken: FactsManifest[] = [];
  let checked = 0;
  for (const manifest of manifests) {
    const { generation, facts } = manifest;
    const path = `facts/${generation}/${facts.file}`;
    // Facts that are consumed may have been swept, unless a month follows from them.
    if (!isNeeded(manifest, pointer) && !stored.has(path) && !followsFrom(manifest, pointer)) continue;
    checked++;
    const found = await checkFile(context, { ...facts, path }, stored, everyByte);
    if (found !== undefined) {
      findings.push(found);
      broken.push(manifest);
    } else if (everyByte) findings.push(...(await checkSeries(context, manifest, path)));
  }
  return { checked, findings, broken };
}

async function checkSeries(context: OpenWarehouse, manifest: FactsManifest, path: string): Promise<Finding[]> {
  const file = manifestPath(manifest.generation);
  const message = 'a manifest does not match its facts';
  const wrong = (found: string, more: Partial<Finding> = {}) =>
    withoutHealing(doubt({ code: 'manifest-doubtful', file, message, found: printable(found), ...more }));
  return withFile(context, path, async (local) => {
    const differences = await differingSeries(local, manifest);
    if (differences.length > 0)
      return differences.map(({ first, datasource, count }) => wrong(first, { datasource, count }));
    const unnamed = await unnamedUpload(local, manifest);
    return unnamed === undefined ? [] : [wrong(unnamed)];
  });
}

/** Raw copies that manifests name, and what no manifest names. */
export async function checkRawCopies(
  context: UploadFolders & Seeds & Progress,
  manifests: readonly FactsManifest[],
  stored: Stored,
  everyByte: boolean,
): Promise<CheckedFile> {
  const copies = manifests.flatMap(({ generation, files }) =>
    files.map((file) => ({
      path: rawPathAmong((path) => stored.has(path), file, generation),
      sha256: file.sha256,
      bytes: file.bytes,
    })),
  );
  const findings: Finding[] = [];
  for (const [index, copy] of copies.entries()) {
    if (everyByte && index % 20 === 19) context.say(`verify: raw copies, ${index + 1} of ${copies.length}`);
    const found = await checkFile(context, copy, stored, everyByte);
    if (found !== undefined) findings.push(withoutHealing(found));
  }
  const { unaccounted, leftBehind } = await findUnaccounted(context, readable(stored, manifests), manifests);
  findings.push(...unaccounted.map(unaccountedFinding), ...leftBehind.map(leftBehindFinding));
  return { checked: copies.length, findings };
}

/** Nobody can say what a generation names if its manifest cannot be read. */
function readable(stored: Stored, manifests: readonly FactsManifest[]): StoredFile[] {
  const known = new Set(manifests.map(({ generation }) => generation));
  return [...stored.values()].filter(({ path }) => {
    const generation = /^(?:raw\/[^/]+|facts)\/([^/]+)\//.exec(path)?.[1];
    return generation === undefined || known.has(generation) || !stored.has(manifestPath(generation));
  });
}

function leftBehindFinding({ path, why }: LeftBehind): Finding {
  return {
    code: 'hand-over-cut-short',
    severity: 'info',
    file: path,
    count: 1,
    message: `a hand-over was cut short, and no manifest names this; nothing is lost: ${why}`,
    fix: 'nothing to do',
  };
}
