import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure } from '@sensor-warehouse/model/failure';
import type { Finding } from '@sensor-warehouse/model/finding';
import { sha256OfFile } from '@sensor-warehouse/storage/file-hash';
import type { StoredFile } from '@sensor-warehouse/storage/store';
import type { Context } from '../context';
import type { FactsManifest } from '../facts-manifest';
import { rawPath } from '../hand-over/write-generation';
import { listNumbered, type Numbering, readNumbered } from '../layout/generations';
import { type Pointer, readPointer, STABLE } from '../pointer';
import { checkContinuity } from './continuity';
import { countRows } from './count-rows';
import { type Pointed, type PointedKind, pointedFiles } from './pointed-files';
import { pointerCopyPath } from './pointer-copies';

export interface Check {
  readonly name: string;
  /** Files or facts that were looked at. */
  readonly checked: number;
  readonly doubts: number;
}

export interface Verified {
  readonly generation: number;
  readonly checks: readonly Check[];
  /** Warnings are doubts; what is only told is an info. */
  readonly findings: readonly Finding[];
  /** Files that the pointer names and that are missing or damaged. */
  readonly broken: readonly Pointed[];
}

/** Nothing in the warehouse has the hours of an earlier pipeline a second time. */
const IMPORT_AGAIN = 'import the old files again with `warehouse import-legacy`';

const KINDS: readonly PointedKind[] = ['archive', 'aggregates', 'levels', 'previous', 'legacy', 'public', 'normalized'];

/**
 * Looks whether the warehouse is what its pointer and manifests say, and changes nothing. With `everyByte` every pointed
 * file and all waiting facts are downloaded, one at a time, and their hashes, rows and hours compared; without it their
 * names and sizes are.
 * @throws Failure if the pointer or a manifest cannot be read, or the remote does not answer
 */
export async function verify(context: Context, everyByte: boolean): Promise<Verified> {
  const { warehouse, say } = context;
  const { pointer, text = '' } = await readPointer(warehouse);
  say(`verify: lists ${warehouse.name}`);
  const stored = new Map((await warehouse.list('')).map((file) => [file.path, file]));
  const numbering = await listNumbered(context, pointer);
  const manifests = await readNumbered(context, numbering.generations);
  const checks: Check[] = [];
  const findings: Finding[] = [];
  const add = (name: string, checked: number, found: readonly Finding[]) => {
    checks.push({ name, checked, doubts: found.filter(({ severity }) => severity !== 'info').length });
    findings.push(...found);
  };
  add('pointer', 1, checkPointer(pointer, text, stored));
  const broken: Pointed[] = [];
  for (const kind of KINDS) {
    const files = pointedFiles(pointer).filter((one) => one.kind === kind);
    const doubts: Finding[] = [];
    for (const [index, pointed] of files.entries()) {
      if (everyByte && index % 20 === 19) say(`verify: ${kind}, ${index + 1} of ${files.length}`);
      const found = checkFile(pointed.file, stored) ?? (everyByte ? await checkBytes(context, pointed) : undefined);
      if (found === undefined) continue;
      doubts.push(kind === 'legacy' ? { ...found, fix: IMPORT_AGAIN } : found);
      broken.push(pointed);
    }
    add(everyByte ? `${kind}, every byte` : kind, files.length, doubts);
  }
  const continuity = checkContinuity(pointer, manifests);
  add('continuity', continuity.checked, [...continuity.findings, ...numbering.findings, ...gapFindings(numbering)]);
  const facts = await checkWaiting(context, pointer, manifests, stored, everyByte);
  add('waiting facts', facts.checked, facts.findings);
  const raw = manifests.flatMap(({ generation, files }) =>
    files.map((file) => ({ path: rawPath(file, generation), bytes: file.bytes })),
  );
  const lost = raw.map((file) => checkFile(file, stored)).filter((one) => one !== undefined);
  add('raw copies', raw.length, lost.map(withoutHealing));
  return { generation: pointer.generation, checks, findings, broken };
}

/** Facts that no run takes: one between them and the others is missing. */
function gapFindings({ gap }: Numbering): Finding[] {
  if (gap === undefined) return [];
  const { name, expected } = gap;
  return [
    {
      code: 'generation-gap',
      severity: 'error',
      file: `facts/${name}`,
      count: 1,
      found: name,
      expected: `number ${expected}`,
      message: 'a generation of facts does not follow the one before it',
      fix: `restore the manifest of number ${expected}, or remove the folder if nobody knows it`,
    },
  ];
}

