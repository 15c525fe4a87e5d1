import { Failure } from '@sensor-warehouse/model/findings/failure';
import type { Finding } from '@sensor-warehouse/model/findings/finding';
import { type CheckedFile, checkFile, doubt, type Stored } from '../layout/check-file';
import type { FactsManifest } from '../layout/facts-manifest';
import { type Pointed, type PointedKind, pointedFiles } from '../layout/pointed-files';
import { readPointer } from '../layout/pointer';
import type { OpenWarehouse, Progress, Seeds, UploadFolders } from '../run/context';
import { checkFacts, checkManifests, checkRawCopies, readAllManifests } from './check-hand-overs';
import { checkPointer } from './check-pointer';
import { checkQuarantine } from './check-quarantine';
import { checkRecords } from './check-records';
import { checkStable } from './check-stable';
import { checkStaged } from './check-staged';
import { checkVersions } from './check-versions';
import { checkContinuity } from './continuity';
import { countRows } from './count-rows';

export interface Check {
  readonly name: string;
  /** Files or facts that were looked at. */
  readonly checked: number;
  readonly doubts: number;
}

export interface Verified {
  readonly generation: number;
  readonly checks: readonly Check[];
  /** Warnings are doubts; infos are only reported. */
  readonly findings: readonly Finding[];
  /** Files that the pointer names and that are missing or damaged. */
  readonly broken: readonly Pointed[];
  /** Generations whose facts are missing or damaged. */
  readonly brokenFacts: readonly FactsManifest[];
}

/** Nothing in the warehouse has the hours of an earlier pipeline a second time. */
const IMPORT_AGAIN = 'import the old files again with `warehouse import-legacy`';

const KINDS: readonly PointedKind[] = ['archive', 'aggregates', 'levels', 'previous', 'legacy', 'public', 'normalized'];

/**
 * Looks whether the warehouse is what its pointer and manifests say, and changes nothing. With `everyByte` every file that
 * anybody reads is downloaded, one at a time, and its hash, rows and hours compared; without it names and sizes are.
 * @throws Failure if the pointer cannot be read, or the remote does not answer
 */
export async function verify(context: UploadFolders & Seeds & Progress, everyByte: boolean): Promise<Verified> {
  const { warehouse, say } = context;
  const { pointer, text = '' } = await readPointer(warehouse);
  say(`verify: lists ${warehouse.name}`);
  const stored: Stored = new Map((await warehouse.list('')).map((file) => [file.path, file]));
  const { manifests, damaged, numbering } = await readAllManifests(context, pointer);
  const checks: Check[] = [];
  const findings: Finding[] = [];
  const add = (name: string, { checked, findings: found }: CheckedFile) => {
    checks.push({ name, checked, doubts: found.filter(({ severity }) => severity !== 'info').length });
    findings.push(...found);
  };
  add('pointer and its copies', await checkPointer(context.warehouse, pointer, text, stored));
  add('stable copies', await checkStable(context, pointer, stored, everyByte));
  const broken: Pointed[] = [];
  for (const kind of KINDS) {
    const files = pointedFiles(pointer).filter((one) => one.kind === kind);
    const checked = await checkPointed(context, files, stored, everyByte);
    broken.push(...checked.broken);
    add(everyByte ? `${kind}, every byte` : kind, checked);
  }
  add('older versions', await checkVersions(context, pointer, stored, everyByte));
  add('continuity', checkContinuity(pointer, manifests));
  add('manifests', checkManifests(pointer, manifests, damaged, numbering));
  const facts = await checkFacts(context, pointer, manifests, stored, everyByte);
  add('facts', facts);
  add('raw copies', await checkRawCopies(context, manifests, stored, everyByte));
  add('quarantine', await checkQuarantine(context, stored, everyByte));
  add('staged backfills', await checkStaged(context, pointer, stored, everyByte));
  add('results of checks', await checkRecords(context, stored, everyByte));
  return { generation: pointer.generation, checks, findings, broken, brokenFacts: facts.broken };
}

/** Files of one kind that the pointer names. */
async function checkPointed(
  context: OpenWarehouse & Progress,
  files: readonly Pointed[],
  stored: Stored,
  everyByte: boolean,
): Promise<CheckedFile & { readonly broken: readonly Pointed[] }> {
  const findings: Finding[] = [];
  const broken: Pointed[] = [];
  for (const [index, pointed] of files.entries()) {
    const { file, kind } = pointed;
    if (everyByte && index % 20 === 19) context.say(`verify: ${kind}, ${index + 1} of ${files.length}`);
    const found = await checkFile(context, file, stored, everyByte, async (local) => {
      const counted = await countRows(context, pointed, local);
      if (counted === undefined) return undefined;
      const [seen, expected] = [String(counted.found), String(counted.expected)];
      return doubt({ code: 'row-count', file: file.path, message: counted.what, found: seen, expected });
    });
    if (found === undefined) continue;
    findings.push(kind === 'legacy' ? { ...found, fix: IMPORT_AGAIN } : found);
    broken.push(pointed);
  }
  return { checked: files.length, findings, broken };
}

/** The failure for a warehouse that does not match its pointer. */
export function doubtsFailure(where: string, findings: readonly Finding[]): Failure {
  const doubts = findings.filter(({ severity }) => severity !== 'info');
  return new Failure({
    stage: 'verify',
    what: `the warehouse does not match its pointer and manifests`,
    where,
    found: `${doubts.length} doubts`,
    expected: 'none',
    consequence: 'nothing was changed',
    fix: 'run `warehouse heal`',
    class: 'remote-permanent',
    code: 'verify-doubts',
    findings: doubts,
  });
}