function checkPointer(pointer: Pointer, text: string, stored: ReadonlyMap<string, StoredFile>): Finding[] {
  if (pointer.generation === 0) return [];
  const findings: Finding[] = [];
  const copy = pointerCopyPath(pointer, text);
  if (!stored.has(copy)) findings.push(doubt('pointer-copy-absent', copy, 'the pointer has no copy'));
  const hours = pointer.partitions.reduce((total, { aggregates }) => total + aggregates.rows, 0);
  const rows = pointer.public.files.find(({ path }) => path.endsWith('.parquet'))?.rows ?? 0;
  if (rows < hours)
    findings.push(
      doubt('row-count', pointer.public.version, `the dataset has ${rows} rows, its partitions ${hours} hours`),
    );
  if (!stored.has(STABLE)) findings.push(doubt('file-absent', STABLE, 'the stable copies are not there'));
  for (const { path, bytes } of pointer.public.files) {
    const stable = checkFile({ path: `public/${path.split('/').at(-1)!}`, bytes }, stored);
    if (stable !== undefined) findings.push(stable);
  }
  return findings;
}

/** A file by its name and size; undefined if both are right. */
function checkFile(
  { path, bytes }: { readonly path: string; readonly bytes: number },
  stored: ReadonlyMap<string, StoredFile>,
): Finding | undefined {
  const found = stored.get(path);
  if (found === undefined) return doubt('file-absent', path, 'a file is missing');
  if (found.bytes === undefined || found.bytes === bytes) return undefined;
  return doubt('file-damaged', path, 'a file has another size', `${found.bytes} bytes`, `${bytes} bytes`);
}

/** A file by its bytes and, where it is a table, its rows and hours. It is not kept here: a warehouse may be larger. */
async function checkBytes(context: Context, pointed: Pointed): Promise<Finding | undefined> {
  const { path, sha256, rows } = pointed.file;
  const local = join(context.work, 'verified', path);
  try {
    await context.warehouse.download(path, local);
    const found = await sha256OfFile(local);
    if (found !== sha256)
      return doubt('file-damaged', path, 'a file has other bytes', `SHA-256 ${found}`, `SHA-256 ${sha256}`);
    const counted = await countRows(context, pointed, local);
    if (counted === undefined) return undefined;
    return doubt('row-count', path, counted.what, String(counted.found), String(counted.expected ?? rows));
  } finally {
    await rm(local, { force: true });
  }
}

async function checkWaiting(
  context: Context,
  pointer: Pointer,
  manifests: readonly FactsManifest[],
  stored: ReadonlyMap<string, StoredFile>,
  everyByte: boolean,
): Promise<{ readonly checked: number; readonly findings: readonly Finding[] }> {
  const waits = ({ number, sources }: FactsManifest) =>
    sources.some(({ datasource, facts }) => facts > 0 && number > (pointer.consumed[datasource] ?? 0));
  const waiting = manifests.filter(waits);
  const findings: Finding[] = [];
  for (const { generation, facts } of waiting) {
    const path = `facts/${generation}/${facts.file}`;
    const found =
      checkFile({ path, bytes: facts.bytes }, stored) ??
      (everyByte ? await checkBytes(context, { kind: 'previous', file: { path, ...facts } }) : undefined);
    if (found !== undefined) findings.push(withoutHealing(found));
  }
  return { checked: waiting.length, findings };
}

function doubt(
  code: 'pointer-copy-absent' | 'row-count' | 'file-absent' | 'file-damaged',
  file: string,
  message: string,
  found?: string,
  expected?: string,
): Finding {
  return {
    code,
    severity: 'warning',
    file,
    count: 1,
    ...(found === undefined ? {} : { found }),
    ...(expected === undefined ? {} : { expected }),
    message,
    fix: 'run `warehouse heal`',
  };
}

/** What nothing else in the warehouse can give. */
function withoutHealing(finding: Finding): Finding {
  return { ...finding, fix: 'restore the file from the remote’s history of versions' };
}

/** A warehouse that is not what its pointer says. */
export function doubtsFailure(where: string, findings: readonly Finding[]): Failure {
  const doubts = findings.filter(({ severity }) => severity !== 'info');
  return new Failure({
    stage: 'verify',
    what: `the warehouse is not what its pointer and manifests say`,
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
